"""From a pending gift or plan to the payment page, and what is said when it cannot be reached."""

from __future__ import annotations

import logging

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from portal.donations import services
from portal.donations.gateway import GatewayError
from portal.donations.models import Plan
from portal.donations.rules.gift import Rhythm
from portal.donations.services import Commitment
from portal.donations.wording import button_words, purpose_words

log = logging.getLogger(__name__)
KEPT_IN_BROWSER = "giving"


def send_to_payment(commitment: Commitment) -> ResponseReturnValue:
    """On to the payment page; a kind page when it cannot be reached, with nothing lost."""
    session[KEPT_IN_BROWSER] = str(commitment.public_id)
    try:
        return redirect(services.begin_checkout(commitment), 303)
    except services.AlreadyGiven:
        return redirect(address_of("thanks", commitment), 303)
    except GatewayError as error:
        log.warning("no payment page for %s: %s", commitment.public_id, type(error).__name__)
        page = render_template("donations/unavailable.html", **shown(commitment))
        return page, 503, {"Retry-After": "60"}


def address_of(page: str, commitment: Commitment) -> str:
    """The unguessable address of a page about this commitment."""
    return url_for(
        f"donations.{page}",
        public_id=commitment.public_id,
        token=services.thanks_token(commitment.public_id),
    )


def shown(commitment: Commitment) -> dict[str, object]:
    """What the pages about a commitment show of it; nothing of the person."""
    rhythm = Rhythm.MONTHLY if isinstance(commitment, Plan) else Rhythm.ONCE
    form = "sponsor" if commitment.purpose == "sponsorship" else "give"
    mine = session.get(KEPT_IN_BROWSER) == str(commitment.public_id)
    return {
        "commitment": commitment,
        "monthly": rhythm is Rhythm.MONTHLY,
        "purpose": purpose_words(commitment.purpose, commitment.programme),
        "button_label": button_words(commitment.amount, rhythm),
        "again_url": address_of("again", commitment),
        "check_url": address_of("check", commitment),
        "change_url": url_for(f"donations.{form}", again=commitment.public_id if mine else None),
    }

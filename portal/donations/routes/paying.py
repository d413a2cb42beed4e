"""From a pending gift or plan to the payment page, and what is said when it cannot be reached."""

from __future__ import annotations

import logging

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.queries import donor_of_current_user
from portal.donations import services
from portal.donations.gateway import GatewayError
from portal.donations.models import Gift, Plan
from portal.donations.routes.forms_shown import KEPT_IN_BROWSER
from portal.donations.rules.amounts import Rhythm
from portal.donations.services import Commitment
from portal.donations.wording import button_words, every_words, purpose_words, tribute_words

log = logging.getLogger(__name__)


def send_to_payment(commitment: Commitment) -> ResponseReturnValue:
    """On to the payment page; a kind page when it cannot be reached, with nothing lost."""
    session[KEPT_IN_BROWSER] = str(commitment.public_id)
    try:
        return redirect(services.begin_checkout(commitment), 303)
    except services.AlreadyGiven:
        return redirect(address_of("thanks", commitment), 303)
    except GatewayError as error:
        log.warning("no payment page for %s: %s", commitment.public_id, type(error).__name__)
        return unavailable(commitment)


def unavailable(commitment: Commitment) -> ResponseReturnValue:
    """The payment provider does not answer: nothing was taken, nothing is lost."""
    page = render_template("donations/unavailable.html", **shown(commitment))
    return page, 503, {"Retry-After": "60"}


def address_of(page: str, commitment: Commitment) -> str:
    """The unguessable address of a page about this commitment."""
    return url_for(
        f"donations.{page}",
        public_id=commitment.public_id,
        token=services.thanks_token(commitment.public_id),
    )


def rhythm_of(commitment: Commitment) -> Rhythm:
    """How often it is given."""
    return Rhythm.of_interval(commitment.interval) if isinstance(commitment, Plan) else Rhythm.ONCE


def _typed_by_reader(commitment: Commitment) -> bool:
    """Whether what was typed may be shown: to the browser that typed it, or its signed-in donor."""
    if session.get(KEPT_IN_BROWSER) == str(commitment.public_id):
        return True
    donor = donor_of_current_user()
    return donor is not None and donor.id == commitment.donor_id


def shown(commitment: Commitment) -> dict[str, object]:
    """What the pages about a commitment show of it; nothing of the person."""
    rhythm = rhythm_of(commitment)
    form = "sponsor" if commitment.purpose == "sponsorship" else "give"
    tribute = (
        tribute_words(commitment.tribute, commitment.tribute_name)
        if isinstance(commitment, Gift)
        else ""
    )
    return {
        "commitment": commitment,
        "rhythm": rhythm,
        "interval": rhythm.interval,
        "every": every_words(rhythm.interval),
        "regular": rhythm is not Rhythm.ONCE,
        "in_euros": commitment.currency == "EUR",
        "tribute": tribute,
        "purpose": purpose_words(commitment.purpose, commitment.programme),
        "button_label": button_words(commitment.amount, rhythm),
        "again_url": address_of("again", commitment),
        "check_url": address_of("check", commitment),
        "change_url": url_for(
            f"donations.{form}",
            again=commitment.public_id if _typed_by_reader(commitment) else None,
        ),
    }

"""The forms of giving as a page shows them: prefilled, with their words, and as an order once sent."""

from __future__ import annotations

import uuid
from typing import Any

from flask import request, session
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from portal.accounts.models import Donor
from portal.core import i18n
from portal.core.clock import paris_date
from portal.core.money import Money
from portal.core.web.forms import clock_now
from portal.donations import queries, services
from portal.donations.forms.giving import CommitmentForm, GiveForm, SponsorForm
from portal.donations.forms.identity import known_details
from portal.donations.models import Gift, Plan, PlanInterval
from portal.donations.rules.amounts import REFERENCE_SPONSORSHIP, Rhythm, amount_limits
from portal.donations.rules.tax import DonorKind
from portal.donations.services import Commitment, GivingOrder
from portal.donations.tax_terms import category_on
from portal.donations.wording import (
    CostWords,
    button_words,
    cost_words,
    currency_sign,
    every_words,
    tribute_words,
)

KEPT_IN_BROWSER = "giving"
"""Under which the browser's session names the gift it began."""
FORMS: dict[str, type[CommitmentForm]] = {"give": GiveForm, "sponsor": SponsorForm}


def form_for(
    name: str,
    donor: Donor | None,
    answers: MultiDict[str, str] | None = None,
    *,
    held: bool = False,
) -> Any:
    """The form with what was sent, or with these answers; a signed-in donor is not asked who.

    ``held``: the answers were sent before, with a token that was checked then.
    """
    form = FORMS[name](answers, meta={"csrf": not held}) if answers else FORMS[name]()
    if donor is not None:  # who they are and where we write to is known
        del form.email
        form.kind.data = donor.kind.value
    return form


def prefilled(donor: Donor | None) -> MultiDict[str, str] | None:
    """What is known of who is signed in, and what this giver typed before leaving the payment.

    The address may ask for a currency and a rhythm: ``?currency=CHF&rhythm=yearly``.
    """
    known = known_details(donor) if donor else {}
    asked = {n: request.args[n] for n in ("currency", "rhythm") if n in request.args}
    told = {n: v for n, v in known.items() if v} | asked | _typed_before(donor)
    return MultiDict(told) if told else None


def _typed_before(donor: Donor | None) -> dict[str, str]:
    """What was typed for the gift named in the address: for its own donor or browser only."""
    wanted = request.args.get("again", "")
    try:
        found = queries.commitment_by_public_id(uuid.UUID(wanted)) if wanted else None
    except ValueError:
        return {}
    if found is None:
        return {}
    mine = donor is not None and found.donor_id == donor.id
    if not mine and wanted != session.get(KEPT_IN_BROWSER):
        return {}
    return dict((found.typed or {}).get("form", {}))


def shown(form: Any) -> dict[str, Any]:
    """Words made for the page: the button's, the cost's, each suggestion's cost after tax."""
    rhythm = form.rhythm_chosen
    return {
        "form": form,
        "button_label": button_words(form.chosen, rhythm),
        "cost": _cost(form, form.chosen),
        "costs": _costs(form),
        "limits": form.limits,
        "sign": currency_sign(form.currency_chosen),
        "in_euros": form.currency_chosen == "EUR",
        "reference": REFERENCE_SPONSORSHIP,
        "least_a_month": amount_limits(Rhythm.MONTHLY, sponsoring=True).minimum,
        "reference_cost": _reference_cost(form),
        "rhythm": rhythm,
        "interval": rhythm.interval,
        "every": every_words(rhythm.interval),
        "regular": rhythm is not Rhythm.ONCE,
        "tribute": _tribute(form),
    }


def words_for(form: Any) -> dict[str, Any]:
    """What changes on the page when an answer does."""
    form.validate()
    amount = None if form.choice.errors or form.amount.errors else form.chosen
    cost, costs = _cost(form, amount), _costs(form)
    return {
        "button": button_words(amount, form.rhythm_chosen),
        "mark": form.mark if amount else "",
        "cost": cost.sentence if cost else "",
        "law": cost.law if cost else "",
        "offered": form.offered.data,
        "sign": currency_sign(form.currency_chosen),
        "euros": form.currency_chosen == "EUR",
        "suggestions": [
            {
                "value": str(each.minor),
                "label": i18n.money(each, whole=True),
                "hint": _after_tax(costs.get(str(each.minor))),
            }
            for each in form.suggested
        ],
        "choice": form.choice.data,
        "least": _least(form),
    }


def _costs(form: Any) -> dict[str, CostWords]:
    return {
        str(each.minor): cost for each in form.suggested if (cost := _cost(form, each)) is not None
    }


def _after_tax(cost: CostWords | None) -> str:
    if cost is None:
        return ""
    return str(_("%(cost)s after tax", cost=i18n.money(cost.cost, whole=True)))


def _least(form: Any) -> str:
    return str(_("From %(least)s.", least=i18n.money(form.limits.minimum, whole=True)))


def _cost(form: Any, amount: Money | None) -> CostWords | None:
    """The cost after tax of that amount, told for euros only: no rate is known beforehand."""
    if amount is None or amount.minor <= 0 or amount.currency != "EUR":
        return None
    kind: DonorKind = "company" if form.by_company else "person"
    today = paris_date(clock_now())
    category = category_on(today, *form.purpose_chosen)
    return cost_words(amount, form.rhythm_chosen, category, today, kind)


def _reference_cost(form: Any) -> Money | None:
    cost = _cost(form, REFERENCE_SPONSORSHIP)
    return Money(round(cost.cost.minor, -2)) if cost else None


def _tribute(form: Any) -> str:
    order = form.tribute_chosen if isinstance(form, GiveForm) else None
    return tribute_words(order.kind, order.name) if order else ""


def order_of(form: Any, donor: Donor | None) -> GivingOrder:
    """What a form found good orders."""
    amount = form.chosen
    assert amount is not None, "a form found good has an amount"
    purpose, programme = form.purpose_chosen
    details = form.details(donor.email or current_user.account.email if donor else None)
    interval = form.rhythm_chosen.interval
    return GivingOrder(
        amount=amount,
        details=details,
        language=details.language,
        form_token=form.form_name,
        purpose=purpose,
        programme=programme,
        donor_id=donor.id if donor else None,
        account_id=current_user.id if donor else None,
        interval=PlanInterval(interval) if interval else PlanInterval.MONTH,
        tribute=form.tribute_chosen if isinstance(form, GiveForm) else None,
        correspondent=form.correspondent_chosen if isinstance(form, SponsorForm) else None,
        typed=form.typed(),
    )


def kind_of(form: Any) -> type[Commitment]:
    """What a form found good becomes."""
    return Gift if form.rhythm_chosen is Rhythm.ONCE else Plan


def open_commitment(form: Any, donor: Donor | None) -> Commitment:
    """The pending gift or plan of a form found good."""
    order = order_of(form, donor)
    if form.rhythm_chosen is Rhythm.ONCE:
        return services.open_gift(order, clock_now())
    wish = form.wish if isinstance(form, SponsorForm) else None
    return services.open_plan(order, wish, clock_now())

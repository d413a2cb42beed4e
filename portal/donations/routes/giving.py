"""The two forms: a gift, and the sponsorship of a child."""

from __future__ import annotations

import uuid
from typing import Any

from flask import current_app, jsonify, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.accounts.models import Donor
from portal.accounts.queries import donor_of_current_user
from portal.core.clock import paris_date
from portal.core.money import Money
from portal.core.web.audience import everyone
from portal.core.web.forms import clock_now
from portal.core.web.limits import limiter
from portal.donations import queries, services
from portal.donations.forms.giving import (
    REFERENCE_SPONSORSHIP,
    CommitmentForm,
    GiveForm,
    SponsorForm,
)
from portal.donations.forms.identity import known_details
from portal.donations.models import Gift, Plan
from portal.donations.routes import bp
from portal.donations.routes.paying import KEPT_IN_BROWSER, send_to_payment
from portal.donations.rules.gift import AMOUNT_LIMITS, Rhythm
from portal.donations.rules.tax import DonorKind
from portal.donations.services import Commitment, GivingOrder
from portal.donations.wording import CostWords, button_words, cost_words

FORMS: dict[str, type[CommitmentForm]] = {"give": GiveForm, "sponsor": SponsorForm}


@bp.route("/give", methods=["GET", "POST"])
@everyone
@limiter.limit("20/10 minutes", methods=["POST"])
def give() -> ResponseReturnValue:
    """Give once, or every month when that is chosen."""
    return _answer("give")


@bp.route("/sponsor", methods=["GET", "POST"])
@everyone
@limiter.limit("20/10 minutes", methods=["POST"])
def sponsor() -> ResponseReturnValue:
    """Sponsor a child every month."""
    return _answer("sponsor")


@bp.get("/give/words")
@everyone
def words() -> ResponseReturnValue:
    """What the button and the cost say for the answers given so far; asked for by the page."""
    name = request.args.get("form", "give")
    form = FORMS.get(name, GiveForm)(request.args, meta={"csrf": False})
    form.validate()
    amount = None if form.choice.errors or form.amount.errors else form.chosen
    cost = _cost(form, amount)
    return jsonify(
        button=button_words(amount, form.rhythm_chosen),
        mark=form.mark if amount else "",
        cost=cost.sentence if cost else "",
        law=cost.law if cost else "",
    )


def _answer(name: str) -> ResponseReturnValue:
    donor = donor_of_current_user()
    if request.method == "GET":
        return _page(name, _form(name, donor, prefilled=_known(donor)), donor)
    form = _form(name, donor)
    if "edit" in request.form:
        return _page(name, form, donor)
    if not form.validate():
        return _page(name, form, donor), 422
    if not form.was_seen:
        return render_template("donations/review.html", name=name, donor=donor, **_shown(form))
    return send_to_payment(_open(form, donor))


def _form(name: str, donor: Donor | None, prefilled: dict[str, Any] | None = None) -> Any:
    form = FORMS[name](data=prefilled or {})
    if donor is not None:  # who they are and where we write to is known
        del form.email
        form.kind.data = donor.kind.value
    return form


def _known(donor: Donor | None) -> dict[str, Any]:
    """The details of who is signed in, and what this browser typed before it left the payment."""
    known: dict[str, Any] = known_details(donor) if donor else {}
    if donor and not known["country"]:
        known.pop("country")
    before = _typed_before()
    if before.get("amount"):
        before["amount"] = Money.parse(before["amount"])
    elif before:
        before.pop("amount", None)
    return known | before


def _typed_before() -> dict[str, Any]:
    """What was typed for the gift named in the address, for the browser that typed it only."""
    wanted = request.args.get("again", "")
    if not wanted or wanted != session.get(KEPT_IN_BROWSER):
        return {}
    found = queries.commitment_by_public_id(uuid.UUID(wanted))
    return dict((found.typed or {}).get("form", {})) if found else {}


def _page(name: str, form: CommitmentForm, donor: Donor | None) -> str:
    return render_template(f"donations/{name}.html", name=name, donor=donor, **_shown(form))


def _shown(form: CommitmentForm) -> dict[str, Any]:
    """Words made for the page: the button's, the cost's, and each suggestion's cost after tax."""
    limits = AMOUNT_LIMITS[form.rhythm_chosen]
    return {
        "form": form,
        "button_label": button_words(form.chosen, form.rhythm_chosen),
        "cost": _cost(form, form.chosen),
        "costs": {
            str(minor): cost for minor in form.SUGGESTIONS if (cost := _cost(form, Money(minor)))
        },
        "limits": limits,
        "reference": REFERENCE_SPONSORSHIP,
        "reference_cost": _in_round_euros(_cost(form, REFERENCE_SPONSORSHIP)),
        "monthly": form.rhythm_chosen is Rhythm.MONTHLY,
    }


def _cost(form: CommitmentForm, amount: Money | None) -> CostWords | None:
    if amount is None or amount.minor <= 0:
        return None
    category = current_app.extensions["settings"].organisation.tax_category
    kind: DonorKind = "company" if form.by_company else "person"
    return cost_words(amount, form.rhythm_chosen, category, paris_date(clock_now()), kind)


def _in_round_euros(cost: CostWords | None) -> Money | None:
    return Money(round(cost.cost.minor, -2)) if cost else None


def _open(form: Any, donor: Donor | None) -> Commitment:
    """The pending row of a form found good."""
    amount = form.chosen
    assert amount is not None, "a form found good has an amount"
    purpose, programme = form.purpose_chosen
    order = GivingOrder(
        amount=amount,
        details=form.details(donor.email or current_user.account.email if donor else None),
        language=form.details().language,
        form_token=form.form_name,
        purpose=purpose,
        programme=programme,
        donor_id=donor.id if donor else None,
        account_id=current_user.id if donor else None,
        typed=form.typed(),
    )
    return _opened(form, order)


def _opened(form: CommitmentForm, order: GivingOrder) -> Gift | Plan:
    if form.rhythm_chosen is Rhythm.ONCE:
        return services.open_gift(order, clock_now())
    wish = form.wish if isinstance(form, SponsorForm) else None
    return services.open_plan(order, wish, clock_now())

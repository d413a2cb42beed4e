"""The head office's pages of gifts: list and export, one gift with its history."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.models import Donor
from portal.accounts.queries import names_of_accounts
from portal.core import audit
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.lists import ListColumn, ListSpec, export, list_page
from portal.donations import back_wording, money_back, queries, services, wording
from portal.donations.codes import GiftMode
from portal.donations.models import Gift
from portal.donations.office import bp
from portal.donations.office.refunds import may_refund, why_no_refund
from portal.donations.rules.gift import GiftState
from portal.donations.traces import paper_of, told_of


def _gifts() -> ListSpec:
    """The list of gifts, its headings in the reader's language."""
    return ListSpec(
        name="gifts",
        columns=(
            ListColumn("ref", _("Reference"), lambda g: g.ref, sort=Gift.ref),
            ListColumn("tax_on", _("Date"), lambda g: g.tax_on, "date", sort=Gift.tax_on),
            ListColumn("donor", _("Donor"), lambda g: g.donor.name, sort=Donor.last_name),
            ListColumn("donor_ref", _("Donor reference"), lambda g: g.donor.ref),
            ListColumn("amount", _("Amount"), lambda g: g.amount, "amount", sort=Gift.amount_minor),
            ListColumn("fee", _("Fee"), lambda g: g.fee, "amount", sort=Gift.fee_minor),
            ListColumn("refunded", _("Given back"), lambda g: g.refunded, "amount"),
            ListColumn("euros", _("Worth in euros"), lambda g: g.euros, "amount"),
            ListColumn("mode", _("Paid by"), lambda g: wording.mode_words(g.mode), sort=Gift.mode),
            ListColumn("purpose", _("For"), _purpose, sort=Gift.purpose),
            ListColumn("state", _("State"), _state, sort=Gift.state),
            ListColumn("payment", _("Stripe payment"), lambda g: g.stripe_payment_intent_id or ""),
        ),
        search=(
            Gift.ref,
            Donor.ref,
            Donor.first_name,
            Donor.last_name,
            Donor.company_name,
            Donor.email,
            Gift.cheque_number,
            Gift.deposit_ref,
            Gift.stripe_payment_intent_id,
            Gift.stripe_charge_id,
        ),
        default_sort="tax_on",
        default_descending=True,
        tie=Gift.id.desc(),
    )


def _purpose(gift: Gift) -> str:
    return wording.purpose_words(gift.purpose, gift.programme)


def _state(gift: Gift) -> str:
    return wording.gift_standing(gift.state).label


@bp.get("/gifts")
@needs(Role.ACCOUNTANT)
def gifts() -> ResponseReturnValue:
    """Every gift, found, filtered, sorted, as a page or a file."""
    chosen = _filters()
    page = list_page(_gifts(), _filtered(chosen))
    return export(page) or render_template(
        "donations/office/gifts.html", page=page, chosen=chosen, options=_options()
    )


def _filters() -> dict[str, str]:
    """The filters of the address; those nobody knows fall away."""
    known = {name: {code for code, _label in choices} for name, choices in _options().items()}
    given = {name: request.args.get(name, "") for name in known}
    return {name: value if value in known[name] else "" for name, value in given.items()}


def _options() -> dict[str, list[tuple[str, str]]]:
    return {
        "state": [(s.value, wording.gift_standing(s).label) for s in GiftState],
        "mode": [(m.value, wording.mode_words(m)) for m in GiftMode],
        "year": [(str(year), str(year)) for year in queries.tax_years()],
        "attention": list(back_wording.attention_words().items()),
    }


def _filtered(chosen: dict[str, str]) -> sa.Select[Any]:
    statement = queries.gifts_with_donors()
    if chosen["state"]:
        statement = statement.where(Gift.state == GiftState(chosen["state"]))
    else:
        statement = statement.where(Gift.state.not_in([GiftState.PENDING, GiftState.ABANDONED]))
    if chosen["attention"]:
        statement = statement.where(money_back.ATTENTION[chosen["attention"]]())
    if chosen["mode"]:
        statement = statement.where(Gift.mode == GiftMode(chosen["mode"]))
    if chosen["year"]:
        statement = statement.where(sa.extract("year", Gift.tax_on) == int(chosen["year"]))
    return statement


@bp.get("/gifts/<uuid:public_id>")
@needs(Role.ACCOUNTANT)
def gift(public_id: uuid.UUID) -> ResponseReturnValue:
    """One gift, what happened to it, and what went back."""
    found = queries.gift_by_public_id(public_id) or abort(404)
    warnings = [each for each in money_back.warnings_of(found.id) if each.kept_at is None]
    entries = audit.history(f"gift:{found.ref}")
    return render_template(
        "donations/office/gift.html",
        gift=found,
        refunds=queries.refunds_of(found.id),
        entries=entries,
        names=names_of_accounts({e.actor_id for e in entries if e.actor_id}),
        may_refund=may_refund(found),
        why_no_refund=why_no_refund(found),
        happenings=told_of(found.id),
        paper=paper_of(found.id),
        disputes=money_back.disputes_of(found.id),
        warnings=[each for each in warnings if each.actionable],
        failed=[
            r for r in queries.refunds_of(found.id) if r.state == "failed" and not r.settled_at
        ],
        words=back_wording,
        tribute=wording.tribute_words(found.tribute, found.tribute_name),
        card=services.card_of(found.id),
    )

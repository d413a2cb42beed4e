"""The head office's pages of gifts: list and export, one gift with its history, giving back."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.models import Donor
from portal.accounts.queries import names_of_accounts
from portal.core import audit, i18n
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.lists import ListColumn, ListSpec, export, list_page
from portal.donations import queries, services, wording
from portal.donations.codes import GiftMode
from portal.donations.forms import RefundForm
from portal.donations.gateway import GatewayUnavailable
from portal.donations.models import Gift
from portal.donations.office import bp
from portal.donations.rules.gift import GiftState


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
    }


def _filtered(chosen: dict[str, str]) -> sa.Select[Any]:
    statement = queries.gifts_with_donors()
    if chosen["state"]:
        statement = statement.where(Gift.state == GiftState(chosen["state"]))
    else:
        statement = statement.where(Gift.state.not_in([GiftState.PENDING, GiftState.ABANDONED]))
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
    entries = audit.history(f"gift:{found.ref}")
    return render_template(
        "donations/office/gift.html",
        gift=found,
        refunds=queries.refunds_of(found.id),
        entries=entries,
        names=names_of_accounts({e.actor_id for e in entries if e.actor_id}),
        may_refund=_may_refund(found),
    )


def _may_refund(found: Gift) -> bool:
    paid = found.state in (GiftState.SETTLED, GiftState.PARTIALLY_REFUNDED)
    return paid and found.stripe_payment_intent_id is not None


@bp.route("/gifts/<uuid:public_id>/refund", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def refund(public_id: uuid.UUID) -> ResponseReturnValue:
    """Give back all or part of a gift paid on line."""
    found = queries.gift_by_public_id(public_id) or abort(404)
    if not _may_refund(found) and request.method == "GET":
        abort(404)
    form = RefundForm(amount=found.amount - found.refunded)
    if not form.validate_on_submit():
        status = 422 if form.errors else 200
        return render_template("donations/office/refund.html", gift=found, form=form), status
    problem = _refund(found, form)
    if problem:
        form.form_errors.append(problem)
        return render_template("donations/office/refund.html", gift=found, form=form), 422
    return redirect(url_for(".gift", public_id=public_id), 303)


def _refund(found: Gift, form: RefundForm) -> str:
    """Give back; what is wrong, in words, or ''."""
    amount = form.amount.data
    assert amount is not None, "a form found good has an amount"
    try:
        services.refund_gift(
            found.id,
            amount,
            reason=form.reason.data or "",
            by=current_user.id,
            form_token=str(form.form_token.data),
        )
    except services.NothingToRefund:
        return str(_("There is nothing left to give back of this gift."))
    except services.RefundTooMuch:
        left = i18n.money(found.amount - found.refunded)
        return str(_("No more than %(left)s can be given back.", left=left))
    except services.RefundNotPossible:
        return str(_("Stripe refuses to give this payment back. Look at it in Stripe's dashboard."))
    except GatewayUnavailable:
        flash(
            _("Stripe did not answer. The refund is kept and will be asked for again."), "warning"
        )
        return ""
    flash(_("%(amount)s goes back to the donor.", amount=i18n.money(amount)), "success")
    return ""

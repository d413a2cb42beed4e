"""Cash, boxes, objects, expense notes and companies' agreements, entered by the office."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.core import i18n
from portal.core.db import db
from portal.core.money import Money
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.donations import queries
from portal.donations.codes import GiftMode
from portal.donations.forms.kind import (
    AgreementForm,
    CashForm,
    CollectionForm,
    ExpensesForm,
    InKindForm,
)
from portal.donations.models import Agreement, Gift, ValuationBasis
from portal.donations.office.entry import bp
from portal.donations.rules.mileage import NoRate, RateAboveScale, scale_on
from portal.donations.rules.receiptable import WhyNot
from portal.donations.services import agreements as promised
from portal.donations.services import kind as services
from portal.donations.services.entry import HandedOver
from portal.donations.services.provider import today
from portal.donations.tax_terms import mileage_scales


def why_not_words(reason: WhyNot) -> str:
    """Why no receipt could be written for it."""
    words = {
        WhyNot.ANONYMOUS: _("Nobody knows who gave: there is no receipt."),
        WhyNot.COUNTERPART: _("Something was given in return: there is no receipt."),
        WhyNot.NO_VALUE: _("Write the value."),
        WhyNot.NO_DESCRIPTION: _("Describe what is given: it is printed on the receipt."),
        WhyNot.NOT_COST_PRICE: _("A company states its cost price, no other value."),
        WhyNot.NO_WAIVER: _("Without a signed waiver there is no receipt."),
        WhyNot.BY_A_COMPANY: _("Only a person waives expenses."),
        WhyNot.NO_SIREN: _("The company's SIREN is missing: add it on the donor's page first."),
        WhyNot.NO_LEGAL_FORM: _(
            "The company's legal form is missing: add it on the donor's page first."
        ),
        WhyNot.TIME: _("Time that is given never opens a right to a receipt."),
    }
    return str(words[reason])


def _given(form: Any, mode: GiftMode, amount: Money | None, **more: Any) -> HandedOver:
    return HandedOver(
        donor_id=0,  # the giver is handed on beside it
        amount=amount or Money(0),
        mode=mode,
        form_token=str(form.form_token.data),
        **more,
    )


def _entered(gift: Gift) -> ResponseReturnValue:
    flash(
        _("%(amount)s from %(donor)s is entered.", amount=i18n.money(gift.amount),
          donor=gift.donor.name),
        "success",
    )  # fmt: skip
    return redirect(url_for("gifts_office.gift", public_id=gift.public_id), 303)


def _asked(template: str, form: Any, act: Callable[[], Gift], **shown: Any) -> ResponseReturnValue:
    """Ask, do, and say what is wrong at the field it is about."""
    if form.validate_on_submit():
        try:
            return _entered(act())
        except services.BookNumberTaken:
            form.book_number.errors = [_("This receipt of the book was entered before.")]
        except services.NotReceiptable as refusal:
            form.form_errors.append(why_not_words(refusal.reason))
        except NoRate:
            form.form_errors.append(_("No scale of kilometres is known for one of these days."))
        except RateAboveScale:
            form.rate.errors = [_("The official scale gives less: leave this empty.")]
    page = render_template(f"donations/entering/{template}.html", form=form, **shown)
    return page, 422 if form.errors else 200


@bp.route("/cash", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def cash() -> ResponseReturnValue:
    """Cash of somebody we know."""
    form = CashForm(data={"received_on": today()})

    def act() -> Gift:
        day = form.received_on.data
        given = _given(form, GiftMode.CASH, form.amount.data, received_on=day, **form.aims)
        return services.record_cash(
            form.giver, given, form.book_number.data or "", by=current_user.id
        )

    return _asked("cash", form, act)


@bp.route("/collection", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def collection() -> ResponseReturnValue:
    """Cash out of a box, counted by two."""
    form = CollectionForm(data={"received_on": today()})

    def act() -> Gift:
        given = _given(form, GiftMode.CASH, form.amount.data, received_on=form.received_on.data)
        return services.record_collection(
            given,
            form.collection.data or "",
            form.counted_by.data or "",
            form.counted_with.data or "",
            by=current_user.id,
        )

    return _asked("collection", form, act)


@bp.route("/in-kind", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def in_kind() -> ResponseReturnValue:
    """An object or a service."""
    form = InKindForm(data={"received_on": today()})

    def act() -> Gift:
        day = form.received_on.data
        given = _given(form, GiftMode.IN_KIND, form.amount.data, received_on=day, **form.aims)
        return services.record_in_kind(
            form.giver,
            given,
            form.description.data or "",
            ValuationBasis(form.basis.data),
            form.proof.proof,
            by=current_user.id,
        )

    return _asked("in_kind", form, act)


@bp.route("/expenses", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def expenses() -> ResponseReturnValue:
    """A volunteer's expenses whose repayment is waived."""
    sentence = (
        "Je soussigné(e) certifie renoncer au remboursement des frais ci-dessus et les laisser"
        " à l’association en tant que don."
    )
    form = ExpensesForm(data={"waiver": sentence})
    source = scale_on(today(), mileage_scales()).source
    if request.form.get("more"):
        form.add_lines()
        return render_template("donations/entering/expenses.html", form=form, source=source)

    def act() -> Gift:
        given = _given(form, GiftMode.WAIVED_EXPENSES, None, received_on=form.signed_on.data)
        assert form.proof.proof is not None
        return services.record_expenses(
            form.giver, given, form.expenses, form.waived, form.proof.proof, by=current_user.id
        )

    return _asked("expenses", form, act, source=source)


@bp.get("/agreements")
@needs(Role.ACCOUNTANT)
def agreements() -> ResponseReturnValue:
    """What companies promised in writing."""
    found = db.session.scalars(sa.select(Agreement).order_by(Agreement.signed_on.desc())).all()
    rows = [(each, promised.still_due(each)) for each in found]
    return render_template("donations/entering/agreements.html", rows=rows)


@bp.route("/agreements/new", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT)
def new_agreement() -> ResponseReturnValue:
    """A company signed."""
    form = AgreementForm(data={"signed_on": today()})
    if form.validate_on_submit():
        problem = _sign(form)
        if not isinstance(problem, str):
            return redirect(url_for(".agreement", public_id=problem.public_id), 303)
        form.form_errors.append(problem)
    page = render_template("donations/entering/new_agreement.html", form=form)
    return page, 422 if form.errors else 200


def _sign(form: AgreementForm) -> Agreement | str:
    """The agreement, or what is wrong in words."""
    assert form.amount.data is not None
    order = promised.AgreementOrder(
        giver=form.giver,
        signed_on=form.signed_on.data,
        subject=form.subject.data or "",
        amount=form.amount.data,
        instalments=form.parts,
        proof=form.proof.proof,
        form_token=str(form.form_token.data),
    )
    try:
        return promised.sign_agreement(order, by=current_user.id)
    except promised.NotACompany:
        return str(_("Only a company signs an agreement."))
    except services.NotReceiptable as refusal:
        return why_not_words(refusal.reason)
    except promised.InstalmentsDiffer as error:
        return str(_("The instalments add up to %(sum)s.", sum=i18n.money(error.sum)))


@bp.get("/agreements/<uuid:public_id>")
@needs(Role.ACCOUNTANT)
def agreement(public_id: uuid.UUID) -> ResponseReturnValue:
    """One agreement: its instalments, what paid it, what may."""
    found = _agreement(public_id)
    return render_template(
        "donations/entering/agreement.html",
        agreement=found,
        due=promised.still_due(found),
        payable=promised.payable_gifts(found),
    )


@bp.post("/agreements/<uuid:public_id>/pays/<uuid:gift>")
@needs(Role.ACCOUNTANT, fresh=True)
def agreement_pays(public_id: uuid.UUID, gift: uuid.UUID) -> ResponseReturnValue:
    """This gift pays the agreement."""
    found = _agreement(public_id)
    paying = queries.gift_by_public_id(gift) or abort(404)
    try:
        promised.count_payment(found.id, paying.id, by=current_user.id)
    except promised.NotAPayment:
        flash(_("This gift cannot be counted: it is more than what is still due."), "warning")
    else:
        flash(_("The payment is counted."), "success")
    return redirect(url_for(".agreement", public_id=public_id), 303)


def _agreement(public_id: uuid.UUID) -> Agreement:
    found = db.session.scalar(sa.select(Agreement).where(Agreement.public_id == public_id))
    return found or abort(404)

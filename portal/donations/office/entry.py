"""Entering gifts: what one has in hand, the donor while one types, proofs, tributes, corrections."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.models import Donor
from portal.core import documents
from portal.core.db import db
from portal.core.documents import Document
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.lists import ListColumn, ListSpec, download, export, list_page
from portal.donations import finding, in_hand, queries
from portal.donations.events import ChangeRefused, GiftFacts
from portal.donations.forms.corrections import CorrectionForm, WithdrawForm
from portal.donations.forms.entry import purpose_of_choice
from portal.donations.models import Agreement, ExpenseNote, Gift, GiftInKind, Tribute
from portal.donations.services import entry as services
from portal.donations.services.imported import facts_of
from portal.donations.services.proofs import proof_of
from portal.donations.services.provider import today

bp = Blueprint("entering", __name__, url_prefix="/office/enter")


@bp.get("")
@needs(Role.ACCOUNTANT)
def index() -> ResponseReturnValue:
    """What have you got in hand?"""
    return render_template(
        "donations/entering/index.html",
        batches=in_hand.open_batches(),
        waiting=in_hand.cheques_in_hand(today()),
        till=in_hand.till(),
        transit=in_hand.deposits_in_transit(),
    )


@bp.get("/donors")
@needs(Role.ACCOUNTANT)
def donors() -> ResponseReturnValue:
    """The donors that fit what is being typed: a list for the field, as JSON."""
    found = finding.donors_like(request.args.get("q", ""))
    rows = [
        {"pick": str(d.public_id), "name": d.name, "where": finding.where_from(d)} for d in found
    ]
    return {"donors": rows}


@bp.get("/proofs/<uuid:public_id>/body")
@needs(Role.ACCOUNTANT)
def proof(public_id: uuid.UUID) -> ResponseReturnValue:
    """The scan that proves a gift or holds an agreement; nothing else of the house."""
    found = db.session.scalar(sa.select(Document).where(Document.public_id == public_id))
    if found is None or not _is_proof(found.id):
        abort(404)
    return download(documents.read(found), found.filename, found.media_type)


def _is_proof(document_id: int) -> bool:
    for model in (GiftInKind, ExpenseNote, Agreement):
        if db.session.scalar(sa.select(model.id).where(model.document_id == document_id).limit(1)):
            return True
    return False


@bp.get("/tributes")
@needs(Role.ACCOUNTANT)
def tributes() -> ResponseReturnValue:
    """In whose memory or honour gifts came."""
    rows = [(Tribute(kind), name, givers) for kind, name, givers in in_hand.tribute_rows()]
    return render_template("donations/entering/tributes.html", rows=rows)


@bp.get("/tributes/<any(memory, honour):tribute>")
@needs(Role.ACCOUNTANT)
def tribute(tribute: str) -> ResponseReturnValue:
    """Who gave in memory or honour of somebody: names for the letter to the family, no sums."""
    name = request.args.get("name", "")
    page = list_page(_givers(), in_hand.givers_in_tribute(tribute, name))
    if not page.rows and not page.query:
        abort(404)
    return export(page) or render_template(
        "donations/entering/tribute.html", page=page, tribute=Tribute(tribute), name=name
    )


def _givers() -> ListSpec:
    return ListSpec(
        name="givers",
        columns=(
            ListColumn("name", _("Name"), lambda d: d.name, sort=Donor.last_name),
            ListColumn("address", _("Address"), lambda d: d.address1),
            ListColumn("postcode", _("Postcode"), lambda d: d.postcode),
            ListColumn("city", _("Town"), lambda d: d.city, sort=Donor.city),
        ),
        search=(Donor.first_name, Donor.last_name, Donor.company_name, Donor.city),
        default_sort="name",
        tie=Donor.id,
    )


@bp.route("/gifts/<uuid:public_id>", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def correct(public_id: uuid.UUID) -> ResponseReturnValue:
    """Correct a gift the office entered, with the reason."""
    gift = _correctable(public_id)
    form = CorrectionForm(data=_as_entered(gift))
    if not form.validate_on_submit():
        return _correction_page(gift, form, 422 if form.errors else 200)
    assert form.amount.data is not None
    purpose, programme = purpose_of_choice(form.purpose.data)
    before = facts_of(gift)
    giver = form.giver
    donor_id = giver if isinstance(giver, int) else services.donor_for_entry(giver).id
    after = GiftFacts(
        donor_id=donor_id,
        amount=form.amount.data,
        received_on=form.received_on.data,
        mode=before.mode,
        purpose=purpose,
        programme=programme,
        cheque_number=form.number.data or "",
        deposit_ref=before.deposit_ref,
        membership=before.membership,
        counterpart=before.counterpart,
    )
    try:
        services.correct_gift(gift.id, after, reason=form.reason.data or "", by=current_user.id)
    except ChangeRefused as refusal:
        form.form_errors.append(_(refusal.reason))
        return _correction_page(gift, form, 422)
    flash(_("The gift is corrected, and its books with it."), "success")
    return redirect(url_for("gifts_office.gift", public_id=public_id), 303)


def _correction_page(gift: Gift, form: CorrectionForm, status: int) -> ResponseReturnValue:
    shown = proof_of(gift.id)
    page = render_template("donations/entering/correct.html", gift=gift, form=form, proof=shown)
    return page, status


def _as_entered(gift: Gift) -> dict[str, Any]:
    kind = str(gift.purpose)
    return {
        "who": f"{gift.donor.name} · {finding.where_from(gift.donor)}",
        "pick": str(gift.donor.public_id),
        "amount": gift.amount,
        "received_on": gift.received_on,
        "purpose": f"{kind}:{gift.programme}" if gift.programme else kind,
        "number": gift.cheque_number,
    }


@bp.route("/gifts/<uuid:public_id>/withdraw", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def withdraw(public_id: uuid.UUID) -> ResponseReturnValue:
    """Take back what was entered by mistake."""
    gift = _correctable(public_id)
    form = WithdrawForm()
    if form.validate_on_submit():
        try:
            services.withdraw_gift(gift.id, reason=form.reason.data or "", by=current_user.id)
        except ChangeRefused as refusal:
            form.form_errors.append(_(refusal.reason))
        else:
            flash(_("The entry is withdrawn, and its books with it."), "success")
            return redirect(url_for("gifts_office.gift", public_id=public_id), 303)
    status = 422 if form.errors else 200
    return render_template("donations/entering/withdraw.html", gift=gift, form=form), status


def _correctable(public_id: uuid.UUID) -> Gift:
    gift = queries.gift_by_public_id(public_id) or abort(404)
    if not services.may_correct(gift):
        abort(404)
    return gift

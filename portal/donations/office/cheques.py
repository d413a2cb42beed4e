"""Piles of cheques: counted, entered, closed; and cheques the bank sends back."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal.core import i18n
from portal.core.money import Money
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.donations import finding, in_hand
from portal.donations.forms.cheques import BatchForm, ChequeForm, RecountForm, ReturnForm
from portal.donations.models import BatchState, Cheque, ChequeBatch, ChequeState, ReturnReason
from portal.donations.office.entry import bp
from portal.donations.rules.cheques import YearEdge, year_edge
from portal.donations.services import cheques as services
from portal.donations.services.provider import today


@bp.route("/cheques", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT)
def cheques() -> ResponseReturnValue:
    """A new pile: counted by hand before anything is entered."""
    form = BatchForm()
    if form.validate_on_submit():
        assert form.total.data is not None
        batch = services.open_batch(
            form.arrived_on.data,
            form.count.data,
            form.total.data,
            by=current_user.id,
            form_token=str(form.form_token.data),
        )
        return redirect(url_for(".batch", public_id=batch.public_id), 303)
    page = render_template(
        "donations/entering/cheques.html",
        form=form,
        batches=in_hand.open_batches(),
        closed=in_hand.closed_batches(),
    )
    return page, 422 if form.errors else 200


@bp.route("/cheques/<uuid:public_id>", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT)
def batch(public_id: uuid.UUID) -> ResponseReturnValue:
    """A pile: the cheques entered, and the next one."""
    pile = _batch(public_id)
    form = ChequeForm(data={"arrived_on": pile.arrived_on})
    if pile.state is not BatchState.OPEN:
        return _batch_page(pile, None, 200)
    if not form.validate_on_submit():
        return _batch_page(pile, form, 422 if form.errors else 200)
    try:
        cheque = services.add_cheque(pile.id, _order(form))
    except services.BatchNotOpen:
        flash(_("Somebody closed this pile meanwhile."), "warning")
        return redirect(url_for(".batch", public_id=public_id), 303)
    flash(
        _("%(amount)s from %(donor)s is entered.", amount=i18n.money(cheque.amount),
          donor=cheque.donor.name),
        "success",
    )  # fmt: skip
    return redirect(url_for(".batch", public_id=public_id), 303)


def _order(form: ChequeForm) -> services.ChequeOrder:
    assert form.amount.data is not None
    return services.ChequeOrder(
        donor=form.giver,
        amount=form.amount.data,
        number=form.number.data or "",
        bank=form.bank.data or "",
        drawer=form.drawer.data or "",
        arrived_on=form.arrived_on.data,
        form_token=str(form.form_token.data),
        **form.aims,
    )


def _batch_page(pile: ChequeBatch, form: ChequeForm | None, status: int) -> ResponseReturnValue:
    page = render_template(
        "donations/entering/batch.html",
        batch=pile,
        form=form,
        cheques=in_hand.cheques_of(pile.id),
        control=in_hand.control_of(pile),
        edge=_edge_words(pile),
        where_from=finding.where_from,
    )
    return page, status


def _edge_words(pile: ChequeBatch) -> str:
    """What to say of the tax year at the turn of the year."""
    year = pile.arrived_on.year
    edge = year_edge(pile.arrived_on, today())
    if edge is YearEdge.CAME_LAST_YEAR:
        return str(_("These cheques came in %(year)s: they count for %(year)s, although they are"
                     " entered and deposited later.", year=year))  # fmt: skip
    if edge is YearEdge.CAME_THIS_YEAR:
        return str(_("These cheques came in %(year)s: they count for %(year)s, even those that"
                     " were written in December. A letter that came before 1 January needs its"
                     " own day below.", year=year))  # fmt: skip
    return ""


@bp.post("/cheques/<uuid:public_id>/remove/<uuid:cheque>")
@needs(Role.ACCOUNTANT)
def remove_cheque(public_id: uuid.UUID, cheque: uuid.UUID) -> ResponseReturnValue:
    """Take a cheque off an open pile."""
    pile = _batch(public_id)
    found = in_hand.cheque_by_public_id(cheque) or abort(404)
    try:
        services.remove_cheque(pile.id, found.id)
    except services.BatchNotOpen:
        flash(_("Somebody closed this pile meanwhile."), "warning")
    else:
        flash(_("The cheque is taken off the pile."), "success")
    return redirect(url_for(".batch", public_id=public_id), 303)


@bp.route("/cheques/<uuid:public_id>/recount", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT)
def recount(public_id: uuid.UUID) -> ResponseReturnValue:
    """The pile was counted wrong: correct the count, not the cheques."""
    pile = _open(public_id)
    form = RecountForm(data={"count": pile.announced_count, "total": pile.announced})
    if not form.validate_on_submit():
        page = render_template("donations/entering/recount.html", batch=pile, form=form)
        return page, 422 if form.errors else 200
    assert form.total.data is not None
    try:
        services.change_control(pile.id, form.count.data, form.total.data, by=current_user.id)
    except services.BatchNotOpen:
        flash(_("Somebody closed this pile meanwhile."), "warning")
    return redirect(url_for(".batch", public_id=public_id), 303)


@bp.route("/cheques/<uuid:public_id>/close", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def close_batch(public_id: uuid.UUID) -> ResponseReturnValue:
    """Record the pile, once count and total fit."""
    pile = _open(public_id)
    control = in_hand.control_of(pile)
    if not control.fits:
        flash(_("The pile does not fit its count yet."), "warning")
        return redirect(url_for(".batch", public_id=public_id), 303)
    if request.method == "GET":
        return render_template("donations/entering/close.html", batch=pile, control=control)
    try:
        recorded = services.close_batch(pile.id, by=current_user.id)
    except (services.ControlDiffers, services.BatchNotOpen):
        flash(_("The pile changed meanwhile. Look at it again."), "warning")
        return redirect(url_for(".batch", public_id=public_id), 303)
    said = ngettext("%(num)d cheque is recorded.", "%(num)d cheques are recorded.", recorded)
    flash(said, "success")
    return redirect(url_for(".new_slip"), 303)


@bp.route("/cheques/<uuid:public_id>/discard", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT)
def discard_batch(public_id: uuid.UUID) -> ResponseReturnValue:
    """Throw a pile away that was never recorded."""
    pile = _open(public_id)
    if request.method == "GET":
        return render_template("donations/entering/discard.html", batch=pile)
    try:
        services.discard_batch(pile.id, by=current_user.id)
    except services.BatchNotOpen:
        flash(_("Somebody closed this pile meanwhile."), "warning")
        return redirect(url_for(".batch", public_id=public_id), 303)
    flash(_("The pile is thrown away. Nothing of it was recorded."), "success")
    return redirect(url_for(".cheques"), 303)


@bp.route("/returned/<uuid:gift>", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def returned(gift: uuid.UUID) -> ResponseReturnValue:
    """The bank sent a cheque back."""
    from portal.donations import queries

    found = queries.gift_by_public_id(gift) or abort(404)
    if not returnable(found):
        abort(404)
    form = ReturnForm()
    if not form.validate_on_submit():
        page = render_template("donations/entering/returned.html", gift=found, form=form)
        return page, 422 if form.errors else 200
    order = services.ReturnOrder(
        on=form.on.data,
        reason=ReturnReason(form.reason.data),
        fee=form.fee.data or Money(0),
        note=form.note.data or "",
        form_token=str(form.form_token.data),
    )
    cheque = services.cheque_for_gift(found.id)
    try:
        services.return_cheque(cheque.id, order, by=current_user.id)
    except services.NotReturnable:
        flash(_("Somebody was faster: this one is decided."), "warning")
    else:
        flash(_("The cheque is recorded as unpaid. It can be deposited again."), "success")
    return redirect(url_for("gifts_office.gift", public_id=gift), 303)


def returnable(gift: Any) -> bool:
    """Whether the bank may send this gift's cheque back: it is in hand or there."""
    if str(gift.mode) != "cheque" or str(gift.state) != "settled":
        return False
    cheque: Cheque | None = in_hand.cheque_of_gift(gift.id)
    return cheque is None or cheque.state in (ChequeState.IN_HAND, ChequeState.DEPOSITED)


def _batch(public_id: uuid.UUID) -> ChequeBatch:
    return in_hand.batch_by_public_id(public_id) or abort(404)


def _open(public_id: uuid.UUID) -> ChequeBatch:
    pile = _batch(public_id)
    return pile if pile.state is BatchState.OPEN else abort(404)

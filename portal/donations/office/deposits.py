"""Taking cheques and cash to the bank: slips, and what is on its way."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.core import documents, i18n
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.lists import ListColumn, ListSpec, download, export, list_page
from portal.donations import in_hand
from portal.donations.forms.cheques import CashSlipForm, SlipForm
from portal.donations.models import Deposit, DepositKind
from portal.donations.office.entry import bp
from portal.donations.rules.deposit import MoreThanInTheTill, is_late
from portal.donations.services import deposits as services
from portal.donations.services.provider import today


def kind_words(kind: DepositKind) -> str:
    """Cheques or cash."""
    return str(_("Cheques") if kind is DepositKind.CHEQUES else _("Cash"))


def _deposits() -> ListSpec:
    return ListSpec(
        name="deposits",
        columns=(
            ListColumn("ref", _("Slip"), lambda d: d.ref, sort=Deposit.ref),
            ListColumn("made_on", _("Date"), lambda d: d.made_on, "date", sort=Deposit.made_on),
            ListColumn("kind", _("What"), lambda d: kind_words(d.kind), sort=Deposit.kind),
            ListColumn("count", _("Cheques"), lambda d: d.count, "integer"),
            ListColumn("amount", _("Amount"), lambda d: d.amount, "amount", sort=Deposit.amount_minor),
            ListColumn("account", _("Account"), lambda d: d.account),
            ListColumn("credited_on", _("Credited"), lambda d: d.credited_on, "date", sort=Deposit.credited_on),
            ListColumn("line", _("Line of the statement"), lambda d: d.statement_line_ref),
        ),
        search=(Deposit.ref, Deposit.account, Deposit.statement_line_ref),
        default_sort="ref",
        default_descending=True,
        tie=Deposit.id.desc(),
    )  # fmt: skip


@bp.get("/deposits")
@needs(Role.ACCOUNTANT)
def deposits() -> ResponseReturnValue:
    """Every slip, and whether the bank shows it."""
    page = list_page(_deposits(), in_hand.deposits())
    late = {d.id for d in page.rows if d.credited_on is None and is_late(d.made_on, today())}
    return export(page) or render_template(
        "donations/entering/deposits.html", page=page, late=late, kind_words=kind_words
    )


@bp.get("/deposits/<uuid:public_id>")
@needs(Role.ACCOUNTANT)
def deposit(public_id: uuid.UUID) -> ResponseReturnValue:
    """One slip with its cheques."""
    found = _deposit(public_id)
    return render_template(
        "donations/entering/deposit.html",
        deposit=found,
        items=in_hand.items_of(found.id),
        late=found.credited_on is None and is_late(found.made_on, today()),
        kind=kind_words(found.kind),
    )


@bp.get("/deposits/<uuid:public_id>/slip.pdf")
@needs(Role.ACCOUNTANT)
def slip(public_id: uuid.UUID) -> ResponseReturnValue:
    """The slip as it was printed, unaltered."""
    paper = _deposit(public_id).document
    return download(documents.read(paper), paper.filename, paper.media_type)


@bp.route("/deposits/new", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def new_slip() -> ResponseReturnValue:
    """Which of the cheques in hand go to the bank."""
    waiting = in_hand.cheques_in_hand(today())
    fresh = [each.gift_id for each in waiting if not each.returned]
    form = SlipForm(data={"cheques": fresh})
    form.cheques.choices = [(each.gift_id, each.number) for each in waiting]
    if waiting and form.validate_on_submit():
        try:
            made = services.deposit_cheques(
                form.cheques.data,
                form.account.data or "",
                form.made_on.data,
                by=current_user.id,
                form_token=str(form.form_token.data),
            )
        except services.NotInHand:
            flash(_("One of these cheques was deposited meanwhile. Choose again."), "warning")
            return redirect(url_for(".new_slip"), 303)
        flash(_("The slip %(ref)s is ready to be printed and signed.", ref=made.ref), "success")
        return redirect(url_for(".deposit", public_id=made.public_id), 303)
    page = render_template(
        "donations/entering/new_slip.html",
        form=form,
        waiting=waiting,
        chosen=set(form.cheques.data or []),
    )
    return page, 422 if form.errors else 200


@bp.route("/deposits/cash", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def new_cash_slip() -> ResponseReturnValue:
    """How much cash goes to the bank."""
    till = in_hand.till()
    form = CashSlipForm(data={"amount": till} if till.minor > 0 else {})
    if form.validate_on_submit():
        assert form.amount.data is not None
        try:
            made = services.deposit_cash(
                form.amount.data,
                form.account.data or "",
                form.made_on.data,
                by=current_user.id,
                form_token=str(form.form_token.data),
            )
        except MoreThanInTheTill:
            held = i18n.money(till)
            form.amount.errors = [_("The till holds %(amount)s, not more.", amount=held)]
        else:
            flash(_("The slip %(ref)s is ready to be printed and signed.", ref=made.ref), "success")
            return redirect(url_for(".deposit", public_id=made.public_id), 303)
    page = render_template("donations/entering/new_cash_slip.html", form=form, till=till)
    return page, 422 if form.errors else 200


def _deposit(public_id: uuid.UUID) -> Deposit:
    return in_hand.deposit_by_public_id(public_id) or abort(404)

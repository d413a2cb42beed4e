"""Decisions about lines: accepted, given to a donor, split, put on an account, undone."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal.accounting import bank_wording as words
from portal.accounting.forms.bank import GiverForm, OtherForm, SplitForm, UndoForm, aim_of
from portal.accounting.models import BankLine
from portal.accounting.office.bank import bank
from portal.accounting.office.bank_lines import done, line_of, line_page, refused, where
from portal.accounting.queries import bank as reads
from portal.accounting.queries.bank_proposals import proposals_for
from portal.accounting.rules.bank import MatchKind
from portal.accounting.services import bank as services
from portal.core import i18n
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.donations.services.entry import donor_for_entry


@bank.post("/lines/<uuid:public_id>/accept")
@needs(Role.ACCOUNTANT, fresh=True)
def accept(public_id: uuid.UUID) -> ResponseReturnValue:
    """Accept a proposal as it was shown; one that is no longer true is not."""
    found, wanted = line_of(public_id), request.form.get("proposal", "")
    proposals = proposals_for([found])[found.id]
    chosen = next((each for each in proposals if words.key_of(each) == wanted), None)
    if chosen is None:
        flash(_("What was proposed is no longer so: look again."), "info")
        return redirect(url_for(".line", public_id=public_id), 303)
    learn = request.form.get("learn") == "y"
    try:
        services.match_line(
            found.id, services.order_of(found, chosen, learn=learn), by=current_user.id
        )
        services.recognise([found.id])
    except services.BankError as refusal:
        return refused(found, refusal)
    return done(found, _("The line %(ref)s is matched.", ref=found.ref))


@bank.post("/lines/<uuid:public_id>/gift")
@needs(Role.ACCOUNTANT, fresh=True)
def gift(public_id: uuid.UUID) -> ResponseReturnValue:
    """The line is a gift of the donor who was chosen, or of a new one."""
    found, form = line_of(public_id), GiverForm()
    if not form.validate_on_submit():
        return line_page(found, 422, giver=form)
    giver = form.giver
    part = services.GiftPart(
        amount=found.amount,
        donor_id=giver if isinstance(giver, int) else donor_for_entry(giver).id,
        **aim_of(form.purpose.data),
        another=bool(form.another.data),
    )
    order = services.MatchOrder(kind=MatchKind.GIFT, parts=(part,), learn=form.learns)
    return _match(found, order)


def _match(found: BankLine, order: services.MatchOrder) -> ResponseReturnValue:
    try:
        services.match_line(found.id, order, by=current_user.id)
        services.recognise([found.id])
    except services.BankError as refusal:
        return refused(found, refusal)
    return done(found, _("The line %(ref)s is matched.", ref=found.ref))


@bank.post("/lines/<uuid:public_id>/other")
@needs(Role.ACCOUNTANT, fresh=True)
def not_a_gift(public_id: uuid.UUID) -> ResponseReturnValue:
    """The line goes onto an account of the books."""
    found, form = line_of(public_id), OtherForm()
    if not form.validate_on_submit():
        return line_page(found, 422, other=form)
    part = services.OtherPart(amount=found.amount, account=form.account.data)
    learn, note = bool(form.learn.data), form.note.data or ""
    return _match(
        found,
        services.MatchOrder(kind=MatchKind.ACCOUNT, parts=(part,), learn=learn, note=note),
    )


@bank.route("/lines/<uuid:public_id>/split", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def split(public_id: uuid.UUID) -> ResponseReturnValue:
    """Several gifts in one line."""
    found, form = line_of(public_id), SplitForm()
    if form.validate_on_submit() and _adds_up(found, form):
        return _match(found, _split_order(form))
    page = render_template("accounting/bank/split.html", line=found, form=form)
    return page, 422 if form.errors else 200


def _adds_up(found: BankLine, form: SplitForm) -> bool:
    if not form.gifts:
        form.form_errors.append(_("Write at least one gift."))
    elif form.total != found.amount:
        form.form_errors.append(
            _("The gifts come to %(sum)s, the line to %(line)s.",
              sum=i18n.money(form.total), line=i18n.money(found.amount))
        )  # fmt: skip
    return not form.form_errors


def _split_order(form: SplitForm) -> services.MatchOrder:
    parts: list[services.GiftPart | services.OtherPart] = []
    for row in form.gifts:
        assert row.amount.data is not None
        assert row.donor is not None
        aim = aim_of(row.purpose.data)
        parts.append(services.GiftPart(amount=row.amount.data, donor_id=row.donor.id, **aim))
    if form.kept.data:
        parts.append(services.OtherPart(amount=-form.kept.data, account="627800"))
    return services.MatchOrder(kind=MatchKind.GIFT, parts=tuple(parts))


@bank.post("/lines/put")
@needs(Role.ACCOUNTANT, fresh=True)
def put() -> ResponseReturnValue:
    """Several lines that are no gifts, onto one account."""
    form = OtherForm()
    ticked = reads.lines_by_public_id(request.form.getlist("lines"))
    if not form.validate_on_submit() or not ticked:
        flash(_("Tick the lines first, then choose what they are."), "info")
        return redirect(url_for(".lines", **where()), 303)
    try:
        count, late = services.put_on_account(
            [each.id for each in ticked], form.account.data, note="", by=current_user.id
        )
    except services.BankError as refusal:
        flash(_(refusal.reason), "danger")
        return redirect(url_for(".lines", **where()), 303)
    told = ngettext("%(num)d line is dealt with.", "%(num)d lines are dealt with.", count)
    if late:
        told += " " + ngettext(
            "%(num)d was matched by somebody else meanwhile.",
            "%(num)d were matched by somebody else meanwhile.",
            late,
        )
    flash(told, "success")
    return redirect(url_for(".lines", **where()), 303)


@bank.post("/lines/accept")
@needs(Role.ACCOUNTANT, fresh=True)
def accept_ticked() -> ResponseReturnValue:
    """Accept the proposals of several lines, each as it was shown."""
    ticked = reads.lines_by_public_id(request.form.getlist("lines"))
    count = sum(_accepted_as_shown(each) for each in ticked)
    if not ticked:
        flash(_("Tick the lines first."), "info")
    else:
        flash(
            ngettext("%(num)d line is matched.", "%(num)d lines are matched.", count),
            "success" if count else "info",
        )
    if count < len(ticked):
        left = len(ticked) - count
        flash(
            ngettext(
                "%(num)d ticked line waits still: nothing was proposed, or it is no longer so.",
                "%(num)d ticked lines wait still: nothing was proposed, or it is no longer so.",
                left,
            ),
            "info",
        )
    return redirect(url_for(".lines", **where()), 303)


def _accepted_as_shown(found: BankLine) -> bool:
    """Each anew: what the line before took is no longer proposed."""
    wanted = request.form.get(f"best-{found.public_id}", "")
    proposals = proposals_for([found])[found.id] if wanted else []
    chosen = next((each for each in proposals if words.key_of(each) == wanted), None)
    if chosen is None:
        return False
    try:
        services.match_line(found.id, services.order_of(found, chosen), by=current_user.id)
        services.recognise([found.id])
    except services.BankError:
        return False
    return True


@bank.post("/lines/<uuid:public_id>/undo")
@needs(Role.ACCOUNTANT, fresh=True)
def undo(public_id: uuid.UUID) -> ResponseReturnValue:
    """The line was something else."""
    found, form = line_of(public_id), UndoForm()
    live = reads.live_matches([found.id]).get(found.id)
    if live is None:
        return refused(found, services.NotMatched())
    if not form.validate_on_submit():
        return line_page(found, 422, undo=form)
    try:
        services.undo_match(live.id, reason=form.reason.data or "", by=current_user.id)
    except services.BankError as refusal:
        return refused(found, refusal)
    flash(_("Undone: the line %(ref)s waits again.", ref=found.ref), "success")
    return redirect(url_for(".line", public_id=public_id), 303)

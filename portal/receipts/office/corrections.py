"""Receipts the records no longer bear out: the list, one beside the records, the act a person decides."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.models import Donor
from portal.core import documents
from portal.core.clock import paris_date
from portal.core.pdf import PdfError
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.core.web.lists import ListColumn, ListSpec, download, export, list_page
from portal.receipts import correction_words as words
from portal.receipts import services
from portal.receipts.desk_forms import CorrectForm
from portal.receipts.models import Receipt, ReceiptState
from portal.receipts.office.desk import bp
from portal.receipts.queries import corrections
from portal.receipts.queries import register as reads
from portal.receipts.rules.composition import DonorBlocked, ReceiptRefused
from portal.receipts.rules.corrections import Act, Cause, may_be_left
from portal.receipts.rules.forms import NothingInForce


def correction_list(causes: dict[int, frozenset[Cause]]) -> ListSpec:
    """The receipts to look at, with why."""

    def why(receipt: Receipt) -> str:
        return ", ".join(words.cause_word(each) for each in words.in_order(causes[receipt.id]))

    return ListSpec(
        name=_("corrections"),
        columns=(
            ListColumn("number", _("Number"), lambda r: r.number, sort=Receipt.number),
            ListColumn("issued_on", _("Issued on"), lambda r: r.issued_on, "date", sort=Receipt.issued_on),
            ListColumn("ref", _("Reference"), lambda r: r.donor.ref, sort=Donor.ref),
            ListColumn("donor", _("Donor"), lambda r: r.donor.name, sort=Donor.last_name + Donor.company_name),
            ListColumn("amount", _("Amount"), lambda r: r.amount, "amount", sort=Receipt.amount_minor),
            ListColumn("why", _("Why"), why),
        ),
        search=(Receipt.number, Donor.ref, Donor.first_name, Donor.last_name, Donor.company_name),
        default_sort="number",
        tie=Receipt.id,
    )  # fmt: skip


@bp.get("/corrections")
@needs(Role.ACCOUNTANT)
def to_correct() -> ResponseReturnValue:
    """What is to be looked at, by reason; and the letters that are still to be posted."""
    causes = corrections.causes_by_receipt(paris_date(clock_now()))
    counts = {cause: sum(cause in found for found in causes.values()) for cause in Cause}
    told = request.args.get("cause", "")
    chosen = Cause(told) if told in set(Cause) else None
    ids = [known for known, found in causes.items() if chosen is None or chosen in found]
    page = list_page(correction_list(causes), reads.register_of().where(Receipt.id.in_(ids)))
    notices = corrections.notices_to_post()
    return export(page) or render_template(
        "receipts/office_corrections.html",
        page=page,
        causes=causes,
        counts=[(cause, words.cause_word(cause), n) for cause, n in counts.items() if n],
        chosen=chosen,
        words=words,
        notices=notices,
        postable={each.receipt_id for each in notices if services.can_be_posted(each.receipt)},
        notice_years=sorted({each.receipt.tax_year for each in notices}, reverse=True),
    )


@bp.route("/<uuid:receipt>/correct", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def correct(receipt: uuid.UUID) -> ResponseReturnValue:
    """What the paper says beside what the records say now; then the act, once it is confirmed."""
    found = _found(receipt)
    allowed = _allowed(found)
    form = CorrectForm(allowed, services.act_proposed(found, clock_now()))
    if not form.validate_on_submit():
        return _shown(found, form)
    try:
        return _done(found, Act(form.act.data), form.reason.data)
    except services.AlreadyCancelled:
        flash(_("This receipt was cancelled before."), "info")
        return redirect(url_for(".show", receipt=receipt), 303)
    except (
        services.NothingLeftToCertify,
        services.MustNotStand,
        ReceiptRefused,
        PdfError,
    ) as error:
        form.act.errors = [_why_not(error)]
        return _shown(found, form)


@bp.post("/<uuid:receipt>/notice-posted")
@needs(Role.ACCOUNTANT)
def notice_posted(receipt: uuid.UUID) -> ResponseReturnValue:
    """The letter that says the receipt was cancelled is in the post."""
    found = reads.receipt_by_public_id(receipt) or abort(404)
    services.note_posted(found.id, by=current_user.id)
    flash(
        _("Noted: the donor was told that receipt %(number)s is cancelled.", number=found.number),
        "success",
    )
    return redirect(url_for(".to_correct"), 303)


@bp.post("/<uuid:receipt>/notice")
@needs(Role.ACCOUNTANT)
def notice_letter(receipt: uuid.UUID) -> ResponseReturnValue:
    """Lay out the letter that says the receipt is cancelled, to print and post; noted as sent."""
    found = reads.receipt_by_public_id(receipt) or abort(404)
    try:
        services.print_notice(found.id, by=current_user.id, at=clock_now())
    except services.NoLetterDue:
        abort(404)
    except services.AddressMissing:
        flash(_("The donor's record has no complete address: complete it first."), "warning")
    except PdfError as error:
        flash(_("The letter cannot be printed: %(problem)s.", problem=str(error)), "warning")
    else:
        flash(_("The letter is ready: print it and post it. It counts as sent."), "success")
    return redirect(url_for(".show", receipt=receipt), 303)


@bp.get("/<uuid:receipt>/notice.pdf")
@needs(Role.ACCOUNTANT)
def notice_pdf(receipt: uuid.UUID) -> ResponseReturnValue:
    """The letter that says the receipt is cancelled, as it was laid out."""
    found = reads.receipt_by_public_id(receipt) or abort(404)
    notice = corrections.notice_about(found.id)
    if notice is None or notice.document is None:
        abort(404)
    paper = notice.document
    return download(documents.read(paper), paper.filename, paper.media_type, inline=True)


def _found(public_id: uuid.UUID) -> corrections.Found:
    receipt = reads.receipt_by_public_id(public_id) or abort(404)
    if receipt.state is not ReceiptState.ISSUED:
        abort(404)
    return corrections.look_at(receipt, paris_date(clock_now()))


def _allowed(found: corrections.Found) -> list[Act]:
    nothing_left = services.act_proposed(found, clock_now()) is Act.CANCEL
    left = found.causes and may_be_left(found.causes, overstated=found.overstated)
    replaced = () if nothing_left else (Act.REPLACE,)
    return [*replaced, Act.CANCEL, *((Act.LEAVE,) if left else ())]


def _done(found: corrections.Found, act: Act, reason: str) -> ResponseReturnValue:
    receipt, told = found.receipt, _told(reason)
    public_id, number = receipt.public_id, receipt.number
    if act is Act.LEAVE:
        services.leave_as_it_is(receipt.id, **told)
        flash(_("Receipt %(number)s is left as it is.", number=number), "success")
    elif act is Act.CANCEL:
        services.cancel_receipt(receipt.id, **told)
        flash(_("Receipt %(number)s is cancelled.", number=number), "success")
    else:
        new = services.replace_receipt(receipt.id, **told)
        public_id = new.public_id
        flash(_("Receipt %(new)s replaces %(old)s.", new=new.number, old=number), "success")
    return redirect(url_for(".show", receipt=public_id), 303)


def _told(reason: str) -> dict[str, Any]:
    at: dt.datetime = clock_now()
    return {"reason": reason, "by": current_user.id, "at": at}


def _shown(found: corrections.Found, form: CorrectForm) -> ResponseReturnValue:
    preview, problem = _preview(found)
    page = render_template(
        "receipts/office_correct.html",
        found=found,
        form=form,
        lines=words.side_by_side(found.differences),
        causes=[(words.cause_word(each), _(words.ABOUT[each])) for each in words.in_order(found.causes)],
        preview=preview,
        problem=problem,
        must_not_stand=bool(found.causes) and Act.LEAVE not in _allowed(found),
    )  # fmt: skip
    return page, 422 if form.errors else 200


def _preview(found: corrections.Found) -> tuple[Any, str]:
    try:
        return services.content_if_replaced(found, clock_now()), ""
    except (ReceiptRefused, NothingInForce) as error:
        return None, _why_not(error)


def _why_not(error: Exception) -> str:
    if isinstance(error, services.NothingLeftToCertify):
        return str(
            _(
                "All the money of its gifts went back: cancel the receipt, there is nothing to certify."
            )
        )
    if isinstance(error, services.MustNotStand):
        return str(_("It certifies more than was kept: it cannot be left as it is."))
    if isinstance(error, DonorBlocked):
        return " ".join(_(reason.message) for reason in error.reasons)
    return str(_("The new receipt cannot be made: %(problem)s.", problem=str(error)))

"""Single receipts for accountants: the register, one paper, its duplicate, its cancelling."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts import queries as accounts
from portal.accounts.models import Donor
from portal.core import audit, documents
from portal.core.i18n_markers import N_
from portal.core.money import Money, total
from portal.core.pdf import PdfError
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.core.web.lists import ListColumn, ListSpec, download, export, list_page
from portal.receipts import services
from portal.receipts.delivery_words import delivery_sentence
from portal.receipts.desk_forms import DuplicateForm
from portal.receipts.forms import ReasonForm, ReplaceForm
from portal.receipts.models import Receipt, ReceiptKind, ReceiptState
from portal.receipts.office.desk import bp
from portal.receipts.office.year import year_or_404, years_known
from portal.receipts.queries import register as reads
from portal.receipts.queries.corrections import notice_about
from portal.receipts.queries.deliveries import deliveries_of
from portal.receipts.rules.composition import DonorBlocked, ReceiptRefused
from portal.receipts.rules.content import ReceiptContent
from portal.receipts.rules.register import readable_code

PDF = "application/pdf"
ACTS = {
    "receipt.issued": N_("Issued"),
    "receipt.cancelled": N_("Cancelled"),
    "receipt.taken": N_("Taken by the donor in her account"),
    "receipt.duplicate": N_("Duplicate handed out"),
    "receipt.duplicate_sheet": N_("Duplicate sheet printed"),
    "receipt.left": N_("Left as it is"),
    "receipt.notice_posted": N_("Notice of the cancelling posted"),
    "receipt.notice_printed": N_("Letter about the cancelling printed"),
    "receipt.to_correct": N_("Money of a gift moved: this receipt must be replaced"),
}


def state_word(state: ReceiptState) -> str:
    """``valid`` or ``cancelled``, in the reader's language."""
    return str(_("cancelled") if state is ReceiptState.CANCELLED else _("valid"))


def register_list(name: str) -> ListSpec:
    """The register as a list, its columns in the reader's language."""
    return ListSpec(
        name=name,
        columns=(
            ListColumn("number", _("Number"), lambda r: r.number, sort=Receipt.number),
            ListColumn("issued_on", _("Issued on"), lambda r: r.issued_on, "date", sort=Receipt.issued_on),
            ListColumn("year", _("Year"), lambda r: r.tax_year, "year", sort=Receipt.tax_year),
            ListColumn("donor", _("Donor"), lambda r: r.donor.name, sort=Donor.last_name + Donor.company_name),
            ListColumn("ref", _("Reference"), lambda r: r.donor.ref, sort=Donor.ref),
            ListColumn("form", _("Form"), lambda r: r.form, sort=Receipt.form),
            ListColumn("amount", _("Amount"), lambda r: r.amount, "amount", sort=Receipt.amount_minor),
            ListColumn("state", _("State"), lambda r: state_word(r.state), sort=Receipt.state),
            ListColumn("reason", _("Reason"), lambda r: r.cancel_reason),
            ListColumn("sha256", "SHA-256", lambda r: r.sha256),
        ),
        search=(
            Receipt.number, Donor.ref, Donor.first_name, Donor.last_name, Donor.company_name,
            Donor.email, Donor.city,
        ),
        default_sort="number",
        default_descending=True,
        tie=Receipt.id.desc(),
    )  # fmt: skip


@bp.get("/register")
@needs(Role.ACCOUNTANT)
def register() -> ResponseReturnValue:
    """Every receipt ever issued, by year and state."""
    told, state = request.args.get("year", ""), request.args.get("state", "")
    year = year_or_404(int(told)) if told.isascii() and told.isdigit() and len(told) == 4 else None
    wanted = reads.register_of(year, ReceiptState(state) if state in set(ReceiptState) else None)
    page = list_page(register_list(_("receipts")), wanted)
    return export(page) or render_template(
        "receipts/office_register.html",
        page=page,
        year=year,
        years=years_known(year) if year else reads.receipt_years(),
        state=state,
    )


def _receipt(public_id: uuid.UUID) -> Receipt:
    return reads.receipt_by_public_id(public_id) or abort(404)


@bp.get("/<uuid:receipt>")
@needs(Role.ACCOUNTANT)
def show(receipt: uuid.UUID) -> ResponseReturnValue:
    """One receipt: what it says, its gifts as they stand now, its history."""
    found = _receipt(receipt)
    before, after = reads.chain_of(found)
    return render_template(
        "receipts/office_show.html",
        receipt=found,
        content=ReceiptContent.from_json(found.content),
        gifts=reads.gifts_on(found.id),
        before=before,
        after=after,
        code=readable_code(found.verify_code),
        wrong=bool(reads.receipts_to_correct(only=found.id)),
        history=_history(found),
        deliveries=deliveries_of(found.id),
        delivery_sentence=delivery_sentence,
        notice_due=notice_about(found.id),
        postable=services.can_be_posted(found),
    )


def _history(receipt: Receipt) -> list[dict[str, Any]]:
    entries = audit.history(f"receipt:{receipt.number}", limit=50)
    names = accounts.names_of_accounts({entry.actor_id for entry in entries if entry.actor_id})
    return [
        {
            "at": entry.at,
            "what": _(ACTS.get(entry.action, entry.action)),
            "who": names.get(entry.actor_id or 0, _("The portal")),
            "note": entry.note,
        }
        for entry in entries
    ]


@bp.get("/<uuid:receipt>.pdf")
@needs(Role.ACCOUNTANT)
def pdf(receipt: uuid.UUID) -> Response:
    """The paper, shown in the browser or kept (``?download=1``)."""
    found = _receipt(receipt)
    inline = not request.args.get("download")
    return download(documents.read(found.document), f"{found.number}.pdf", PDF, inline=inline)


@bp.get("/<uuid:receipt>/duplicate")
@needs(Role.ACCOUNTANT)
def duplicates(receipt: uuid.UUID) -> ResponseReturnValue:
    """For whom a duplicate is, and to whom it was handed out before."""
    return _duplicates(_receipt(receipt), DuplicateForm())


@bp.post("/<uuid:receipt>/duplicate")
@needs(Role.ACCOUNTANT)
def duplicate(receipt: uuid.UUID) -> ResponseReturnValue:
    """The same paper once more, or the sheet that goes before it (``sheet=1``); both are noted."""
    found, form = _receipt(receipt), DuplicateForm()
    if not form.validate_on_submit():
        return _duplicates(found, form)
    told: Any = {
        "by": current_user.id, "at": clock_now(), "recipient": form.recipient.data or "",
    }  # fmt: skip
    if request.form.get("sheet"):
        sheet = services.print_sheet(found.id, **told)
        return download(sheet, f"{found.number}-duplicata.pdf", PDF)
    return download(services.hand_out_duplicate(found.id, **told), f"{found.number}.pdf", PDF)


def _duplicates(found: Receipt, form: DuplicateForm) -> ResponseReturnValue:
    given = reads.duplicates_of(found.id)
    names = accounts.names_of_accounts({each.by_id for each in given if each.by_id})
    page = render_template(
        "receipts/office_duplicates.html", receipt=found, form=form, given=given, names=names
    )
    return page, 422 if form.errors else 200


@bp.route("/<uuid:receipt>/cancel", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def cancel(receipt: uuid.UUID) -> ResponseReturnValue:
    """Ask why, then declare the receipt void and write to the donor."""
    found, form = _receipt(receipt), ReasonForm()
    if not form.validate_on_submit():
        return _asked("receipts/office_cancel.html", found, form)
    try:
        services.cancel_receipt(
            found.id, reason=form.reason.data, by=current_user.id, at=clock_now()
        )
    except services.AlreadyCancelled:
        flash(_("This receipt was cancelled before."), "info")
    else:
        flash(_("Receipt %(number)s is cancelled.", number=found.number), "success")
    return redirect(url_for(".show", receipt=receipt), 303)


@bp.route("/<uuid:receipt>/replace", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def replace(receipt: uuid.UUID) -> ResponseReturnValue:
    """Ask why, then cancel the receipt and issue the one that takes its place."""
    found = _receipt(receipt)
    form = ReplaceForm(data={"others": found.kind is ReceiptKind.ANNUAL})
    if not form.validate_on_submit():
        return _asked("receipts/office_replace.html", found, form)
    number, others = found.number, form.others.data
    try:
        new = services.replace_receipt(
            found.id, reason=form.reason.data, by=current_user.id, at=clock_now(), others=others
        )
    except services.AlreadyCancelled:
        flash(_("This receipt was cancelled before."), "info")
        return redirect(url_for(".show", receipt=receipt), 303)
    except (services.NothingLeftToCertify, ReceiptRefused, PdfError) as error:
        form.reason.errors = [_why_not(error)]
        return _asked("receipts/office_replace.html", found, form)
    flash(_("Receipt %(new)s replaces %(old)s.", new=new.number, old=number), "success")
    return redirect(url_for(".show", receipt=new.public_id), 303)


def _why_not(error: Exception) -> str:
    if isinstance(error, services.NothingLeftToCertify):
        return str(
            _(
                "All the money of its gifts went back: cancel the receipt, there is nothing to certify."
            )
        )
    if isinstance(error, DonorBlocked):
        return " ".join(_(reason.message) for reason in error.reasons)
    return str(_("The new receipt cannot be made: %(problem)s.", problem=str(error)))


def _asked(template: str, receipt: Receipt, form: ReasonForm) -> ResponseReturnValue:
    others = services.other_gifts(receipt, clock_now())
    page = render_template(
        template,
        receipt=receipt,
        form=form,
        gifts=reads.gifts_on(receipt.id),
        others=len(others),
        others_sum=total([gift.kept_euros or Money(0) for gift in others]),
    )
    return page, 422 if request.method == "POST" else 200

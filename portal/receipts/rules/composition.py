"""How a receipt's content is made from its payments, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from stdnum.fr import siren

from portal.core.money import Money, total
from portal.receipts.rules.content import (
    GiftNature,
    Issuer,
    ModeBox,
    Payment,
    PaymentMode,
    ReceiptContent,
    ReceiptDonor,
    ReceiptKind,
)
from portal.receipts.rules.eligibility import Reason, blocked_reasons
from portal.receipts.rules.forms import (
    FORMS,
    ReceiptForm,
    comes_with_the_portal,
    form_for,
    form_numbered,
)
from portal.receipts.rules.words import amount_in_figures, amount_in_words

NATURES = {
    GiftNature.MONEY: "Numéraire",
    GiftNature.WAIVED_EXPENSES: (
        "Frais engagés par les bénévoles, dont ils renoncent expressément au remboursement"
    ),
    GiftNature.IN_KIND: "Don en nature",
}
FORM_OF_GIFT = "Déclaration de don manuel"
FORM_OF_WAIVER = "Autres"

_BOXES = {
    PaymentMode.CASH: ModeBox.CASH,
    PaymentMode.CHEQUE: ModeBox.CHEQUE,
    PaymentMode.TRANSFER: ModeBox.BANK,
    PaymentMode.SEPA: ModeBox.BANK,
    PaymentMode.CARD: ModeBox.BANK,
}
_RNA = re.compile(r"W[0-9A-Z]{9}")


class ReceiptRefused(ValueError):
    """A receipt that may not be written."""


class NoPayment(ReceiptRefused):
    """There is nothing to certify."""


class SeveralPaymentsOnSingleReceipt(ReceiptRefused):
    """A single receipt is for one gift; several make an annual receipt."""


class PaymentOfAnotherYear(ReceiptRefused):
    """A receipt covers one civil year only."""


class PaymentAfterIssue(ReceiptRefused):
    """A receipt certifies what was received before it was written."""


class PaymentNotPositive(ReceiptRefused):
    """A refunded or empty payment gives no right to a receipt."""


class PaymentNotDescribed(ReceiptRefused):
    """What is no money must be described on its receipt."""


class PaymentNotInEuros(ReceiptRefused):
    """Receipts are in euros."""


class IncompleteIssuer(ReceiptRefused):
    """The charity's own particulars are incomplete (``missing`` names them)."""

    def __init__(self, missing: Sequence[str]) -> None:
        self.missing = tuple(missing)
        super().__init__("the issuer lacks " + ", ".join(self.missing))


class InvalidNumber(ReceiptRefused):
    """The order number is empty, or the receipt would replace itself."""


class DonorBlocked(ReceiptRefused):
    """The donor's particulars do not allow a receipt (``reasons``)."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(", ".join(reason.code for reason in self.reasons))


def compose(
    *,
    kind: ReceiptKind,
    number: str,
    tax_year: int,
    issued_on: date,
    issuer: Issuer,
    donor: ReceiptDonor,
    payments: Sequence[Payment],
    replaces: str | None = None,
    forms: Sequence[ReceiptForm] = FORMS,
) -> ReceiptContent:
    """The content of a receipt for these payments, in the order of their dates.

    ``forms`` are the official models, of which that of the day of issue is used. One civil year, one donor, euros only (CGI art. 200, 5; 238 bis, 5 bis). Raises a
    ReceiptRefused, or NothingInForce when no official form exists on the day of issue.
    """
    _check_number(number, replaces)
    _check_issuer(issuer)
    if reasons := blocked_reasons(donor):
        raise DonorBlocked(reasons)
    _check_payments(kind, payments, tax_year, issued_on)
    form = form_for(donor.kind, issued_on, forms)
    shipped = comes_with_the_portal(form)
    amount: Money = total([payment.amount for payment in payments])
    return ReceiptContent(
        form=form.number,
        form_label=form.label,
        kind=kind,
        number=number,
        tax_year=tax_year,
        issued_on=issued_on,
        issuer=issuer,
        donor=donor,
        payments=tuple(sorted(payments, key=lambda p: (p.paid_on, p.reference))),
        total=amount,
        total_figures=amount_in_figures(amount),
        total_words=amount_in_words(amount),
        legal_basis=form.legal_basis,
        modes=boxes_ticked(payments),
        nature=nature_of(payments),
        form_of_gift=form_of_gift(payments),
        replaces=replaces,
        form_title="" if shipped else form.title,
        form_notes=() if shipped else form.notes,
    )


def title_of(content: ReceiptContent) -> str:
    """The official title of the receipt's form; raises NothingInForce."""
    return content.form_title or form_numbered(content.form).title


def boxes_ticked(payments: Sequence[Payment]) -> tuple[ModeBox, ...]:
    """The boxes of the form to tick for these payments, in the form's order."""
    ticked = {_BOXES[payment.mode] for payment in payments if payment.mode in _BOXES}
    return tuple(box for box in ModeBox if box in ticked)


def nature_of(payments: Sequence[Payment]) -> str:
    """What was given, in the words of the forms."""
    given = {payment.nature for payment in payments}
    return " ; ".join(NATURES[nature] for nature in GiftNature if nature in given)


def form_of_gift(payments: Sequence[Payment]) -> str:
    """Gifts are handed over; expenses that were only waived are not."""
    waived = all(payment.nature is GiftNature.WAIVED_EXPENSES for payment in payments)
    return FORM_OF_WAIVER if waived else FORM_OF_GIFT


def _check_number(number: str, replaces: str | None) -> None:
    if not number.strip():
        raise InvalidNumber("a receipt has an order number")
    if replaces == number:
        raise InvalidNumber(f"receipt {number} cannot replace itself")


def _check_issuer(issuer: Issuer) -> None:
    needed = (
        "name",
        "address1",
        "postcode",
        "city",
        "purpose",
        "category",
        "signatory_name",
        "signatory_capacity",
    )
    missing = [name for name in needed if not getattr(issuer, name).strip()]
    if not siren.is_valid(issuer.siren) and not _RNA.fullmatch(issuer.rna):
        missing.append("siren or rna")
    if missing:
        raise IncompleteIssuer(missing)


def _check_payments(
    kind: ReceiptKind, payments: Sequence[Payment], tax_year: int, issued_on: date
) -> None:
    if not payments:
        raise NoPayment("a receipt certifies at least one payment")
    if kind is ReceiptKind.SINGLE and len(payments) > 1:
        raise SeveralPaymentsOnSingleReceipt(f"{len(payments)} payments on a single receipt")
    for payment in payments:
        _check_payment(payment, tax_year, issued_on)


def _check_payment(payment: Payment, tax_year: int, issued_on: date) -> None:
    told = f"payment {payment.reference}"
    if payment.amount.currency != "EUR":
        raise PaymentNotInEuros(f"{told} is in {payment.amount.currency}")
    if payment.amount.minor <= 0:
        raise PaymentNotPositive(f"{told} is not above zero")
    if payment.nature is not GiftNature.MONEY and not payment.description.strip():
        raise PaymentNotDescribed(f"{told} is no money and is not described")
    if payment.paid_on.year != tax_year:
        raise PaymentOfAnotherYear(f"{told} is of {payment.paid_on.year}, not {tax_year}")
    if payment.paid_on > issued_on:
        raise PaymentAfterIssue(f"{told} is later than the receipt")

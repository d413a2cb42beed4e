"""What a receipt says, frozen: the snapshot kept beside its number and printed on paper."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from portal.core.money import Money, total
from portal.receipts.rules.forms import DonorKind

SCHEMA = 1


class PaymentMode(StrEnum):
    """How a gift reached us; the last two are no money."""

    CARD = "card"
    SEPA = "sepa"
    CHEQUE = "cheque"
    TRANSFER = "transfer"
    CASH = "cash"
    IN_KIND = "in_kind"
    WAIVED_EXPENSES = "waived_expenses"


class GiftNature(StrEnum):
    """What was given, in the order of the forms."""

    MONEY = "money"
    WAIVED_EXPENSES = "waived_expenses"
    IN_KIND = "in_kind"


class ModeBox(StrEnum):
    """The three boxes of the form under "mode de versement du don"."""

    CASH = "cash"
    CHEQUE = "cheque"
    BANK = "bank"


class ReceiptKind(StrEnum):
    """One receipt for one gift, or one for all the gifts of a civil year."""

    SINGLE = "single"
    ANNUAL = "annual"


class UnreadableSnapshot(ValueError):
    """A stored receipt content that does not follow the schema."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """The charity as its receipts name it; ``country`` is ISO 3166-1 alpha-2."""

    name: str
    address1: str
    postcode: str
    city: str
    purpose: str
    category: str
    signatory_name: str
    signatory_capacity: str
    siren: str = ""
    rna: str = ""
    country: str = "FR"


@dataclass(frozen=True, slots=True)
class ReceiptDonor:
    """The donor as the receipt names them; ``country`` is ISO 3166-1 alpha-2."""

    kind: DonorKind
    title: str = ""
    first_name: str = ""
    last_name: str = ""
    company_name: str = ""
    legal_form: str = ""
    siren: str = ""
    address1: str = ""
    address2: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "FR"

    @property
    def name_lines(self) -> tuple[str, ...]:
        """The name as it heads the address."""
        if self.kind is DonorKind.COMPANY:
            return (self.company_name,)
        return (" ".join(filter(None, (self.title, self.first_name, self.last_name))),)


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was paid in another currency: ``rate`` is euros for one unit, ``source`` who says so."""

    paid: Money
    rate: str
    source: str


@dataclass(frozen=True, slots=True)
class Payment:
    """One gift received; ``paid_on`` is the day that counts for tax (BOI-IR-RICI-250-20).

    Of what is no money ``amount`` is the value and ``description`` says exhaustively what it is.
    ``amount`` is always in euros; ``exchange`` says how it came to be when euros were not paid.
    ``rate`` is the rate of the reduction that holds for the gift's fund on its day, as decimal
    text (``0.66``); it is empty on receipts from before it was kept.
    """

    paid_on: date
    amount: Money
    mode: PaymentMode
    purpose: str
    reference: str
    description: str = ""
    exchange: Exchange | None = None
    rate: str = ""

    @property
    def nature(self) -> GiftNature:
        return _NATURES.get(self.mode, GiftNature.MONEY)


_NATURES = {
    PaymentMode.IN_KIND: GiftNature.IN_KIND,
    PaymentMode.WAIVED_EXPENSES: GiftNature.WAIVED_EXPENSES,
}


@dataclass(frozen=True, slots=True)
class ReceiptContent:
    """Everything one receipt says.

    ``form_title`` and ``form_notes`` stand here when an administrator wrote them; they are empty
    for a form the portal comes with, which is known by its number.
    """

    form: str
    form_label: str
    kind: ReceiptKind
    number: str
    tax_year: int
    issued_on: date
    issuer: Issuer
    donor: ReceiptDonor
    payments: tuple[Payment, ...]
    total: Money
    total_figures: str
    total_words: str
    legal_basis: str
    modes: tuple[ModeBox, ...]
    nature: str
    form_of_gift: str
    replaces: str | None = None
    form_title: str = ""
    form_notes: tuple[str, ...] = ()

    @property
    def natures(self) -> tuple[GiftNature, ...]:
        """What was given, each nature once, in the form's order."""
        given = {payment.nature for payment in self.payments}
        return tuple(nature for nature in GiftNature if nature in given)

    def sum_of(self, nature: GiftNature) -> Money:
        """How much of the total is of that nature."""
        return total([each.amount for each in self.payments if each.nature is nature])

    def to_json(self) -> dict[str, Any]:
        """The content as a JSON object (schema 1): dates ISO, amounts in minor units."""
        return {
            "schema": SCHEMA,
            "form": self.form,
            "form_label": self.form_label,
            "kind": self.kind.value,
            "number": self.number,
            "tax_year": self.tax_year,
            "issued_on": self.issued_on.isoformat(),
            "issuer": _fields(self.issuer),
            "donor": _fields(self.donor) | {"kind": self.donor.kind.value},
            "payments": [_payment_to_json(payment) for payment in self.payments],
            "total": _money_to_json(self.total),
            "total_figures": self.total_figures,
            "total_words": self.total_words,
            "legal_basis": self.legal_basis,
            "modes": [mode.value for mode in self.modes],
            "nature": self.nature,
            "form_of_gift": self.form_of_gift,
            "replaces": self.replaces,
            **({"form_title": self.form_title} if self.form_title else {}),
            **({"form_notes": list(self.form_notes)} if self.form_notes else {}),
        }

    def canonical(self) -> bytes:
        """The one way to write this content as bytes: for checksums and comparison."""
        return canonical_bytes(self.to_json())

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> ReceiptContent:
        """The content ``to_json`` wrote, equal to the original; raises UnreadableSnapshot."""
        if stored.get("schema") != SCHEMA:
            raise UnreadableSnapshot(f"schema {stored.get('schema')!r} is not known")
        try:
            return cls(**_values_from(stored))
        except (KeyError, TypeError, ValueError) as error:
            raise UnreadableSnapshot(str(error)) from error


def canonical_bytes(stored: dict[str, Any]) -> bytes:
    """A content as ``to_json`` wrote it, in the one way that is hashed; read back, it is the same."""
    return json.dumps(stored, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _fields(part: Issuer | ReceiptDonor) -> dict[str, Any]:
    return {name: getattr(part, name) for name in part.__slots__}


def _money_to_json(amount: Money) -> dict[str, Any]:
    return {"minor": amount.minor, "currency": amount.currency}


def _payment_to_json(payment: Payment) -> dict[str, Any]:
    return {
        "paid_on": payment.paid_on.isoformat(),
        "amount": _money_to_json(payment.amount),
        "mode": payment.mode.value,
        "purpose": payment.purpose,
        "reference": payment.reference,
        **({"description": payment.description} if payment.description else {}),
        **({"exchange": _exchange_to_json(payment.exchange)} if payment.exchange else {}),
        **({"rate": payment.rate} if payment.rate else {}),
    }


def _exchange_to_json(exchange: Exchange) -> dict[str, Any]:
    return {
        "paid": _money_to_json(exchange.paid),
        "rate": exchange.rate,
        "source": exchange.source,
    }


def _exchange_from_json(stored: dict[str, Any] | None) -> Exchange | None:
    if stored is None:
        return None
    return Exchange(Money(**stored["paid"]), stored["rate"], stored["source"])


def _payment_from_json(stored: dict[str, Any]) -> Payment:
    return Payment(
        paid_on=date.fromisoformat(stored["paid_on"]),
        amount=Money(**stored["amount"]),
        mode=PaymentMode(stored["mode"]),
        purpose=stored["purpose"],
        reference=stored["reference"],
        description=stored.get("description", ""),
        exchange=_exchange_from_json(stored.get("exchange")),
        rate=stored.get("rate", ""),
    )


def _values_from(stored: dict[str, Any]) -> dict[str, Any]:
    donor = stored["donor"]
    read = {
        "kind": ReceiptKind(stored["kind"]),
        "issued_on": date.fromisoformat(stored["issued_on"]),
        "issuer": Issuer(**stored["issuer"]),
        "donor": ReceiptDonor(**donor | {"kind": DonorKind(donor["kind"])}),
        "payments": tuple(_payment_from_json(payment) for payment in stored["payments"]),
        "total": Money(**stored["total"]),
        "modes": tuple(ModeBox(mode) for mode in stored["modes"]),
        "form_title": stored.get("form_title", ""),
        "form_notes": tuple(stored.get("form_notes", ())),
    }
    return {name: value for name, value in stored.items() if name != "schema"} | read

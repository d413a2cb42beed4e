"""A batch of CAMT: one movement of the account, several payments; told apart when their sum proves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from portal.accounting.rules.statements.amounts import amount_of
from portal.accounting.rules.statements.xml import all_of, text_at
from portal.core.money import Money, total

_AMOUNTS = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt")


@dataclass(frozen=True, slots=True)
class Part:
    """One line to be: its payments, its signed amount, its rank in the batch; or the charges."""

    payments: Sequence[Element]
    amount: Money
    rank: int = 0
    charges: bool = False


def parts_of(entry: Element, moved: Money, place: int) -> list[Part]:
    """One part a payment when they add up to the entry, perhaps with charges told; else one part."""
    payments = all_of(entry, "NtryDtls/TxDtls")
    whole = [Part(payments, moved)]
    if len(payments) < 2:
        return whole
    amounts = [_amount(payment, entry, moved.currency, place) for payment in payments]
    known = [amount for amount in amounts if amount is not None]
    if len(known) < len(payments) or any(not amount for amount in known):
        return whole
    rest = moved - total(known, moved.currency)
    if rest and rest != -_charges(entry, moved.currency, place):
        return whole
    parts = [Part([p], a, n) for n, (p, a) in enumerate(zip(payments, known, strict=True), start=1)]
    return [*parts, Part([], rest, len(parts) + 1, charges=True)] if rest else parts


def _amount(payment: Element, entry: Element, currency: str, place: int) -> Money | None:
    """A payment's amount with its own sign or the entry's; None when told in another currency only."""
    for path in _AMOUNTS:
        for amount in all_of(payment, path):
            if (amount.get("Ccy") or currency).upper() == currency:
                size = amount_of("".join(amount.itertext()), currency, place)
                sign = text_at(payment, "CdtDbtInd") or text_at(entry, "CdtDbtInd")
                return -size if sign.upper() == "DBIT" else size
    return None


def _charges(entry: Element, currency: str, place: int) -> Money:
    """What the bank kept, as a positive sum: told as a total, else record by record."""
    told = text_at(entry, "Chrgs/TtlChrgsAndTaxAmt")
    if told:
        return amount_of(told, currency, place)
    records = [
        *all_of(entry, "Chrgs/Rcrd"),
        *all_of(entry, "NtryDtls/TxDtls/Chrgs/Rcrd"),
        *(each for each in all_of(entry, "Chrgs") if all_of(each, "Amt")),  # version 02
        *(each for each in all_of(entry, "NtryDtls/TxDtls/Chrgs") if all_of(each, "Amt")),
    ]
    sums = [
        -size if text_at(record, "CdtDbtInd").upper() == "CRDT" else size
        for record in records
        if (size := amount_of(text_at(record, "Amt"), currency, place))
    ]
    return total(sums, currency)

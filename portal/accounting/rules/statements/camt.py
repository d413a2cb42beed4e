"""CAMT.053, versions 02 to 08 and later: bank-to-customer statements of ISO 20022.

Namespaces and versions are not looked at; what differs between versions (``Sts/Cd``, ``Dbtr/Pty/Nm``,
amounts of the single payments of a batch) is read in either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final
from xml.etree.ElementTree import Element

from portal.accounting.rules.statements.accounts import iban_in
from portal.accounting.rules.statements.amounts import amount_of, day_of
from portal.accounting.rules.statements.camt_batches import parts_of
from portal.accounting.rules.statements.camt_payment import payment_line
from portal.accounting.rules.statements.control import controlled
from portal.accounting.rules.statements.lines import Statement, StatementLine, StatementRefused
from portal.accounting.rules.statements.xml import all_of, bare, text_at, xml_of
from portal.core.i18n_markers import N_
from portal.core.money import Money
from portal.core.tables.wording import say

_OPENING: Final = ("OPBD", "PRCD", "ITBD", "OPAV")
_CLOSING: Final = ("CLBD", "ITBD", "CLAV")
_BOOKED: Final = ("", "BOOK")
_OTHERS: Final = {
    "BkToCstmrAcctRpt": N_("This is a report of the day (camt.052), not a statement: its lines may still change."),
    "BkToCstmrDbtCdtNtfctn": N_("This is a notice of single movements (camt.054), not a statement: it has no balance."),
}  # fmt: skip


def looks_like_camt(data: bytes) -> bool:
    """Whether the file looks like XML of a bank."""
    return b"<" in data[:200].replace(b"\0", b"") and any(
        mark in data[:6000].replace(b"\0", b"")
        for mark in (b"camt.0", b"BkToCstmr", b"Document", b"<?xml")
    )


def read_camt(data: bytes) -> list[Statement]:
    """The statements of the file, of one account or several, each proved by its balances.

    :raises StatementRefused: what is no statement, cannot be read, or does not add up.
    """
    root = xml_of(data)
    _is_statement(root)
    found = [part for part in root.iter() if bare(part) == "Stmt"]
    if not found:
        raise StatementRefused(say(N_("The file holds no statement of a bank account.")))
    return [controlled(_statement(part)) for part in found]


def _is_statement(root: Element) -> None:
    for part in root.iter():
        if bare(part) in _OTHERS:
            raise StatementRefused(say(_OTHERS[bare(part)]))


def _statement(part: Element) -> Statement:
    balances = all_of(part, "Bal")
    currency = _currency(part, balances)
    entries = all_of(part, "Ntry")
    booked = [entry for entry in entries if _status(entry) in _BOOKED]
    lines = [
        line
        for place, entry in enumerate(entries, start=1)
        if _status(entry) in _BOOKED
        for line in _lines(entry, currency, place)
    ]
    opened, closed = _days(part, balances, lines)
    return Statement(
        account=iban_in(text_at(part, "Acct/Id/IBAN")) or text_at(part, "Acct/Id/Othr/Id", "Acct/Id/IBAN"),
        currency=currency,
        opened_on=opened,
        closed_on=closed,
        opening=_balance(balances, _OPENING, currency),
        closing=_balance(list(reversed(balances)), _CLOSING, currency),
        lines=tuple(lines),
        number=text_at(part, "LglSeqNb", "ElctrncSeqNb", "Id"),
        pending=len(entries) - len(booked),
    )  # fmt: skip


def _currency(part: Element, balances: Sequence[Element]) -> str:
    told = text_at(part, "Acct/Ccy")
    if told:
        return told.upper()
    amounts = [amount for balance in balances for amount in all_of(balance, "Amt")]
    amounts += all_of(part, "Ntry/Amt")
    return next((a.get("Ccy", "").upper() for a in amounts if a.get("Ccy")), "EUR")


def _status(entry: Element) -> str:
    return text_at(entry, "Sts/Cd", "Sts").upper()


def _balance(balances: Sequence[Element], codes: Sequence[str], currency: str) -> Money | None:
    for code in codes:
        for balance in balances:
            if text_at(balance, "Tp/CdOrPrtry/Cd").upper() == code:
                return signed(balance, currency, 0)
    return None


def _days(
    part: Element, balances: Sequence[Element], lines: Sequence[StatementLine]
) -> tuple[date, date]:
    """From when to when: as told, as the balances are dated, else as the lines are."""
    told = [day_of(text_at(part, f"FrToDt/{end}")) for end in ("FrDtTm", "ToDtTm", "FrDt", "ToDt")]
    dated = [day_of(text_at(each, "Dt/Dt", "Dt/DtTm", "Dt")) for each in balances]
    closings = [
        day_of(text_at(each, "Dt/Dt", "Dt/DtTm", "Dt"))
        for each in balances
        if text_at(each, "Tp/CdOrPrtry/Cd").upper() == "CLBD"
    ]
    booked = [line.booked_on for line in lines]
    known = [day for day in (*told, *closings, *booked) if day]
    known = known or [day for day in dated if day]
    if not known:
        raise StatementRefused(say(N_("The statement says neither its days nor any line.")))
    return min(known), max(known)


def signed(element: Element, currency: str, place: int) -> Money:
    """The amount of a balance, an entry or a payment, below zero when it is a debit."""
    amount = next(iter(all_of(element, "Amt")), None)
    if amount is None:
        raise StatementRefused(say(N_("An amount is missing.")), place)
    size = amount_of(text_at(element, "Amt"), (amount.get("Ccy") or currency).upper(), place)
    return -size if text_at(element, "CdtDbtInd").upper() == "DBIT" else size


def _lines(entry: Element, currency: str, place: int) -> list[StatementLine]:
    moved = signed(entry, currency, place)
    booked = day_of(text_at(entry, "BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm"))
    if booked is None:
        raise StatementRefused(say(N_("Entry %(number)s has no date."), number=place))
    return [
        payment_line(entry, part.payments, part.amount, booked, place, part.rank, part.charges)
        for part in parts_of(entry, moved, place)
    ]

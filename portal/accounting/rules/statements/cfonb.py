"""CFONB 120: records of 120 letters (01 opening balance, 04 movement, 05 more of it, 07 closing).

The layout is that of the French banks' brochure "Relevé de compte sur support informatique". An
amount is fourteen places whose last one carries figure and sign: ``{ABCDEFGHI`` are +0 to +9,
``}JKLMNOPQR`` are -0 to -9; files that went through a French character set say ``é`` and ``è`` for
the braces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from portal.accounting.rules.statements.accounts import french_iban, iban_in
from portal.accounting.rules.statements.control import controlled
from portal.accounting.rules.statements.lines import Statement, StatementLine, StatementRefused
from portal.core.i18n_markers import N_
from portal.core.money import Money
from portal.core.tables.encoding import decode
from portal.core.tables.wording import say

WIDTH: Final = 120
_KINDS: Final = ("01", "04", "05", "07")
_SIGNED: Final = (
    {letter: (figure, 1) for figure, letter in enumerate("{ABCDEFGHI")}
    | {letter: (figure, -1) for figure, letter in enumerate("}JKLMNOPQR")}
    | {"é": (0, 1), "è": (0, -1)}
    | {str(figure): (figure, 1) for figure in range(10)}
)
_START: Final = re.compile(r"0[1457][0-9A-Z]{5}")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_PAYER: Final = ("NPY", "NBE", "NPO")
_TEXT: Final = ("LIB", "LCC", "LC2", "LCS", "REF")


def looks_like_cfonb(data: bytes) -> bool:
    """Whether the file begins as such a statement does."""
    return _START.match(decode(data[:400]).lstrip(" \r\n\t\ufeff")) is not None


def read_cfonb(data: bytes) -> list[Statement]:
    """The statements of the file, each proved by its balances.

    Line ends of any kind or none at all, and what follows the last record, are no matter.

    :raises StatementRefused: a record that cannot be read, or sums that do not fit.
    """
    records = list(_records(decode(data)))
    if not records:
        raise StatementRefused(say(N_("The file holds no record of a statement.")))
    return [controlled(made) for made in _statements(records)]


@dataclass(frozen=True, slots=True)
class _Record:
    text: str
    line: int

    def at(self, first: int, last: int) -> str:
        """Places as the brochure counts them, from 1."""
        return self.text[first - 1 : last].strip()

    @property
    def kind(self) -> str:
        return self.text[:2]

    def day(self, first: int) -> date:
        told = self.at(first, first + 5)
        try:
            return date(2000 + int(told[4:6]), int(told[2:4]), int(told[:2]))
        except ValueError:
            raise StatementRefused(
                say(N_("“%(value)s” is not a date (DDMMYY)."), value=told), self.line
            ) from None

    @property
    def amount(self) -> Money:
        told = self.at(91, 104)
        figure, sign = _SIGNED.get(told[-1:], (0, 0))
        if not sign or not _figures(told[:-1] or "0"):
            raise StatementRefused(say(N_("“%(value)s” is not an amount."), value=told), self.line)
        minor = sign * (int(told[:-1] or 0) * 10 + figure)
        return Money(_in_cents(minor, self.at(20, 20), self.line), self.currency)

    @property
    def currency(self) -> str:
        told = self.at(17, 19) or "EUR"
        if not (len(told) == 3 and told.isascii() and told.isalpha() and told.isupper()):
            raise StatementRefused(say(N_("“%(value)s” is not a currency."), value=told), self.line)
        return told

    @property
    def account(self) -> str:
        bank, branch, number = self.at(3, 7), self.at(12, 16), self.at(22, 32)
        return french_iban(bank, branch, number) or f"{bank}{branch}{number}"


def _figures(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _in_cents(minor: int, decimals: str, line: int) -> int:
    places = int(decimals) if _figures(decimals) else 2
    if places <= 2:
        return minor * (100, 10, 1)[places]
    step: int = 10 ** (places - 2)
    whole, rest = divmod(abs(minor), step)
    if rest:
        raise StatementRefused(say(N_("The amount has parts of a cent.")), line)
    return whole if minor >= 0 else -whole


def _records(text: str) -> Iterator[_Record]:
    """The records with their line; a file without line ends is cut every 120 letters."""
    text = text.strip("\r\n\ufeff\x1a \0")
    rows = _LINE_END.split(text)
    place = 0
    for number, row in enumerate(rows, start=1):
        for start in range(0, max(len(row.rstrip()), 1), WIDTH):
            part = row[start : start + WIDTH]
            if not part.strip(" \0\x1a"):
                continue
            place += 1
            if part[:2] not in _KINDS:
                if place > 1 and len(part.strip()) < 40:
                    continue  # what a transfer program left behind the last record
                raise StatementRefused(
                    say(N_("This is no record of a statement: it begins with “%(value)s”."),
                        value=part[:8]), number,
                )  # fmt: skip
            yield _Record(part.ljust(WIDTH), number if len(rows) > 1 else place)


@dataclass
class _Movement:
    record: _Record
    told: dict[str, list[str]] = field(default_factory=dict)

    def more(self, record: _Record) -> None:
        self.told.setdefault(record.at(46, 48), []).append(record.text[48:118].rstrip())

    def first(self, *qualifiers: str) -> str:
        for qualifier in qualifiers:
            if qualifier in self.told:
                return " ".join("".join(self.told[qualifier]).split())
        return ""

    def line(self) -> StatementLine:
        record = self.record
        label = " ".join(record.at(49, 79).split())
        words = [label, *(self.first(each) for each in _TEXT)]
        rcn = (self.told.get("RCN") or [""])[0]
        return StatementLine(
            booked_on=record.day(35),
            value_on=record.day(43) if record.at(43, 48).strip("0") else None,
            amount=record.amount,
            counterparty=self.first(*_PAYER),
            counterparty_iban=iban_in(self.first("IPY", "IBE")[:34]),
            text=" ".join(dict.fromkeys(word for word in words if word)),
            reference=_reference(rcn[:35].strip()),
            structured=self.first("LCS"),
            mandate=(self.told.get("RUM") or [""])[0][:35].strip(),
            bank_code=record.at(33, 34),
            bank_ref="",
            reversal=bool(record.at(41, 42).strip("0")),
            place=record.line,
        )


def _reference(text: str) -> str:
    return "" if text.upper() in ("NOTPROVIDED", "NONREF") else text


def _statements(records: list[_Record]) -> Iterator[Statement]:
    opening: _Record | None = None
    movements: list[_Movement] = []
    for record in records:
        if opening is None or record.kind == "01":
            opening, movements = _opened(opening, record), []
        elif record.kind == "07":
            yield _statement(opening, movements, record)
            opening = None
        elif record.kind == "04":
            movements.append(_Movement(record))
        elif movements:
            movements[-1].more(record)
    if opening is not None:
        raise _no_end(opening)


def _opened(before: _Record | None, record: _Record) -> _Record:
    if before is not None:
        raise _no_end(before)
    if record.kind != "01":
        problem = say(N_("No opening balance (record 01) comes before."))
        raise StatementRefused(problem, record.line)
    return record


def _no_end(opening: _Record) -> StatementRefused:
    return StatementRefused(
        say(N_("The closing balance (record 07) of this account is missing.")), opening.line
    )


def _statement(opening: _Record, movements: list[_Movement], closing: _Record) -> Statement:
    if opening.account != closing.account:
        raise StatementRefused(
            say(N_("The closing balance is of another account than the opening.")), closing.line
        )
    lines = tuple(movement.line() for movement in movements)
    days = [line.booked_on for line in lines]
    before, last = opening.day(35), closing.day(35)
    return Statement(
        account=opening.account,
        currency=opening.at(17, 19) or "EUR",
        # The opening balance is dated on the day of the statement before.
        opened_on=min([min(before + timedelta(days=1), max(before, last)), *days]),
        closed_on=max([last, *days]),
        opening=opening.amount,
        closing=closing.amount,
        lines=lines,
    )

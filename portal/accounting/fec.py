"""The FEC: validated entries as the file French accountants exchange (LPF art. A47 A-1).

The portal holds the ledger of gifts only, so its file is an export in FEC format, to be taken
into the association's own ledger; the description that goes with it says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from portal.accounting.fec_text import fec_text
from portal.accounting.rules.journals import entry_number
from portal.core.money import Money, decimals_of, total

COLUMNS: Final = (
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
)
CHARSET: Final = "iso8859-15"
_NOTHING = Money(0)
_ACCOUNT = re.compile(r"[1-8][0-9]{2}[0-9A-Z]*")


class FecError(ValueError):
    """The file cannot be made as the law wants it."""


class InvalidSiren(FecError):
    """A SIREN is nine digits whose Luhn sum is a multiple of ten."""


class FecUnbalancedEntry(FecError):
    """The debits and the credits of an entry differ, or a line is not one side only."""


class NotValidated(FecError):
    """An entry without its validation date."""


class BadAccount(FecError):
    """An account starts with three digits of the French chart, of class 1 to 8."""


class NumberGap(FecError):
    """The numbers of a journal do not follow each other."""


class OutOfOrder(FecError):
    """Entries must come in the order of their validation."""


class OutsideYear(FecError):
    """An entry dated outside the financial year."""


class MissingField(FecError):
    """A text that must not be blank, or a pair of which one half is missing."""


@dataclass(frozen=True, slots=True)
class FecLine:
    """One line of a validated entry, in euros; ``foreign`` is the sum in its own currency."""

    account: str
    account_label: str
    debit: Money = _NOTHING
    credit: Money = _NOTHING
    auxiliary: str = ""
    auxiliary_label: str = ""
    lettering: str = ""
    lettered_on: date | None = None
    foreign: Money | None = None


@dataclass(frozen=True, slots=True)
class FecEntry:
    """A validated entry. ``sequence`` counts from 1 within its journal and financial year."""

    journal: str
    journal_label: str
    sequence: int
    on: date
    piece_ref: str
    piece_on: date
    label: str
    validated_on: date | None
    lines: tuple[FecLine, ...]


@dataclass(frozen=True, slots=True)
class FinancialYear:
    """Whose books, and from which day to which, both included."""

    siren: str
    opens_on: date
    closes_on: date

    def __post_init__(self) -> None:
        check_siren(self.siren)


def check_siren(siren: str) -> str:
    """The SIREN, when it is nine digits with the right Luhn key.

    :raises InvalidSiren: otherwise.
    """
    if not re.fullmatch(r"[0-9]{9}", siren) or int(siren) == 0:
        raise InvalidSiren(f"{siren!r} is not nine digits")
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(siren)]
    if sum(number // 10 + number % 10 for number in doubled) % 10:
        raise InvalidSiren(f"{siren!r} has a wrong key")
    return siren


def fec_file_name(year: FinancialYear) -> str:
    """``<SIREN>FEC<closing date>.txt`` (LPF art. A47 A-1)."""
    return f"{year.siren}FEC{year.closes_on:%Y%m%d}.txt"


def fec_order(entry: FecEntry) -> tuple[date, str, int]:
    """The key that sorts entries as the file wants them: by validation, journal, number.

    :raises NotValidated:
    """
    return (_validated(entry), entry.journal, entry.sequence)


def fec_bytes(entries: Iterable[FecEntry], year: FinancialYear) -> bytes:
    """The whole file at once; see :func:`fec_chunks`."""
    return b"".join(fec_chunks(entries, year))


def fec_chunks(entries: Iterable[FecEntry], year: FinancialYear) -> Iterator[bytes]:
    """The file, entry by entry: TAB, CRLF, ISO-8859-15, decimal comma, days as YYYYMMDD.

    The entries must come sorted by :func:`fec_order`; nothing is held but a counter a journal.
    A fault stops the file: what was produced before it must not be kept.

    :raises FecError: NotValidated, OutOfOrder, NumberGap, OutsideYear, BadAccount,
        FecUnbalancedEntry, MissingField.
    """
    sequence = _Sequence()
    yield _record(COLUMNS)
    for entry in entries:
        sequence.admit(entry)
        _check(entry, year)
        yield b"".join(_record(_fields(entry, line, year)) for line in entry.lines)


def fec_records(entry: FecEntry, year: FinancialYear) -> Iterator[tuple[str, ...]]:
    """The lines of an entry as the 18 fields of the file, for a look at it before it is made.

    :raises MissingField:
    """
    return (_fields(entry, line, year) for line in entry.lines)


@dataclass
class _Sequence:
    """What came so far: the last day of validation and the last number of each journal."""

    day: date = date.min
    last: dict[str, int] = field(default_factory=dict)

    def admit(self, entry: FecEntry) -> None:
        validated_on = _validated(entry)
        if validated_on < self.day:
            raise OutOfOrder(f"{_named(entry)} was validated before the one it follows")
        expected = self.last.get(entry.journal, 0) + 1
        if entry.sequence != expected:
            raise NumberGap(f"{_named(entry)} stands where number {expected} should")
        self.day, self.last[entry.journal] = validated_on, entry.sequence


def _named(entry: FecEntry) -> str:
    return f"entry {entry.journal} {entry.sequence}"


def _validated(entry: FecEntry) -> date:
    if entry.validated_on is None:
        raise NotValidated(f"{_named(entry)} is not validated")
    return entry.validated_on


def _check(entry: FecEntry, year: FinancialYear) -> None:
    if not year.opens_on <= entry.on <= year.closes_on:
        raise OutsideYear(f"{_named(entry)} is dated {entry.on.isoformat()}")
    for line in entry.lines:
        _check_line(entry, line)
    debits = total([line.debit for line in entry.lines])
    credits_ = total([line.credit for line in entry.lines])
    if debits != credits_ or not debits:
        raise FecUnbalancedEntry(f"{_named(entry)}: debit {debits}, credit {credits_}")


def _check_line(entry: FecEntry, line: FecLine) -> None:
    if not _ACCOUNT.fullmatch(line.account):
        raise BadAccount(f"{_named(entry)}: account {line.account!r}")
    if min(line.debit, line.credit) != _NOTHING or line.debit == line.credit:
        raise FecUnbalancedEntry(f"{_named(entry)}: account {line.account} is not one side only")
    if bool(line.lettering) != (line.lettered_on is not None):
        raise MissingField(f"{_named(entry)}: lettering and its date go together")
    if bool(line.auxiliary) != bool(line.auxiliary_label):
        raise MissingField(f"{_named(entry)}: an auxiliary account and its label go together")


def _fields(entry: FecEntry, line: FecLine, year: FinancialYear) -> tuple[str, ...]:
    def needed(column: str, text: str) -> str:
        clean = fec_text(text)
        if not clean:
            raise MissingField(f"{_named(entry)}: {column} is blank")
        return clean

    foreign = line.foreign
    return (
        needed("JournalCode", entry.journal),
        needed("JournalLib", entry.journal_label),
        entry_number(fec_text(entry.journal), year.closes_on.year, entry.sequence),
        _day(entry.on),
        line.account,
        needed("CompteLib", line.account_label),
        fec_text(line.auxiliary),
        fec_text(line.auxiliary_label),
        needed("PieceRef", entry.piece_ref),
        _day(entry.piece_on),
        needed("EcritureLib", entry.label),
        _amount(line.debit),
        _amount(line.credit),
        fec_text(line.lettering),
        "" if line.lettered_on is None else _day(line.lettered_on),
        _day(_validated(entry)),
        "" if foreign is None else _amount(foreign),
        "" if foreign is None else foreign.currency,
    )


def _day(on: date) -> str:
    return f"{on.year:04d}{on.month:02d}{on.day:02d}"


def _amount(amount: Money) -> str:
    places = decimals_of(amount.currency)
    return f"{amount.decimal:.{max(places, 2)}f}".replace(".", ",")


def _record(fields: Iterable[str]) -> bytes:
    return ("\t".join(fields) + "\r\n").encode(CHARSET)

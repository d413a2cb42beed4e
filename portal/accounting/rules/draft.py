"""An entry before it is validated and numbered: it cannot exist unless it balances."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from portal.accounting.rules.chart import CHART, Account, account_on
from portal.accounting.rules.journals import Journal
from portal.core.money import Money, total

_NOTHING = Money(0)


class EntryError(ValueError):
    """An entry the books cannot take."""


class UnbalancedEntry(EntryError):
    """The debits and the credits do not add up to the same sum."""


class NotOneSide(EntryError):
    """A line is either a debit or a credit, above zero."""


class NotEnoughLines(EntryError):
    """An entry has at least a debit and a credit."""


class MissingText(EntryError):
    """An entry needs its label and the reference of its voucher."""


class BooksAreInEuros(EntryError):
    """An amount in another currency: the books are kept in euros."""


@dataclass(frozen=True, slots=True)
class Line:
    """One side of an entry on one account, in euros.

    ``analytic`` names the fund when the money may be spent on it alone (ANC 2018-06,
    art. 132-1 and 432-9); empty otherwise. ``foreign`` is the sum in the currency it was paid in.
    """

    account: str
    debit: Money = _NOTHING
    credit: Money = _NOTHING
    analytic: str = ""
    foreign: Money | None = None

    def __post_init__(self) -> None:
        if not self.debit.currency == self.credit.currency == "EUR":
            raise BooksAreInEuros(f"account {self.account}: {self.debit}, {self.credit}")
        if min(self.debit, self.credit) != _NOTHING or self.debit == self.credit:
            raise NotOneSide(f"account {self.account}: debit {self.debit}, credit {self.credit}")

    def reversed(self) -> Line:
        """The line that undoes this one."""
        return Line(self.account, self.credit, self.debit, self.analytic, self.foreign)


def debit(account: str, amount: Money, analytic: str = "", foreign: Money | None = None) -> Line:
    """A debit of that amount.

    :raises NotOneSide: :raises BooksAreInEuros:
    """
    _in_euros(account, amount)
    return Line(account, debit=amount, analytic=analytic, foreign=foreign)


def credit(account: str, amount: Money, analytic: str = "", foreign: Money | None = None) -> Line:
    """A credit of that amount.

    :raises NotOneSide: :raises BooksAreInEuros:
    """
    _in_euros(account, amount)
    return Line(account, credit=amount, analytic=analytic, foreign=foreign)


def _in_euros(account: str, amount: Money) -> None:
    if amount.currency != "EUR":
        raise BooksAreInEuros(f"account {account}: {amount}")


@dataclass(frozen=True, slots=True)
class Draft:
    """A balanced entry, ready to be validated.

    ``on`` is the day it is booked on, ``piece_ref`` and ``piece_on`` name its voucher (a charge,
    a cheque, a payout). Labels carry donor numbers, never names. ``chart`` is that of the portal
    unless an administrator's accounts may stand in the entry.
    """

    journal: Journal
    on: date
    piece_ref: str
    piece_on: date
    label: str
    lines: tuple[Line, ...]
    chart: tuple[Account, ...] = field(default=CHART, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not (self.piece_ref.strip() and self.label.strip()):
            raise MissingText("an entry needs a label and a voucher reference")
        if len(self.lines) < 2:
            raise NotEnoughLines(f"{self.label}: {len(self.lines)} line(s)")
        for line in self.lines:
            account_on(line.account, self.on, self.chart)
        credits_ = total([line.credit for line in self.lines])
        if self.total != credits_:
            raise UnbalancedEntry(f"{self.label}: debit {self.total}, credit {credits_}")

    @property
    def total(self) -> Money:
        """What the entry moves: the sum of its debits."""
        return total([line.debit for line in self.lines])

    def reversed(self, on: date, piece_ref: str | None = None) -> Draft:
        """The entry that undoes this one: a validated entry is never changed."""
        return Draft(
            journal=self.journal,
            on=on,
            piece_ref=piece_ref or self.piece_ref,
            piece_on=on,
            label=f"Annulation {self.label}",
            lines=tuple(line.reversed() for line in self.lines),
            chart=self.chart,
        )

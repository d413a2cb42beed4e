"""Dedicated funds: money given for one programme that the year did not spend (ANC 2018-06, art. 132-1).

At the end of the year what is left of the year's gifts is carried (6896 to 196), and what was spent
of earlier years' money is used (196 to 7896). Earlier money is spent first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from portal.accounting.rules import chart
from portal.accounting.rules.closing import YEAR_END
from portal.accounting.rules.draft import Draft, Line, credit, debit
from portal.accounting.rules.journals import Journal
from portal.accounting.rules.sources import Ledger, Posting
from portal.core.money import Money
from portal.programmes.codes import Programme

_NOTHING: Final = Money(0)
TAG: Final = "dedicated:"
"""How lines of restricted income are tagged: ``dedicated:<programme>``."""


@dataclass(frozen=True, slots=True)
class FundYear:
    """A restricted fund over a year, all in euros.

    ``opening``: carried into the year. ``received``: given in the year less what went back, below zero
    when more went back than came. ``spent``: spent on the programme in the year.
    """

    fund: str
    opening: Money
    received: Money
    spent: Money

    @property
    def _needed(self) -> Money:
        return self.spent + _above_nothing(-self.received)

    @property
    def used(self) -> Money:
        """What of earlier money was spent, or went back (7896)."""
        return min(self.opening, self._needed)

    @property
    def carried(self) -> Money:
        """What of the year's money is left (6896)."""
        left = _above_nothing(self.received) - (self._needed - self.used)
        return _above_nothing(left)

    @property
    def closing(self) -> Money:
        """What the fund holds at the end of the year (196)."""
        return self.opening - self.used + self.carried

    @property
    def beyond(self) -> Money:
        """What was spent although the fund did not have it: the association's other means pay it."""
        return _above_nothing(self._needed - self.opening - _above_nothing(self.received))

    @property
    def moved(self) -> bool:
        """Whether the fund has anything to tell in the year."""
        return any((self.opening, self.received, self.spent))


def _above_nothing(amount: Money) -> Money:
    return max(amount, _NOTHING)


def fund_in_french(tag: str) -> str:
    """The programme a line's money is for, as French books name it; empty when it is for none."""
    return Programme(tag.removeprefix(TAG)).in_french if tag.startswith(TAG) else ""


def source_of(year: int, fund: str, what: str) -> str:
    """Under which name a fund's year-end entry stands; ``what`` is carried or used."""
    return f"{YEAR_END}{year}:{fund}:{what}"


def entry_carrying(fund: str, amount: Money, year: int) -> Draft:
    """What the year did not spend: 6896 to 196."""
    tag = TAG + fund
    label = f"Report en fonds dédiés {year} : {Programme(fund).in_french}"
    lines = (
        debit(chart.FUNDS_CARRIED, amount, tag),
        credit(chart.DEDICATED_FUNDS, amount, tag),
    )
    return _on_the_last_day(year, fund, label, lines)


def entry_using(fund: str, amount: Money, year: int) -> Draft:
    """What was spent of earlier years' money: 196 to 7896."""
    tag = TAG + fund
    label = f"Utilisation de fonds dédiés {year} : {Programme(fund).in_french}"
    lines = (debit(chart.DEDICATED_FUNDS, amount, tag), credit(chart.FUNDS_USED, amount, tag))
    return _on_the_last_day(year, fund, label, lines)


def _on_the_last_day(year: int, fund: str, label: str, lines: tuple[Line, ...]) -> Draft:
    last = date(year, 12, 31)
    return Draft(Journal.OTHER, last, f"FD-{year}-{fund}", last, label, lines)


def postings_of_year(
    year: int, funds: list[FundYear], booked: Mapping[str, Draft]
) -> Iterator[Posting]:
    """What must be posted so that the year-end entries say what the funds are now.

    Nothing when they do; an entry that is no longer true is undone and made anew.
    """
    ledger = Ledger(0, dict(booked))
    for fund in funds:
        carrying = entry_carrying(fund.fund, fund.carried, year) if fund.carried else None
        using = entry_using(fund.fund, fund.used, year) if fund.used else None
        yield from _brought_to(ledger, source_of(year, fund.fund, "carried"), carrying)
        yield from _brought_to(ledger, source_of(year, fund.fund, "used"), using)


def _brought_to(ledger: Ledger, slot: str, wanted: Draft | None) -> Iterator[Posting]:
    standing = ledger.standing(slot)
    if standing is not None:
        source, entry = standing
        if wanted is not None and entry.lines == wanted.lines:
            return
        yield _of_no_gift(ledger.undo(source, entry.reversed(entry.on)))
    if wanted is not None:
        yield _of_no_gift(ledger.post_next(slot, wanted))


def _of_no_gift(posting: Posting) -> Posting:
    return Posting(posting.source, posting.draft)

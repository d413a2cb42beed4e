"""Where the closing of a year stands, on the accountant's year at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.accounting.closing_wording import OpenLine, month_words, open_lines
from portal.accounting.queries import closing as reads
from portal.accounting.queries.recorded import kept_results, last_check
from portal.accounting.rules.closing import Month, months_of
from portal.core.clock import paris_date
from portal.core.i18n import day
from portal.core.web.cards import Card
from portal.core.web.forms import clock_now

_SHOWN = 4


def closing_of_the_year(year: int) -> Card | None:
    """Which months are closed and which are open, what is next, and what hinders it.

    None before anything is booked. Checks are those of the last time the books were checked.
    """
    first = reads.first_month()
    if first is None or first.year > year:
        return None
    whole = reads.year_closed(year)
    months = [month for month in months_of(year) if month >= first]
    done = reads.closed_months()
    open_ = [month for month in months if month not in done]
    over = [month for month in open_ if month.last_on < paris_date(clock_now())]
    return Card(
        title=_("Closing of %(year)s", year=year),
        template="accounting/closing/_card.html",
        context={
            "whole": None if whole is None else day(whole.closed_at),
            "closed": in_ranges([month for month in months if month in done]),
            "open_": in_ranges(open_),
            "over": over,
            "hinders": [] if whole is not None else _hinders(year, over),
            "ready": whole is None and not open_ and not _hinders(year, []),
        },
        url=url_for("accounting.closing", year=year),
        link=_("Closing of periods"),
        icon="lock",
    )


def in_ranges(months: Sequence[Month]) -> str:
    """``January to March 2026, May 2026``; empty for none."""
    runs: list[list[Month]] = [[month] for month in months[:1]]
    for before, month in pairwise(months):
        if before.next == month:
            runs[-1].append(month)
        else:
            runs.append([month])
    return ", ".join(_range(run) for run in runs)


def _range(run: Sequence[Month]) -> str:
    first, last = month_words(run[0]), month_words(run[-1])
    if len(run) == 1:
        return first
    return str(_("%(first)s to %(last)s", first=first.rsplit(" ", 1)[0], last=last))


def _hinders(year: int, over: Sequence[Month]) -> list[OpenLine]:
    """What keeps the next closing from being made, then what it would leave open."""
    found = [*_must_be_done(year, over)]
    if over:
        items = reads.left_open(over[0].last_on)
        found += open_lines([item.plain for item in items])
    more = len(found) - _SHOWN
    if more > 0:
        words = ngettext("and %(num)d more thing", "and %(num)d more things", more)
        return [*found[:_SHOWN], OpenLine(str(words), url=url_for("accounting.closing", year=year))]
    return found


def _must_be_done(year: int, over: Sequence[Month]) -> list[OpenLine]:
    found = []
    for result in kept_results(last_check()):
        if not result.ok and result.name in reads.MUST_HOLD:
            told = _("A check does not hold: %(check)s", check=result.label)
            found.append(OpenLine(str(told), url=url_for("accounting.overview", _anchor="checks")))
    first, years = reads.first_month(), reads.closed_years()
    if not over and first is not None and any(y not in years for y in range(first.year, year)):
        told = _("The year %(year)s is not closed.", year=year - 1)
        found.append(OpenLine(str(told), url=url_for("accounting.closing", year=year - 1)))
    for request in reads.reopenings_waiting(clock_now()):
        if request.period.first_on.year == year:
            told = _("Somebody asks that a period be opened again.")
            url = url_for("accounting.reopening", public_id=request.public_id)
            found.append(OpenLine(str(told), url=url))
    return found

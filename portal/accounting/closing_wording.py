"""The words for closed periods, what they leave open, and figures of the general ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import url_for
from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from portal.accounting.models import ClosedPeriod, PeriodKind
from portal.accounting.rules import chart
from portal.accounting.rules.closing import Month
from portal.accounting.rules.crod import FigureRow, row_named
from portal.core import i18n
from portal.core.i18n_markers import N_
from portal.core.money import Money

_ACCOUNTS: Final = {
    chart.INTERNAL_TRANSFERS: N_("Payouts and transfers on their way (58)"),
    chart.CASH_IN_TRANSIT: N_("Cash on its way to the bank (581)"),
    chart.CHEQUES_IN_HAND: N_("Cheques not credited yet (5112)"),
    chart.SUSPENSE: N_("Movements nobody has explained yet (471)"),
    chart.OTHER_DEBTORS: N_("Held by banks while disputes run (467)"),
}


@dataclass(frozen=True, slots=True)
class OpenLine:
    """Something left open, in words; ``url`` is where it is settled."""

    what: str
    amount: Money | None = None
    url: str = ""


def month_words(month: Month) -> str:
    """``March 2026``, ``mars 2026``: as it stands in a sentence."""
    return str(format_date(month.first_on, "LLLL y"))


def month_title(month: Month) -> str:
    """The same with a capital, as it stands alone."""
    told = month_words(month)
    return told[:1].upper() + told[1:]


def period_words(period: ClosedPeriod) -> str:
    """What was closed."""
    if period.kind is PeriodKind.YEAR:
        return str(_("Year %(year)s", year=period.first_on.year))
    return month_title(Month.of(period.first_on))


def open_lines(items: Sequence[Mapping[str, Any]]) -> list[OpenLine]:
    """What is open, or was when a period was closed."""
    return [_open_line(item) for item in items]


def _open_line(item: Mapping[str, Any]) -> OpenLine:
    code, count, amount = item["code"], int(item["count"]), Money(int(item["minor"]))
    if code == "lines":
        what = ngettext("%(num)d line of the bank waits", "%(num)d lines of the bank wait", count)
        return OpenLine(what, amount, url_for("bank.lines", state="waiting"))
    if code == "account":
        told = _ACCOUNTS.get(item["detail"])
        url = url_for("accounting.journal", account=item["detail"])
        return OpenLine(str(_(told)) if told else item["detail"], amount, url)
    if code == "rates":
        what = ngettext(
            "%(num)d gift in another currency whose euros are not known",
            "%(num)d gifts in other currencies whose euros are not known",
            count,
        )
        return OpenLine(what, None, url_for("gifts_office.gifts"))
    if code == "statements":
        what = _("The statements of %(account)s do not reach the end", account=item["detail"])
        return OpenLine(str(what), None, url_for("bank.index"))
    told = str(_("A check does not hold: %(check)s", check=item["detail"]))
    return OpenLine(told, None, url_for("accounting.overview", _anchor="checks"))


def row_words(code: str) -> str:
    """A row of the CROD, with its number, in the reader's language."""
    special = {
        FigureRow.OPENING.value: _("Carried into the year from the books before"),
        FigureRow.INVESTED.value: _("Fixed assets paid by generosity"),
        FigureRow.DIVESTED.value: _("Fixed assets given back to generosity"),
    }
    if code in special:
        return str(special[FigureRow(code)])
    row = row_named(code)
    label = row.label_fr if i18n.language() == "fr" else row.label_en
    return f"{_number_of(code)} {label}"


def _number_of(code: str) -> str:
    """``1.2`` of ``C1.2a``: as the statement prints it."""
    return code[1:].rstrip("abc")


def grouped_rows() -> dict[str, list[tuple[str, str]]]:
    """The rows a figure may be put in, by side."""
    sides = {
        "C": str(_("Charges, by destination")),
        "P": str(_("Income, by origin")),
        "V": str(_("Voluntary contributions")),
        "U": str(_("Use of voluntary contributions")),
        "o": str(_("Generosity carried from year to year")),
    }
    found: dict[str, list[tuple[str, str]]] = {label: [] for label in sides.values()}
    for row in FigureRow:
        side = sides.get(row.value[0], sides["o"])
        found[side].append((row.value, _with_place(row.value)))
    return found


def _with_place(code: str) -> str:
    """Missions say where they are carried out: their innermost labels are alike."""
    place = {
        "C1.1": _("in France"),
        "C1.2": _("abroad"),
    }.get(code[:4])
    return f"{row_words(code)} ({place})" if place else row_words(code)


def year_end(year: int) -> date:
    """The last day of the year."""
    return date(year, 12, 31)


FILTERS: Final = {
    "month_title": month_title,
    "month_words": month_words,
    "period_words": period_words,
    "crod_row": _with_place,
}
"""For the templates."""

"""The charts of a year beside the year before, ready to be drawn: words, values, shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext as _

from portal.accounting.queries import wording
from portal.accounting.queries.overview import Overview, Share
from portal.core.i18n import money
from portal.core.money import Money

Bars = list[dict[str, Any]]


def charts_of(year: Overview, before: Overview, months: int) -> dict[str, Any]:
    """Income by month, purpose and mode, and added up over the year.

    ``months``: how many months of the year have begun; the others have no point on the line.
    """
    return {
        "months": _bars(year.months, before.months, wording.month_label),
        "purposes": _bars(year.purposes, before.purposes, wording.purpose_label),
        "modes": _bars(year.modes, before.modes, wording.mode_label),
        "added_up": _line(year.months, before.months, months),
        "summary": _summary(year, before, months),
    }


def _bars(shares: Sequence[Share], before: Sequence[Share], label: Callable[[str], str]) -> Bars:
    """Each share with the year before's; what only that year had comes last."""
    known = {share.code: share.amount for share in before}
    gone = [Share(code, Money(0)) for code in known if code not in {share.code for share in shares}]
    return [_bar(share, known.get(share.code, Money(0)), label) for share in (*shares, *gone)]


def _bar(share: Share, before: Money, label: Callable[[str], str]) -> dict[str, Any]:
    return {
        "label": label(share.code),
        "value": max(share.amount.minor, 0),
        "text": money(share.amount),
        "before": max(before.minor, 0),
        "before_text": money(before),
    }


def _line(shares: Sequence[Share], before: Sequence[Share], months: int) -> Bars:
    added, added_before, points = Money(0), Money(0), []
    for place, (share, last) in enumerate(zip(shares, before, strict=True), start=1):
        added, added_before = added + share.amount, added_before + last.amount
        begun = place <= months
        points.append(
            {
                "label": wording.month_label(share.code),
                "value": max(added.minor, 0) if begun else None,
                "text": money(added) if begun else "",
                "before": max(added_before.minor, 0),
                "before_text": money(added_before),
            }
        )
    return points


def _summary(year: Overview, before: Overview, months: int) -> str:
    """One sentence that says what the line shows."""
    so_far = sum((share.amount.minor for share in before.months[:months]), 0)
    return str(
        _(
            "Income of %(year)s added up month by month: %(income)s so far; at the same point of"
            " %(before)s it was %(other)s.",
            year=year.year,
            income=money(year.income),
            before=before.year,
            other=money(Money(so_far)),
        )
    )


def change(now: Money, before: Money) -> str:
    """How much more or less than in the same months of the year before; empty when they had nothing."""
    if before.minor <= 0:
        return ""
    percent = round(100 * (now.minor - before.minor) / before.minor)
    if percent == 0:
        return str(_("as in the same months of the year before"))
    if percent > 0:
        return str(
            _("%(percent)s%% more than in the same months of the year before", percent=percent)
        )
    return str(_("%(percent)s%% less than in the same months of the year before", percent=-percent))

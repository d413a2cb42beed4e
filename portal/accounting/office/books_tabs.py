"""The tabs above each page of the books."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from portal.accounting.queries.overview import years_with_entries
from portal.core.clock import paris_date
from portal.core.web.forms import clock_now


def year_asked() -> int:
    """The year in the address, else this year when it has entries, else the newest that has."""
    told = request.args.get("year", "")
    if told.isascii() and told.isdigit() and len(told) == 4 and "2000" <= told <= "2199":
        return int(told)
    years, today = years_with_entries(), paris_date(clock_now()).year
    return today if today in years or not years else years[0]


def with_tabs(current: str, year: int) -> Mapping[str, Any]:
    """What a page of the books needs for its head: its tabs, its year, the years one may look at."""
    pages = (
        ("overview", _("At a glance")),
        ("journal", _("Journal")),
        ("balance", _("Balance")),
        ("funds", _("Funds")),
        ("closing", _("Closing of periods")),
        ("files", _("Exports")),
    )
    tabs = [
        {
            "label": label,
            "url": url_for(f"accounting.{page}", year=year),
            "current": page == current,
        }
        for page, label in pages
    ]
    years = sorted({*years_with_entries(), paris_date(clock_now()).year}, reverse=True)
    return {"tabs": tabs, "years": years, "year": year}

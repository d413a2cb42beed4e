"""The accountant's pages: the year at a glance, the journal, the balance."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounting import tasks
from portal.accounting.office.books_tabs import with_tabs, year_asked
from portal.accounting.queries import overview as reads
from portal.accounting.queries.journal_list import (
    JournalFilter,
    journal_lines,
    journal_spec,
    shown,
)
from portal.accounting.queries.recorded import check_under_way, kept_results, last_check
from portal.accounting.queries.year_charts import change, charts_of
from portal.accounting.rules.journals import JOURNAL_LABELS
from portal.core.clock import paris_date
from portal.core.money import total
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.cards import year_sections
from portal.core.web.forms import clock_now
from portal.core.web.lists import export, list_page

books = Blueprint("accounting", __name__, url_prefix="/office/books")


def _page(name: str, **shown: Any) -> str:
    """A page of the books with its head."""
    return render_template(f"accounting/{name}.html", **with_tabs(name, shown.pop("year")), **shown)


@books.get("")
@needs(Role.ACCOUNTANT)
def overview() -> ResponseReturnValue:
    """The year at a glance beside the year before, and whether the books hold."""
    year, now = year_asked(), clock_now()
    seen, before = reads.overview(year), reads.overview(year - 1)
    months, last = reads.months_begun(year, paris_date(now)), last_check()
    results = kept_results(last)
    return _page(
        "overview",
        year=year,
        seen=seen,
        before=before,
        compared=bool(before.entries),
        income_note=_income_note(seen, before, months),
        charts=charts_of(seen, before, months),
        sections=year_sections(year),
        last=last,
        results=results,
        failed=[result for result in results if not result.ok],
        checking=check_under_way(now),
    )


def _income_note(seen: reads.Overview, before: reads.Overview, months: int) -> str:
    """What stands beside the income: the change against the same months of the year before."""
    so_far = total([share.amount for share in before.months[:months]])
    changed = change(seen.income, so_far)
    net = _("less what was given back")
    return f"{net} · {changed}" if changed else str(net)


@books.post("/check")
@needs(Role.ACCOUNTANT)
def check() -> ResponseReturnValue:
    """Have the books checked now, in the background; the result is kept."""
    tasks.ask_for_check(current_user.id)
    return redirect(url_for(".overview", year=year_asked(), _anchor="checks"), 303)


@books.get("/journal")
@needs(Role.ACCOUNTANT)
def journal() -> ResponseReturnValue:
    """Every line of the year's entries."""
    year = year_asked()
    journal_code, account = request.args.get("journal", ""), request.args.get("account", "")
    wanted = JournalFilter(year, journal_code, account)
    page = list_page(journal_spec(wanted), journal_lines(wanted))
    chosen = {"journal": journal_code, "account": account}
    return export(page) or _page(
        "journal",
        year=year,
        page=page,
        chosen=chosen,
        journals={code.value: label for code, label in JOURNAL_LABELS.items()},
        accounts={row.code: row.label for row in reads.trial_balance(year)},
        lines=[shown(row) for row in page.rows],
    )


@books.get("/balance")
@needs(Role.ACCOUNTANT)
def balance() -> ResponseReturnValue:
    """Each account of the year: debits, credits, balance."""
    year = year_asked()
    rows = reads.trial_balance(year)
    debit = total([row.debit for row in rows])
    credit = total([row.credit for row in rows])
    owed = total([row.balance for row in rows if row.balance.minor > 0])
    return _page(
        "balance",
        year=year,
        rows=rows,
        debit=debit,
        credit=credit,
        owed=owed,
        owing=owed - total([row.balance for row in rows]),
    )


@books.get("/files")
@needs(Role.ACCOUNTANT)
def files() -> ResponseReturnValue:
    """Where the files of the books moved to: the exports, which look first and keep what was made."""
    return redirect(url_for("exports.index", year=year_asked()))

"""The accountant's pages: the year at a glance, the journal, the balance, the files."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounting.fec import fec_file_name
from portal.accounting.queries import overview as reads
from portal.accounting.queries import wording
from portal.accounting.queries.journal_list import (
    JournalFilter,
    journal_lines,
    journal_spec,
    shown,
)
from portal.accounting.queries.recorded import fec_exports, last_check
from portal.accounting.rules.journals import JOURNAL_LABELS
from portal.accounting.services import exports as files
from portal.accounting.services.checking import check_and_record
from portal.core.checks import run_checks
from portal.core.clock import paris_date
from portal.core.money import total
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.core.web.lists import download, export, list_page

books = Blueprint("accounting", __name__, url_prefix="/office/books")
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _year() -> int:
    """The year in the address, else this year when it has entries, else the newest that has."""
    told = request.args.get("year", "")
    if told.isascii() and told.isdigit() and len(told) == 4:
        return int(told)
    years, today = reads.years_with_entries(), paris_date(clock_now()).year
    return today if today in years or not years else years[0]


def _page(name: str, **shown: Any) -> str:
    """A page of the books: its tabs, its year, the years one may look at."""
    years = sorted({*reads.years_with_entries(), paris_date(clock_now()).year}, reverse=True)
    tabs = [
        ("overview", _("At a glance")),
        ("journal", _("Journal")),
        ("balance", _("Balance")),
        ("files", _("Files")),
    ]
    return render_template(
        f"accounting/{name}.html",
        years=years,
        tabs=[
            {
                "label": label,
                "url": url_for(f"accounting.{page}", year=shown["year"]),
                "current": page == name,
            }
            for page, label in tabs
        ],
        **shown,
    )


@books.get("")
@needs(Role.ACCOUNTANT)
def overview() -> ResponseReturnValue:
    """The year at a glance, and whether the books hold."""
    year = _year()
    seen = reads.overview(year)
    charts = {
        "months": wording.bars_of(seen.months, wording.month_label),
        "purposes": wording.bars_of(seen.purposes, wording.purpose_label),
        "modes": wording.bars_of(seen.modes, wording.mode_label),
    }
    checks = run_checks()
    failed = [check for check in checks if not check.ok]
    return _page(
        "overview",
        year=year,
        seen=seen,
        charts=charts,
        checks=checks,
        failed=failed,
        last=last_check(),
    )


@books.post("/check")
@needs(Role.ACCOUNTANT)
def check() -> ResponseReturnValue:
    """Check now, and keep the result."""
    if check_and_record():
        flash(_("The books were checked: everything agrees."), "success")
    else:
        flash(_("The books were checked: something does not agree. It is named below."), "danger")
    return redirect(url_for(".overview", year=_year(), _anchor="checks"), 303)


@books.get("/journal")
@needs(Role.ACCOUNTANT)
def journal() -> ResponseReturnValue:
    """Every line of the year's entries."""
    year = _year()
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
    year = _year()
    rows = reads.trial_balance(year)
    debit = total([row.debit for row in rows])
    credit = total([row.credit for row in rows])
    return _page("balance", year=year, rows=rows, debit=debit, credit=credit)


@books.get("/files", endpoint="files")
@needs(Role.ACCOUNTANT)
def files_of_the_year() -> ResponseReturnValue:
    """What can be taken away, with what is in it first."""
    year = _year()
    journals = reads.journals_of(year)
    period = files.financial_year(current_app.extensions["settings"].organisation, year)
    return _page(
        "files",
        year=year,
        journals=journals,
        entries=sum(row.entries for row in journals),
        moved=total([row.amount for row in journals]),
        fec_name=fec_file_name(period),
        over=paris_date(clock_now()) > period.closes_on,
        made=fec_exports(year),
    )


@books.post("/files/fec/<int:year>")
@needs(Role.ACCOUNTANT)
def fec(year: int) -> ResponseReturnValue:
    """The FEC of the year with its description, in one ZIP."""
    try:
        made = files.make_fec(current_app.extensions["settings"].organisation, year)
    except files.ExportRefused as refusal:
        flash(_("The FEC was not made: %(reasons)s", reasons=" ".join(refusal.reasons)), "danger")
        return redirect(url_for(".files", year=year), 303)
    files.record_fec(made)
    return download(made.archive, f"{made.name.removesuffix('.txt')}.zip", "application/zip")


@books.get("/files/<any(journal, balance):what>-<int:year>.<any(csv, xlsx):kind>")
@needs(Role.ACCOUNTANT)
def spreadsheet(what: str, year: int, kind: str) -> ResponseReturnValue:
    """The journal or the balance of a year, in the columns accountants know."""
    if year not in reads.years_with_entries():
        abort(404)
    made = files.journal_file(year, kind) if what == "journal" else files.balance_file(year, kind)
    return download(made, f"{what}-{year}.{kind}", MEDIA[kind])

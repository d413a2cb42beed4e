"""A year's receipts: what a run would do, who is blocked, files."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.clock import paris_date
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.donations.queries import tax_years
from portal.receipts import blocked_words as words
from portal.receipts import services
from portal.receipts.office.desk import bp
from portal.receipts.queries import deliveries, register, runs
from portal.receipts.queries.blocked import blocked_donors, counted
from portal.receipts.queries.receiptable import Plan
from portal.receipts.queries.sendings import open_sending

FIRST_YEAR, LAST_YEAR = 2000, 2999


def year_or_404(year: int) -> int:
    """A year that receipts may be of."""
    return year if FIRST_YEAR <= year <= LAST_YEAR else abort(404)


def year_asked() -> int:
    """The year in the address, else the last one that is over."""
    told = request.args.get("year", "")
    if told.isascii() and told.isdigit() and len(told) == 4:
        return year_or_404(int(told))
    return paris_date(clock_now()).year - 1


def years_known(year: int) -> list[int]:
    """The years one may look at, the latest first."""
    return sorted({*tax_years(), *register.receipt_years(), year}, reverse=True)


@bp.get("")
@needs(Role.ACCOUNTANT)
def index() -> ResponseReturnValue:
    """The year at a glance: what waits, who is blocked and why, what was issued."""
    year, now = year_asked(), clock_now()
    plan, run = services.dry_run(year, now), runs.last_run(year)
    issued = register.issued_in(year)
    return render_template(
        "receipts/office_index.html",
        year=year,
        years=years_known(year),
        over=services.year_is_over(year, now),
        plan=plan,
        **_blocked_counts(plan, now),
        issued=issued,
        issued_count=sum(each.count for each in issued.values()),
        issued_amount=sum(
            (each.amount for each in issued.values()), start=plan.amount - plan.amount
        ),
        cancelled=register.cancelled_in(year),
        to_correct=register.receipts_to_correct(year),
        delivered=deliveries.delivered_in(year),
        sending=open_sending(year),
        standing=runs.standing_of(run, now) if run else None,
        open=bool(run and run.is_open),
    )


def _blocked_counts(plan: Plan, now: dt.datetime) -> dict[str, Any]:
    """How many wait, and for what; the work list names them."""
    everybody = blocked_donors(plan.year, paris_date(now), plan)
    by_reason = [
        (code, words.label_of(code), count) for code, count in counted(everybody).most_common()
    ]
    confirmed = sum(bool(each.confirmed_at) for each in everybody)
    return {
        "blocked_count": len(everybody),
        "blocked_by_reason": by_reason,
        "confirmed_count": confirmed,
    }


@bp.get("/<int:year>/blocked.csv")
@needs(Role.ACCOUNTANT)
def blocked(year: int) -> ResponseReturnValue:
    """The work list as a file."""
    return redirect(url_for(".waiting", year=year_or_404(year), format="csv"))


@bp.get("/<int:year>/register.<any(csv, xlsx):kind>")
@needs(Role.ACCOUNTANT)
def register_file(year: int, kind: str) -> ResponseReturnValue:
    """The register moved to the exports, which keep what was handed out."""
    del kind
    return redirect(url_for("exports.preview", code="register", year=year_or_404(year)))


@bp.get("/<int:year>/receipts.zip")
@needs(Role.ACCOUNTANT)
def archive(year: int) -> ResponseReturnValue:
    """The papers moved to the exports, which show how far they are and compare what is handed out."""
    return redirect(url_for("exports.preview", code="receipts", year=year_or_404(year)))

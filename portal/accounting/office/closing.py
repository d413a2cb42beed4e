"""Closing months and years, and opening them again by two people."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounting.closing_wording import month_words, open_lines, period_words
from portal.accounting.forms.closing import CloseForm, ReopenForm
from portal.accounting.models import ClosedPeriod, PeriodKind, Reopening
from portal.accounting.office.books import books
from portal.accounting.office.books_tabs import with_tabs, year_asked
from portal.accounting.queries import closing as reads
from portal.accounting.queries.funds import fund_years
from portal.accounting.queries.snapshots import snapshot
from portal.accounting.rules.closing import Month
from portal.accounting.services import closing as services
from portal.accounts.queries import names_of_accounts
from portal.core.clock import paris_date
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.donations.wording import programme_words


@books.get("/closing")
@needs(Role.ACCOUNTANT)
def closing() -> ResponseReturnValue:
    """The months of a year, what is closed, who asks that something be opened."""
    year, now = year_asked(), clock_now()
    months = reads.calendar(year, now)
    period = reads.year_closed(year)
    waiting = reads.reopenings_waiting(now)
    people = {each.asked_by for each in waiting}
    people |= {m.period.closed_by for m in months if m.period and m.period.closed_by}
    return render_template(
        "accounting/closing/index.html",
        months=months,
        period=period,
        asked=next((each for each in waiting if period and each.period_id == period.id), None),
        waiting=waiting,
        names=names_of_accounts(people),
        today=paris_date(now),
        at_the_end=reads.year_end(year),
        months_missing=reads.months_missing(year),
        first=reads.first_month(),
        **with_tabs("closing", year),
    )


@books.route("/closing/<int:year>-<int(fixed_digits=2):month>", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def close_month(year: int, month: int) -> ResponseReturnValue:
    """What is open up to the end of a month, then its closing."""
    through = _month(year, month)
    closes = reads.months_to_close(through)
    if not closes:
        return _closed_already(year) if reads.first_month() else abort(404)

    def act(form: CloseForm) -> None:
        services.close_months(
            through, seen=form.seen.data or "", note=form.note.data or "", by=current_user.id
        )

    return _close_page(
        year,
        through.last_on,
        _("Close %(month)s", month=month_words(through)),
        act,
        closes=closes,
        funds=None,
    )


@books.route("/closing/<int:year>", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def close_year(year: int) -> ResponseReturnValue:
    """The year's dedicated funds and what is open, then its closing."""
    if not 2020 <= year <= 2199:
        abort(404)
    if reads.year_closed(year) is not None:
        return _closed_already(year)
    if reads.first_month() is None:
        abort(404)

    def act(form: CloseForm) -> None:
        services.close_year(
            year, seen=form.seen.data or "", note=form.note.data or "", by=current_user.id
        )

    return _close_page(
        year,
        date(year, 12, 31),
        _("Close the year %(year)s", year=year),
        act,
        closes=[],
        funds=[fund for fund in fund_years(year) if fund.moved],
    )


def _closed_already(year: int) -> ResponseReturnValue:
    """Pressed twice, or somebody else was faster: what was wanted is so."""
    flash(_("This period is closed already."), "info")
    return redirect(url_for(".closing", year=year), 303)


def _close_page(
    year: int, until: date, title: str, act: Callable[[CloseForm], None], **shown: object
) -> ResponseReturnValue:
    form = CloseForm()
    if form.validate_on_submit():
        try:
            act(form)
        except services.ClosedAlready:
            return _closed_already(year)
        except services.ClosingRefused as refusal:
            form.form_errors.append(_(refusal.reason))
            form.looked.data = False
        else:
            flash(
                _("It is closed. What is learned later goes into the next open month."), "success"
            )
            return redirect(url_for(".closing", year=year), 303)
    found = reads.still_open(until)
    form.seen.raw_data, form.seen.data = None, found.seen
    page = render_template(
        "accounting/closing/close.html",
        title=title,
        form=form,
        year=year,
        over=paris_date(clock_now()) > until,
        blocking=found.blocking,
        checked_at=found.checked_at,
        items=open_lines([item.plain for item in found.items]),
        missing=reads.months_missing(year) if shown["funds"] is not None else [],
        programmes=programme_words(),
        **shown,
    )
    return page, 422 if form.errors else 200


@books.route("/closing/periods/<uuid:public_id>", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def closed_period(public_id: uuid.UUID) -> ResponseReturnValue:
    """What a period held when it was closed, and asking that it be opened."""
    period = reads.period_by_public_id(public_id) or abort(404)
    form = ReopenForm()
    if form.validate_on_submit():
        try:
            services.ask_to_reopen(period.id, reason=form.reason.data or "", by=current_user.id)
        except services.ClosingRefused as refusal:
            form.form_errors.append(_(refusal.reason))
        else:
            flash(_("It is asked. Another person must agree within seven days."), "success")
            return redirect(url_for(".closing", year=period.first_on.year), 303)
    now = snapshot(period.first_on, period.last_on, period.kind)
    page = render_template(
        "accounting/closing/period.html",
        period=period,
        title=period_words(period),
        form=form,
        same=now.sha256 == period.sha256,
        items=open_lines(period.open_items),
        names=names_of_accounts({period.closed_by} if period.closed_by else set()),
        asked=_asked(period),
        is_year=period.kind is PeriodKind.YEAR,
    )
    return page, 422 if form.errors else 200


def _asked(period: ClosedPeriod) -> Reopening | None:
    waiting = reads.reopenings_waiting(clock_now())
    return next((each for each in waiting if each.period_id == period.id), None)


@books.get("/closing/reopenings/<uuid:public_id>")
@needs(Role.ACCOUNTANT)
def reopening(public_id: uuid.UUID) -> ResponseReturnValue:
    """Somebody asks that a period be opened: agree, or refuse."""
    request = reads.reopening_by_public_id(public_id) or abort(404)
    return render_template(
        "accounting/closing/reopening.html",
        request_=request,
        title=period_words(request.period),
        own=request.asked_by == current_user.id,
        waits=request.decided_at is None and request.expires_at > clock_now(),
        names=names_of_accounts({request.asked_by}),
    )


@books.post("/closing/reopenings/<uuid:public_id>/agree")
@needs(Role.ACCOUNTANT, fresh=True)
def agree_to_reopen(public_id: uuid.UUID) -> ResponseReturnValue:
    """The second person agrees."""
    return _decided(public_id, services.agree_to_reopen, _("The period is open again."))


@books.post("/closing/reopenings/<uuid:public_id>/refuse")
@needs(Role.ACCOUNTANT, fresh=True)
def refuse_to_reopen(public_id: uuid.UUID) -> ResponseReturnValue:
    """It stays closed."""
    return _decided(public_id, services.refuse_to_reopen, _("The period stays closed."))


def _decided(public_id: uuid.UUID, act: Callable[..., object], done: str) -> ResponseReturnValue:
    request = reads.reopening_by_public_id(public_id) or abort(404)
    try:
        act(request.id, by=current_user.id)
    except services.ClosingRefused as refusal:
        flash(_(refusal.reason), "danger")
    else:
        flash(done, "success")
    return redirect(url_for(".closing", year=request.period.first_on.year), 303)


def _month(year: int, month: int) -> Month:
    if not (2020 <= year <= 2199 and 1 <= month <= 12):
        abort(404)
    return Month(year, month)

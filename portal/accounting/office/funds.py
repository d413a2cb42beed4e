"""Dedicated funds, figures of the general ledger, and which row an account belongs to."""

from __future__ import annotations

import uuid
from datetime import date

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounting.closing_wording import row_words
from portal.accounting.forms.funds import FigureForm, StrikeForm
from portal.accounting.models import LedgerFigure
from portal.accounting.office.books import books
from portal.accounting.office.books_tabs import with_tabs, year_asked
from portal.accounting.queries.chart import account_on
from portal.accounting.queries.crod import (
    appeal,
    figures_of,
    rows_of_accounts,
    rows_of_programmes,
)
from portal.accounting.queries.funds import fund_years, open_year_before
from portal.accounting.rules.crod import MISSIONS, FigureRow, UnknownRow, movable_rows
from portal.accounting.services import funds as services
from portal.accounts.queries import names_of_accounts
from portal.core.db import db
from portal.core.money import total
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.donations.forms.entry import today
from portal.donations.wording import programme_words
from portal.programmes.codes import Programme


@books.get("/funds")
@needs(Role.ACCOUNTANT)
def funds() -> ResponseReturnValue:
    """What each fund carried, received, spent and has left; the figures behind it."""
    year = year_asked()
    rows = [fund for fund in fund_years(year) if fund.moved]
    figures = figures_of(year)
    return render_template(
        "accounting/funds/index.html",
        funds=rows,
        sums={
            name: total([getattr(fund, name) for fund in rows])
            for name in ("opening", "received", "spent", "used", "carried", "closing", "beyond")
        },
        opening_of=open_year_before(year),
        figures=figures,
        names=names_of_accounts({each.entered_by for each in figures}),
        programmes={code.value: words for code, words in programme_words().items()},
        appeal=appeal(year),
        open_=services.may_change(year),
        **with_tabs("funds", year),
    )


@books.route("/funds/<int:year>/new", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def new_figure(year: int) -> ResponseReturnValue:
    """What was spent on a fund, or what else the general ledger says."""
    if not (2020 <= year <= 2199) or not services.may_change(year):
        abort(404)
    form = FigureForm(data=_proposed(year))
    if form.validate_on_submit():
        try:
            services.enter_figure(form.order(year), by=current_user.id)
        except services.FigureRefused as refusal:
            form.form_errors.append(_(refusal.reason))
        else:
            flash(_("The figure is entered."), "success")
            return redirect(url_for(".funds", year=year), 303)
    page = render_template("accounting/funds/new.html", form=form, year=year)
    return page, 422 if form.errors else 200


def _proposed(year: int) -> dict[str, object]:
    """A fund's expenses go where its programme is carried out."""
    fund = request.args.get("fund", "")
    known, last = fund in set(Programme), min(date(year, 12, 31), today())
    row = rows_of_programmes(year)[Programme(fund)] if known else FigureRow.ABROAD_OWN
    return {"row": row.value, "programme": fund if known else "", "piece_on": last}


@books.route("/funds/figures/<uuid:public_id>/strike", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def strike_figure(public_id: uuid.UUID) -> ResponseReturnValue:
    """A figure was wrong."""
    chosen = sa.select(LedgerFigure).where(LedgerFigure.public_id == public_id)
    figure = db.session.scalar(chosen) or abort(404)
    if figure.struck_at is not None or not services.may_change(figure.year):
        abort(404)
    form = StrikeForm()
    if form.validate_on_submit():
        try:
            services.strike_figure(figure.id, because=form.reason.data or "", by=current_user.id)
        except services.FigureRefused as refusal:
            flash(_(refusal.reason), "danger")
        else:
            flash(_("The figure is struck out and counts no more."), "success")
        return redirect(url_for(".funds", year=figure.year), 303)
    page = render_template("accounting/funds/strike.html", figure=figure, form=form)
    return page, 422 if form.errors else 200


@books.route("/funds/<int:year>/rows", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def crod_rows(year: int) -> ResponseReturnValue:
    """Which row of the statements an account or a programme belongs to, from a year on."""
    if not 2020 <= year <= 2199:
        abort(404)
    if request.method == "POST":
        _move(year)
        return redirect(url_for(".crod_rows", year=year), 303)
    on = date(year, 12, 31)
    return render_template(
        "accounting/funds/rows.html",
        year=year,
        open_=services.may_change(year),
        accounts=[
            (code, account_on(code, on).label, row, [(c, row_words(c)) for c in choices])
            for code, row in sorted(rows_of_accounts(year).items())
            if len(choices := movable_rows(row)) > 1
        ],
        programmes=[
            (programme, programme_words()[programme], row)
            for programme, row in rows_of_programmes(year).items()
        ],
        missions=MISSIONS,
    )


def _move(year: int) -> None:
    subject, row = request.form.get("subject", ""), request.form.get("row", "")
    kind, _colon, code = subject.partition(":")
    try:
        if kind == "account":
            services.move_account(code, row, since=year, by=current_user.id)
        else:
            services.move_programme(Programme(code), FigureRow(row), since=year, by=current_user.id)
    except services.FigureRefused as refusal:
        flash(_(refusal.reason), "danger")
    except (UnknownRow, ValueError):
        flash(_("It cannot stand in that row."), "danger")
    else:
        flash(_("It stands there from %(year)s on.", year=year), "success")

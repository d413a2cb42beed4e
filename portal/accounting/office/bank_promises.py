"""Promised and received: each month's transfers of sponsors, and the standing orders behind them."""

from __future__ import annotations

import datetime as dt
import uuid

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounting import bank_wording as words
from portal.accounting.forms.bank import EndOrderForm
from portal.accounting.models import StandingOrder
from portal.accounting.office.bank import bank
from portal.accounting.queries import bank_promises as reads
from portal.accounting.services import bank as services
from portal.accounts.models import Donor
from portal.core.clock import paris_date
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.core.web.lists import ListColumn, ListSpec, export, list_page
from portal.donations.wording import purpose_words


@bank.get("/promised")
@needs(Role.ACCOUNTANT)
def promised() -> ResponseReturnValue:
    """A month: what sponsors promised to transfer, what came, list by list."""
    first = _month()
    return render_template(
        "accounting/bank/promised.html",
        month=reads.month_report(first),
        months=_offered(first),
        concerns=words.CONCERNS,
        over=_next(first) <= paris_date(clock_now()),
    )


def _month() -> dt.date:
    """The month in the address, else the last one that is over."""
    told = request.args.get("month", "")
    try:
        return dt.date.fromisoformat(f"{told}-01")
    except ValueError:
        today = paris_date(clock_now()).replace(day=1)
        return (today - dt.timedelta(days=1)).replace(day=1)


def _next(first: dt.date) -> dt.date:
    return (first + dt.timedelta(days=32)).replace(day=1)


def _offered(first: dt.date) -> list[dt.date]:
    today = paris_date(clock_now()).replace(day=1)
    last = (today - dt.timedelta(days=1)).replace(day=1)
    return sorted({first, today, last, *reads.months_with_transfers()}, reverse=True)


def _orders() -> ListSpec:
    return ListSpec(
        name="standing-orders",
        columns=(
            ListColumn("donor", _("Donor"), lambda o: o.donor.name, sort=Donor.last_name),
            ListColumn("ref", _("Reference"), lambda o: o.donor.ref, sort=Donor.ref),
            ListColumn(
                "amount", _("Amount"), lambda o: o.amount, "amount", StandingOrder.amount_minor
            ),
            ListColumn("rhythm", _("How often"), lambda o: _(words.RHYTHMS[o.every_months])),
            ListColumn("purpose", _("For"), lambda o: purpose_words(o.purpose, o.programme)),
            ListColumn(
                "since", _("Since"), lambda o: o.started_on, "date", StandingOrder.started_on
            ),
            ListColumn(
                "last", _("Last transfer"), lambda o: o.last_on, "date", StandingOrder.last_on
            ),
            ListColumn("ended", _("Ended"), lambda o: o.ended_on, "date", StandingOrder.ended_on),
        ),
        search=(Donor.first_name, Donor.last_name, Donor.company_name, Donor.ref),
        default_sort="last",
        default_descending=True,
        tie=StandingOrder.id.desc(),
    )


@bank.get("/orders")
@needs(Role.ACCOUNTANT)
def orders() -> ResponseReturnValue:
    """Standing orders, as their transfers show them."""
    page = list_page(_orders(), reads.standing_orders().join(StandingOrder.donor))
    return export(page) or render_template(
        "accounting/bank/orders.html",
        page=page,
        rhythms=words.RHYTHMS,
        purpose_words=purpose_words,
    )


@bank.route("/orders/<uuid:public_id>/end", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT)
def end_order(public_id: uuid.UUID) -> ResponseReturnValue:
    """The donor stopped her standing order."""
    found = reads.standing_order_by_public_id(public_id) or abort(404)
    if found.ended_on is not None:
        return redirect(url_for(".orders"), 303)
    form = EndOrderForm(data={"ended_on": paris_date(clock_now())})
    if form.validate_on_submit():
        services.end_standing_order(
            found.id, form.ended_on.data, reason=form.reason.data or "", by=current_user.id
        )
        flash(_("The standing order is over: nothing is expected from it."), "success")
        return redirect(url_for(".orders"), 303)
    page = render_template("accounting/bank/end_order.html", order=found, form=form)
    return page, 422 if form.errors else 200

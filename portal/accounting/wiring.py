"""Puts the books into the application: they listen to gifts, and are checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect

import portal.accounting.tasks  # noqa: F401 - the worker knows its jobs by this import
from portal.accounting import (
    bank_wording,
    closing_card,
    closing_wording,
    personal_data,
    rule_kinds,
    traces,
    year_card,
)
from portal.accounting.office import bank, books
from portal.accounting.queries.bank import lines_waiting
from portal.accounting.queries.bank_checks import BANK_CHECKS
from portal.accounting.queries.checks import CHECKS
from portal.accounting.queries.closing import reopenings_waiting
from portal.accounting.queries.closing_checks import CLOSING_CHECKS
from portal.accounting.queries.handed_over_checks import HANDED_OVER_CHECKS
from portal.accounting.queries.payout_checks import PAYOUT_CHECKS
from portal.accounting.services import (
    booking,
    export_kinds,
    handed_over,
    payouts,
    statement_kinds,
    strays,
)
from portal.accounting.services.bank import guarding
from portal.accounts import merging
from portal.core.checks import register_check
from portal.core.exports import register_export
from portal.core.i18n_markers import N_
from portal.core.roles import Role
from portal.core.web import menu
from portal.core.web.cards import register_year_section
from portal.core.web.forms import clock_now
from portal.donations import events
from portal.donations.models import Gift
from portal.donations.traces import register_teller


def register(app: Flask, csrf: CSRFProtect) -> None:
    """Pages, menu, checks, and what happens to gifts."""
    del csrf
    merging.moves("standing_order.donor_id", N_("Standing orders"))
    merging.moves("bank_rule.donor_id")
    app.register_blueprint(books)
    app.register_blueprint(bank)
    app.jinja_env.filters.update(bank_wording.FILTERS | closing_wording.FILTERS)
    menu.register(
        menu.OFFICE,
        menu.MenuItem(
            "accounting.overview",
            N_("Books"),
            "scale",
            N_("Accounts"),
            60,
            frozenset({Role.ACCOUNTANT}),
            _to_decide,
        ),
        menu.MenuItem(
            "bank.index",
            N_("Bank"),
            "banknote",
            N_("Accounts"),
            45,
            frozenset({Role.ACCOUNTANT}),
            lines_waiting,
        ),
    )
    for name, run, label in (
        *CHECKS,
        *PAYOUT_CHECKS,
        *HANDED_OVER_CHECKS,
        *BANK_CHECKS,
        *CLOSING_CHECKS,
    ):
        register_check(name, run, label)
    register_teller(traces.entries_of)
    register_teller(traces.bank_line_of)
    register_export(*export_kinds.KINDS, *statement_kinds.KINDS)
    register_year_section(20, year_card.payouts_of_the_year)
    register_year_section(30, closing_card.closing_of_the_year)
    rule_kinds.register()
    personal_data.register()
    booking.listen()
    payouts.listen()
    strays.listen()
    handed_over.listen()
    guarding.listen()
    _hear()


def _to_decide() -> int:
    """Requests to open a closed period that wait for a second person."""
    return len(reopenings_waiting(clock_now()))


def _hear() -> None:
    for signal in (
        events.gift_settled,
        events.gift_fee_known,
        events.gift_euros_known,
        events.gift_refunded,
        events.refund_failed,
        events.gift_bounced,
        events.gift_disputed,
        events.dispute_moved,
        events.dispute_closed,
    ):
        signal.connect(_gift)
    events.gifts_settled_in_bulk.connect(_many_gifts)
    events.gift_changed.connect(_corrected)
    events.gift_withdrawn.connect(_corrected)


def _gift(gift: Gift, **_told: Any) -> None:
    booking.note([gift.id])


def _many_gifts(_sender: object, *, gift_ids: Sequence[int]) -> None:
    booking.note(gift_ids)


def _corrected(gift: Gift, **_told: Any) -> None:
    booking.note([gift.id], corrected=True)

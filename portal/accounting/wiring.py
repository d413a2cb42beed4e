"""Puts the books into the application: they listen to gifts, and are checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect

import portal.accounting.tasks  # noqa: F401 - the worker knows its jobs by this import
from portal.accounting import bank_wording, personal_data, traces
from portal.accounting.office import bank, books
from portal.accounting.queries.bank import lines_waiting
from portal.accounting.queries.bank_checks import BANK_CHECKS
from portal.accounting.queries.checks import CHECKS
from portal.accounting.queries.handed_over_checks import HANDED_OVER_CHECKS
from portal.accounting.queries.payout_checks import PAYOUT_CHECKS
from portal.accounting.services import booking, handed_over, payouts
from portal.accounting.services.bank import guarding
from portal.core.checks import register_check
from portal.core.i18n_markers import N_
from portal.core.roles import Role
from portal.core.web import menu
from portal.donations import events
from portal.donations.models import Gift
from portal.donations.traces import register_teller


def register(app: Flask, csrf: CSRFProtect) -> None:
    """Pages, menu, checks, and what happens to gifts."""
    del csrf
    app.register_blueprint(books)
    app.register_blueprint(bank)
    app.jinja_env.filters.update(bank_wording.FILTERS)
    menu.register(
        menu.OFFICE,
        menu.MenuItem(
            "accounting.overview",
            N_("Books"),
            "scale",
            N_("Accounts"),
            60,
            frozenset({Role.ACCOUNTANT}),
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
    for name, run, label in (*CHECKS, *PAYOUT_CHECKS, *HANDED_OVER_CHECKS, *BANK_CHECKS):
        register_check(name, run, label)
    register_teller(traces.entries_of)
    register_teller(traces.bank_line_of)
    personal_data.register()
    booking.listen()
    payouts.listen()
    handed_over.listen()
    guarding.listen()
    _hear()


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

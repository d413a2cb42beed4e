"""Puts the receipts into the application."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect

import portal.receipts.tasks  # noqa: F401 - the worker knows its jobs by this import
from portal.core import personal_data
from portal.core.checks import register_check
from portal.core.i18n_markers import N_
from portal.core.roles import Role
from portal.core.web import cards as places
from portal.core.web import menu
from portal.donations import events
from portal.donations.models import Gift
from portal.donations.traces import register_paper, register_teller
from portal.receipts import cards, office, services, traces
from portal.receipts.queries.checks import CHECKS
from portal.receipts.queries.register import receipts_to_correct
from portal.receipts.routes import my_receipts, verification


def register(app: Flask, csrf: CSRFProtect) -> None:
    """Pages, cards, menu, checks, and what happens to gifts on a receipt."""
    del csrf
    for blueprint in (office.bp, my_receipts.bp, verification.bp):
        app.register_blueprint(blueprint)
    for name, run, label in CHECKS:
        register_check(name, run, label)
    places.register_card(30, cards.home_card)
    places.register_donor_section(30, cards.donor_section, Role.ACCOUNTANT)
    personal_data.register("receipts", cards.receipts_about)
    register_teller(traces.receipts_stating)
    register_paper(traces.standing_receipt)
    events.gift_change_requested.connect(_change_requested)
    for signal in (
        events.gift_refunded,
        events.refund_failed,
        events.gift_disputed,
        events.gift_bounced,
    ):
        signal.connect(_money_moved)
    menu.register(
        menu.OFFICE,
        menu.MenuItem(
            "office_receipts.index",
            N_("Tax receipts"),
            "receipt-euro",
            N_("Accounts"),
            65,
            frozenset({Role.ACCOUNTANT}),
            _to_correct,
        ),
    )
    menu.register(
        menu.ME, menu.MenuItem("my_receipts.index", N_("Tax receipts"), "receipt-euro", order=30)
    )


def _change_requested(gift: Gift, **_told: Any) -> None:
    services.refuse_change(gift)


def _money_moved(gift: Gift, **_told: Any) -> None:
    services.note_correction_due(gift)


def _to_correct() -> int:
    return len(receipts_to_correct())

"""Puts the books into the application: they listen to gifts, and are checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect

import portal.accounting.tasks  # noqa: F401 - the worker knows its jobs by this import
from portal.accounting.office import books
from portal.accounting.queries.checks import CHECKS
from portal.accounting.rules.booking import Verdict
from portal.accounting.services import booking
from portal.core.checks import register_check
from portal.core.i18n_markers import N_
from portal.core.money import Money
from portal.core.roles import Role
from portal.core.web import menu
from portal.donations import events
from portal.donations.models import Gift


def register(app: Flask, csrf: CSRFProtect) -> None:
    """Pages, menu, checks, and what happens to gifts."""
    del csrf
    app.register_blueprint(books)
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
    )
    for name, run, label in CHECKS:
        register_check(name, run, label)
    booking.listen()
    _hear()


def _hear() -> None:
    for signal in (
        events.gift_settled,
        events.gift_fee_known,
        events.gift_refunded,
        events.refund_failed,
    ):
        signal.connect(_gift)
    events.gifts_settled_in_bulk.connect(_many_gifts)
    events.gift_disputed.connect(_disputed)
    events.dispute_closed.connect(_dispute_closed)
    events.gift_changed.connect(_corrected)


def _gift(gift: Gift, **_told: Any) -> None:
    booking.note([gift.id])


def _many_gifts(_sender: object, *, gift_ids: Sequence[int]) -> None:
    booking.note(gift_ids)


def _disputed(gift: Gift, *, amount: Money) -> None:
    booking.note([gift.id], verdict=Verdict(amount))


def _dispute_closed(gift: Gift, *, won: bool, amount: Money) -> None:
    booking.note([gift.id], verdict=Verdict(amount, won=won))


def _corrected(gift: Gift, **_told: Any) -> None:
    booking.note([gift.id], corrected=True)

"""Puts the receipts into the application."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect

from portal.accounts import events as accounts
from portal.accounts import merging
from portal.core import personal_data
from portal.core.checks import register_check
from portal.core.exports import register_export
from portal.core.i18n_markers import N_
from portal.core.mail import OutboxMail
from portal.core.mail.bounces import mail_bounced
from portal.core.roles import Role
from portal.core.web import cards as places
from portal.core.web import menu
from portal.donations import events
from portal.donations.models import Gift
from portal.donations.traces import register_paper, register_teller
from portal.receipts import cards, office, rule_kinds, services, tasks, traces, year_card
from portal.receipts.queries.checks import CHECKS
from portal.receipts.queries.deliveries import wants_each
from portal.receipts.queries.register import how_many_to_correct
from portal.receipts.routes import by_link, my_receipts, my_taxes
from portal.receipts.routes import details as _pages_of_details  # noqa: F401 - on the same blueprint
from portal.receipts.services import export_kinds, signature_export


def register(app: Flask, csrf: CSRFProtect) -> None:
    """Pages, cards, menu, checks, and what happens to gifts on a receipt."""
    del csrf
    for blueprint in (office.bp, my_receipts.bp, my_taxes.bp, by_link.bp):
        app.register_blueprint(blueprint)
    for name, run, label in CHECKS:
        register_check(name, run, label)
    register_export(*export_kinds.KINDS, signature_export.KIND)
    rule_kinds.register()
    places.register_card(30, cards.home_card)
    places.register_year_section(10, year_card.receipts_of_the_year)
    places.register_donor_section(30, cards.donor_section, Role.ACCOUNTANT)
    personal_data.register("receipts", cards.receipts_about)
    personal_data.register("receipt_preference", cards.preference_told)
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
            how_many_to_correct,
        ),
    )
    _when_merged()
    events.gift_settled.connect(_settled)
    mail_bounced.connect(_bounced)
    menu.register(
        menu.ME,
        menu.MenuItem(
            "my_receipts.index",
            N_("Tax receipts"),
            "receipt-euro",
            order=30,
            also=frozenset({"my_taxes"}),
        ),
    )


def _when_merged() -> None:
    """Papers and what was told about them keep the donor they were made for."""
    merging.stays("receipt.donor_id", N_("Tax receipts"))
    for table in ("receipt_run_fault", "receipt_details_request", "receipt_payment_confirmation"):
        merging.stays(f"{table}.donor_id")
    merging.own("receipt_preference.donor_id")
    accounts.donors_merging.connect(services.on_donors_merging)


def _change_requested(gift: Gift, **_told: Any) -> None:
    services.refuse_change(gift)


def _money_moved(gift: Gift, **_told: Any) -> None:
    services.note_correction_due(gift)


def _settled(gift: Gift, **_told: Any) -> None:
    if wants_each(gift.donor_id):
        tasks.queue_singles()


def _bounced(mail: OutboxMail, **_told: Any) -> None:
    services.note_bounce(mail)
    services.notice_came_back(mail)

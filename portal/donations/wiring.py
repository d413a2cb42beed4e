"""Puts gifts and plans into the application."""

from __future__ import annotations

from flask import Flask
from flask_wtf import CSRFProtect

from portal.config import Settings
from portal.core.clock import Clock
from portal.core.exports import register_export
from portal.core.i18n_markers import N_
from portal.core.roles import Role
from portal.core.web import menu
from portal.core.web.cards import register_card, register_donor_section
from portal.core.web.menu import MenuItem
from portal.donations import (
    cards,
    debit_queries,
    events,
    gift_export,
    in_hand,
    ledger_queries,
    merging_records,
    money_back,
    office,
    personal_data,
    queries,
    routes,
    rule_kinds,
    tasks,
    webhooks,
)
from portal.donations.gateway import PaymentGateway
from portal.donations.money_story import money_story
from portal.donations.services import correspondents, plan_calls, plan_watch, tributes
from portal.donations.stripe_gateway import StripeGateway
from portal.donations.traces import register_teller

PATIENCE = 15.0
"""Seconds an answer may take: three tries are over before a proxy gives up on the donor (a minute)."""
SIMULATOR_KEY = "sk_test_sim_portal"
__all__ = ["register", "tasks"]


def register(app: Flask, csrf: CSRFProtect) -> None:
    """The payment provider, the pages, the webhook's door, the menus."""
    settings: Settings = app.extensions["settings"]
    app.extensions["payments"] = payment_gateway(settings, app.extensions["clock"])
    app.register_blueprint(routes.bp)
    app.register_blueprint(routes.mine)
    app.register_blueprint(routes.my_plans)
    app.register_blueprint(routes.following.mine)
    app.register_blueprint(office.bp)
    app.register_blueprint(office.regular_gifts)
    app.register_blueprint(office.calls)
    app.register_blueprint(routes.transfers.transfer)
    app.register_blueprint(office.appeal_pages)
    app.register_blueprint(office.entering)
    app.register_blueprint(office.debits)
    app.register_blueprint(webhooks.bp)
    csrf.exempt(webhooks.bp)
    register_export(gift_export.KIND)
    _menus()
    merging_records.register()
    events.gift_settled.connect(tributes.on_gift_settled)
    events.plan_activated.connect(correspondents.on_plan_activated)
    events.debit_returned.connect(plan_watch.on_debit_returned)
    register_card(20, cards.home_card)
    register_donor_section(20, cards.donor_section, Role.ACCOUNTANT)
    personal_data.register()
    register_teller(money_story)
    rule_kinds.register()


def payment_gateway(settings: Settings, clock: Clock) -> PaymentGateway:
    """Stripe when there is a key, else the stand-in on loopback, by the same library."""
    simulated = settings.simulated_payments
    return StripeGateway(
        settings.stripe_secret_key or SIMULATOR_KEY,
        settings.stripe_webhook_secrets,
        settings.simulator_url if simulated else None,
        PATIENCE,
        clock,
    )


def _menus() -> None:
    menu.register(
        menu.SITE,
        MenuItem("donations.give", N_("Give"), "hand-heart", order=10),
        MenuItem("donations.sponsor", N_("Sponsor a child"), "heart-handshake", order=20),
    )
    own = frozenset({"my_plans", "my_correspondents"})
    menu.register(
        menu.ME, MenuItem("my_gifts.index", N_("My gifts"), "hand-heart", order=20, also=own)
    )
    menu.register(menu.ME, MenuItem("transfer.index", N_("Bank transfer"), "landmark", order=25))
    accountant = frozenset({Role.ACCOUNTANT})
    menu.register(
        menu.OFFICE,
        MenuItem(
            "entering.index",
            N_("Enter gifts"),
            "pencil",
            group=N_("Accounts"),
            order=38,
            roles=accountant,
            count=in_hand.count_open_batches,
        ),
        MenuItem(
            "gifts_office.gifts",
            N_("Gifts"),
            "hand-coins",
            group=N_("Accounts"),
            order=40,
            roles=accountant,
        ),
        MenuItem(
            "gifts_office.money_that_goes_back",
            N_("Money that goes back"),
            "undo-2",
            group=N_("Accounts"),
            order=43,
            roles=accountant,
            count=money_back.how_many_wait,
        ),
        MenuItem(
            "appeals.index",
            N_("Appeals"),
            "mail",
            group=N_("Accounts"),
            order=44,
            roles=accountant,
        ),
        MenuItem(
            "plans_office.plans",
            N_("Regular gifts"),
            "calendar-clock",
            group=N_("Accounts"),
            order=41,
            roles=accountant | {Role.MATCHER},
        ),
        MenuItem(
            "direct_debits.index",
            N_("Direct debits"),
            "landmark",
            group=N_("Accounts"),
            order=42,
            roles=accountant,
            count=debit_queries.waiting_for_a_decision,
        ),
        MenuItem(
            "plan_calls.plan_calls",
            N_("Sponsors to call"),
            "phone",
            group=N_("Sponsors and donors"),
            order=22,
            roles=accountant | {Role.MATCHER},
            count=plan_calls.count_open,
        ),
        MenuItem(
            "gifts_office.reconciliation",
            N_("Stripe's books"),
            "coins",
            group=N_("Accounts"),
            order=47,
            roles=accountant,
            count=ledger_queries.open_findings,
            also=frozenset({"gifts_office.payouts", "gifts_office.payout"}),
        ),
        MenuItem(
            "gifts_office.stripe_events",
            N_("Messages from Stripe"),
            "mail-open",
            group=N_("Accounts"),
            order=48,
            roles=accountant,
            count=queries.failed_events,
        ),
        MenuItem(
            "gifts_office.guard",
            N_("Guard of the payment page"),
            "shield-check",
            group=N_("Accounts"),
            order=49,
            roles=accountant,
        ),
    )

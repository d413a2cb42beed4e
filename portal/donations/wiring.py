"""Puts gifts and plans into the application."""

from __future__ import annotations

from flask import Flask
from flask_wtf import CSRFProtect

from portal.config import Settings
from portal.core.clock import Clock
from portal.core.i18n_markers import N_
from portal.core.roles import Role
from portal.core.web import menu
from portal.core.web.cards import register_card, register_donor_section
from portal.core.web.menu import MenuItem
from portal.donations import cards, office, personal_data, queries, routes, tasks, webhooks
from portal.donations.gateway import PaymentGateway
from portal.donations.stripe_gateway import StripeGateway

PATIENCE = 20.0
SIMULATOR_KEY = "sk_test_sim_portal"
__all__ = ["register", "tasks"]


def register(app: Flask, csrf: CSRFProtect) -> None:
    """The payment provider, the pages, the webhook's door, the menus."""
    settings: Settings = app.extensions["settings"]
    app.extensions["payments"] = payment_gateway(settings, app.extensions["clock"])
    app.register_blueprint(routes.bp)
    app.register_blueprint(routes.mine)
    app.register_blueprint(office.bp)
    app.register_blueprint(webhooks.bp)
    csrf.exempt(webhooks.bp)
    _menus()
    register_card(20, cards.home_card)
    register_donor_section(20, cards.donor_section, Role.ACCOUNTANT)
    personal_data.register()


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
    menu.register(menu.ME, MenuItem("my_gifts.index", N_("My gifts"), "hand-heart", order=20))
    accountant = frozenset({Role.ACCOUNTANT})
    menu.register(
        menu.OFFICE,
        MenuItem(
            "gifts_office.gifts",
            N_("Gifts"),
            "hand-coins",
            group=N_("Accounts"),
            order=40,
            roles=accountant,
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
    )

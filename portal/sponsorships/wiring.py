"""Puts sponsorships into the application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect

from portal.core.clock import paris_date
from portal.core.i18n_markers import N_
from portal.core.roles import Role
from portal.core.web import cards as places
from portal.core.web import menu
from portal.core.web.forms import clock_now
from portal.donations import events as donations
from portal.donations.models import Plan
from portal.sponsorships import cards, routes, tasks
from portal.sponsorships.office import matching, sponsorships, waiting_lists
from portal.sponsorships.queries.promises import count_concerns, holds_ending_soon
from portal.sponsorships.services import wishes

__all__ = ["register", "tasks", "waiting_lists"]  # imported for what they register


def on_plan_wished(_sender: object, *, plan: Plan, criteria: Mapping[str, Any], **_: Any) -> None:
    """A form was sent: the wish is kept, and waits for the first payment."""
    wishes.open_wish(plan.donor, plan, criteria, clock_now())


def on_plan_activated(_sender: object, *, plan: Plan, **_: Any) -> None:
    """The first payment settled: the sponsor takes her place in the queue."""
    wishes.wish_paid(plan, clock_now())


def on_plan_ended(_sender: object, *, plan: Plan, **_: Any) -> None:
    """Who still waited no longer does; an active sponsorship shows up among those to look after."""
    wishes.plan_over(plan)


def waiting_for_somebody() -> int:
    """What the desk should see today: holds about to lapse and sponsorships to look after."""
    now = clock_now()
    return holds_ending_soon(now) + count_concerns(paris_date(now))


def register(app: Flask, csrf: CSRFProtect) -> None:
    """Pages, cards, menu and receivers."""
    del csrf
    for blueprint in (matching.blueprint, sponsorships.blueprint, routes.blueprint):
        app.register_blueprint(blueprint)
    donations.plan_wished.connect(on_plan_wished)
    donations.plan_activated.connect(on_plan_activated)
    donations.plan_ended.connect(on_plan_ended)
    places.register_card(10, cards.home_card)
    places.register_donor_section(10, cards.donor_section)
    matcher = frozenset({Role.MATCHER})
    menu.register(
        menu.OFFICE,
        menu.MenuItem(
            "matching.board",
            N_("Matching"),
            "heart-handshake",
            N_("Sponsors and donors"),
            20,
            matcher,
            waiting_for_somebody,
        ),
        menu.MenuItem(
            "sponsorships.index",
            N_("Sponsorships"),
            "heart",
            N_("Sponsors and donors"),
            21,
            matcher,
        ),
    )

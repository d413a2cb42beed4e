"""Puts sponsorships into the application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect

from portal.accounting.promises import register_promises
from portal.accounts import events as accounts
from portal.accounts import merging
from portal.accounts.models import Donor
from portal.core.clock import paris_date
from portal.core.i18n_markers import N_
from portal.core.roles import Role
from portal.core.web import cards as places
from portal.core.web import menu
from portal.core.web.forms import clock_now
from portal.donations import events as donations
from portal.donations.followed import register_child_of_plan
from portal.donations.models import Plan
from portal.sponsorships import cards, personal_data, routes, tasks
from portal.sponsorships.office import matching, sponsorships, waiting_lists
from portal.sponsorships.queries.plans import child_of_plan
from portal.sponsorships.queries.promises import count_concerns, holds_ending_soon
from portal.sponsorships.services import coverage, wishes
from portal.sponsorships.transfers import promised_transfers

__all__ = ["register", "tasks", "waiting_lists"]  # imported for what they register


def on_plan_wished(
    _sender: object,
    *,
    plan: Plan,
    criteria: Mapping[str, Any],
    donor: Donor | None = None,
    **_: Any,
) -> None:
    """A form was sent: the wish is kept, and waits for the first payment.

    ``donor`` is who follows the child when that is not who pays; the payment may have come before
    they accepted.
    """
    wishes.open_wish(donor or plan.donor, plan, criteria, clock_now())
    if plan.started_on is not None:
        wishes.wish_paid(plan, clock_now())


def on_plan_activated(_sender: object, *, plan: Plan, **_: Any) -> None:
    """The first payment settled: the sponsor takes her place in the queue."""
    wishes.wish_paid(plan, clock_now())


def on_plan_not_begun(_sender: object, *, plan: Plan, **_: Any) -> None:
    """The first payment never came: who still waits is not paid for."""
    wishes.wish_unpaid(plan)


def on_plan_ended(_sender: object, *, plan: Plan, **_: Any) -> None:
    """Who still waited no longer does; an active sponsorship shows up among those to look after."""
    wishes.plan_over(plan)


def on_plan_paused(_sender: object, *, plan: Plan, **_: Any) -> None:
    """The sponsor takes a break: the sponsorship stays, and says that nothing carries it meanwhile."""
    coverage.note_coverage(plan, "gifts_paused")


def on_plan_resumed(_sender: object, *, plan: Plan, **_: Any) -> None:
    """The break is over."""
    coverage.note_coverage(plan, "gifts_resumed")


def on_plan_past_due(_sender: object, *, plan: Plan, **_: Any) -> None:
    """A debit failed: the sponsorship stays; who is to be called stands on a list of its own."""
    coverage.note_coverage(plan, "gifts_failed")


def on_plan_recovered(_sender: object, *, plan: Plan, **_: Any) -> None:
    """The debit came through after all."""
    coverage.note_coverage(plan, "gifts_in_order")


def waiting_for_somebody() -> int:
    """What the desk should see today: holds about to lapse and sponsorships to look after."""
    now = clock_now()
    return holds_ending_soon(now) + count_concerns(paris_date(now))


def register(app: Flask, csrf: CSRFProtect) -> None:
    """Pages, cards, menu and receivers."""
    del csrf
    for blueprint in (matching.blueprint, sponsorships.blueprint, routes.blueprint):
        app.register_blueprint(blueprint)
    merging.moves("wish.donor_id", N_("Wishes to sponsor"))
    merging.moves("sponsorship.donor_id", N_("Sponsorships"))
    accounts.donors_merging.connect(wishes.on_donors_merging)
    donations.plan_wished.connect(on_plan_wished)
    donations.plan_activated.connect(on_plan_activated)
    donations.plan_not_begun.connect(on_plan_not_begun)
    donations.plan_ended.connect(on_plan_ended)
    register_promises(promised_transfers)
    register_child_of_plan(child_of_plan)
    personal_data.register()
    donations.plan_paused.connect(on_plan_paused)
    donations.plan_resumed.connect(on_plan_resumed)
    donations.plan_past_due.connect(on_plan_past_due)
    donations.plan_recovered.connect(on_plan_recovered)
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

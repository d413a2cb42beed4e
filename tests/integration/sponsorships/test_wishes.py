"""Wishes come from the form, from the plan's fate, and from the donors' table."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core.audit import history
from portal.core.db import db
from portal.donations import events
from portal.donations.models import Plan
from portal.programmes.codes import Programme, Sex, Site
from portal.sponsorships.models import HoldState, Wish, WishState
from portal.sponsorships.queries.promises import concerns
from portal.sponsorships.queries.waiting import place_in_queue
from portal.sponsorships.services import hold, wish_from_import, withdraw_wish
from tests.factories.children import make_child
from tests.factories.people import make_account, make_donor
from tests.factories.sponsorships import NOON, make_sponsorship, make_wish

TODAY = NOON.date()
ROW: dict[str, Any] = {
    "wants_sponsorship": True,
    "wish_sex": "F",
    "wish_age_min": 6,
    "wish_age_max": 9,
    "wish_programme": "education",
    "wish_site": "siem_reap",
    "monthly_eur": Decimal("47.50"),
    "payment": "sepa",
    "since": dt.date(2024, 5, 6),
}


def make_plan() -> Plan:
    plan = Plan(donor=make_donor(), amount_minor=4700)
    db.session.add(plan)
    db.session.commit()
    return plan


def test_a_wish_waits_only_once_the_first_payment_settled(app: Flask) -> None:
    plan = make_plan()
    events.plan_wished.send(app, plan=plan, criteria={"sex": "F", "age_max": 9, "site": ""})
    wish = db.session.scalars(sa.select(Wish).where(Wish.plan_id == plan.id)).one()
    assert (wish.state, wish.sex, wish.age_max, wish.site) == (WishState.UNPAID, Sex.F, 9, None)
    assert place_in_queue(wish) is None
    events.plan_activated.send(app, plan=plan)
    events.plan_activated.send(app, plan=plan)
    assert (wish.state, place_in_queue(wish)) == (WishState.WAITING, 1)


def test_a_plan_that_ends_takes_its_wish_back_and_frees_the_child(app: Flask) -> None:
    plan = make_plan()
    events.plan_wished.send(app, plan=plan, criteria={})
    events.plan_activated.send(app, plan=plan)
    wish = db.session.scalars(sa.select(Wish).where(Wish.plan_id == plan.id)).one()
    held = hold(make_child().id, wish.id, None, NOON)
    events.plan_ended.send(app, plan=plan)
    assert (wish.state, held.state) == (WishState.WITHDRAWN, HoldState.RELEASED)


def test_a_plan_without_a_wish_changes_nothing(app: Flask) -> None:
    events.plan_activated.send(app, plan=make_plan())
    events.plan_ended.send(app, plan=make_plan())
    assert db.session.scalar(sa.select(sa.func.count(Wish.id))) == 0


def test_a_sponsorship_whose_plan_ended_is_shown_to_the_office(app: Flask) -> None:
    from portal.donations.models import PlanState

    started, plan = make_sponsorship(), make_plan()
    started.plan_id, plan.state = plan.id, PlanState.ENDED
    db.session.commit()
    events.plan_ended.send(app, plan=plan)
    assert [(c.sponsorship.id, c.why) for c in concerns(TODAY)] == [(started.id, "plan")]


@pytest.mark.usefixtures("app")
class TestTheDonorsTable:
    def test_a_new_wish_is_kept_and_the_same_row_changes_nothing(self) -> None:
        donor = make_donor()
        assert wish_from_import(donor, ROW, TODAY) == "new"
        assert wish_from_import(donor, ROW, TODAY) == "same"
        wish = db.session.scalars(sa.select(Wish).where(Wish.donor_id == donor.id)).one()
        assert (wish.sex, wish.age_min, wish.age_max) == (Sex.F, 6, 9)
        assert (wish.programme, wish.site) == (Programme.EDUCATION, Site.SIEM_REAP)
        assert (wish.monthly_minor, wish.payment, wish.since) == (4750, "sepa", dt.date(2024, 5, 6))

    def test_a_changed_row_updates_the_wish_and_leaves_a_trace(self) -> None:
        donor = make_donor()
        wish_from_import(donor, ROW, TODAY)
        assert wish_from_import(donor, ROW | {"wish_sex": None}, TODAY) == "changed"
        wish = db.session.scalars(sa.select(Wish).where(Wish.donor_id == donor.id)).one()
        assert wish.sex is None
        assert [e.action for e in history(f"wish:{wish.public_id}")] == ["wish.imported"]

    def test_a_column_that_was_not_delivered_is_left_alone(self) -> None:
        donor = make_donor()
        wish_from_import(donor, ROW, TODAY)
        short = {"wants_sponsorship": True}
        assert wish_from_import(donor, short, TODAY) == "same"
        assert wish_from_import(donor, {"wish_sex": "M"}, TODAY) == "same"

    def test_no_withdraws_and_yes_brings_it_back(self) -> None:
        donor = make_donor()
        no = ROW | {"wants_sponsorship": False}
        assert wish_from_import(donor, no, TODAY) == "same"
        wish_from_import(donor, ROW, TODAY)
        assert wish_from_import(donor, no, TODAY) == "changed"
        assert wish_from_import(donor, no, TODAY) == "same"
        assert wish_from_import(donor, ROW, TODAY) == "changed"

    def test_a_fulfilled_wish_is_left_alone(self) -> None:
        donor = make_donor()
        make_wish(donor, imported=True, state=WishState.FULFILLED)
        assert wish_from_import(donor, ROW, TODAY) == "same"
        assert wish_from_import(donor, ROW | {"wants_sponsorship": False}, TODAY) == "same"

    def test_without_a_date_the_donor_waits_since_she_is_known(self) -> None:
        donor = make_donor(since=dt.date(2021, 2, 3))
        wish_from_import(donor, {"wants_sponsorship": True, "since": None}, TODAY)
        wish = db.session.scalars(sa.select(Wish).where(Wish.donor_id == donor.id)).one()
        assert wish.since == dt.date(2021, 2, 3)


def test_what_a_person_withdrew_does_not_come_back_with_the_same_file(app: Flask) -> None:
    donor, matcher = make_donor(), make_account()
    assert wish_from_import(donor, ROW, TODAY) == "new"
    wish = db.session.scalars(sa.select(Wish).where(Wish.donor_id == donor.id)).one()
    withdraw_wish(wish.id, matcher.id)
    assert wish_from_import(donor, ROW, TODAY) == "same"
    assert wish.state is WishState.WITHDRAWN
    said_no = ROW | {"wants_sponsorship": False}
    assert wish_from_import(donor, said_no, TODAY) == "changed"
    assert wish_from_import(donor, said_no, TODAY) == "same"
    assert wish_from_import(donor, ROW, TODAY) == "changed"
    assert db.session.scalars(sa.select(Wish.state)).all() == [WishState.WAITING]

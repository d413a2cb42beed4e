"""Real threads, real commits, in a database of their own: a child cannot be promised twice."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask

from portal import create_app
from portal.config import Settings
from portal.core import db as database
from portal.core import jobs
from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.sponsorships.models import Hold, HoldState, Sponsorship
from portal.sponsorships.rules.errors import AlreadyPromised, SponsorshipError
from portal.sponsorships.services import accept, accept_pair, hold
from tests.factories.children import make_child
from tests.factories.sponsorships import NOON, make_wish

PEOPLE = 16


@pytest.fixture
def real(settings: Settings, database_url: str) -> Iterator[Flask]:
    """The portal on a throwaway database, where commits are commits."""
    name = f"race_{os.getpid()}"
    url = sa.make_url(database_url)
    server = url.set(drivername="postgresql", database="postgres")
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as root:
        root.execute(f"drop database if exists {name} with (force)")
        root.execute(f"create database {name}")
        mine = url.set(drivername="postgresql+psycopg", database=name)
        database.upgrade(mine)
        told = replace(settings, database_url=mine.render_as_string(hide_password=False))
        app = create_app(told, clock=FrozenClock(NOON))
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()
        jobs.connect(url.set(drivername="postgresql+psycopg"))
        root.execute(f"drop database if exists {name} with (force)")


def at_once(app: Flask, acts: list[Callable[[], object]]) -> list[object]:
    """What each got, or the error that was raised; all begin at the same moment."""
    gate = Barrier(len(acts))

    def one(act: Callable[[], object]) -> object:
        with app.app_context():
            gate.wait()
            try:
                act()
            except SponsorshipError as error:
                return type(error)
            return "won"

    with ThreadPoolExecutor(len(acts)) as people:
        return list(people.map(one, acts))


def test_one_wins_and_the_others_are_told(real: Flask) -> None:
    child_id = make_child().id
    wishes = [make_wish().id for _ in range(PEOPLE)]
    answers = at_once(
        real,
        [lambda w=w: accept_pair(child_id, w, None, NOON) for w in wishes],  # type: ignore[misc]
    )
    assert Counter(answers) == {"won": 1, AlreadyPromised: PEOPLE - 1}
    assert db.session.scalar(sa.select(sa.func.count(Sponsorship.id))) == 1
    assert db.session.scalar(sa.select(sa.func.count(OutboxMail.id))) == 1


def test_one_hold_is_accepted_once_by_sixteen_clicks(real: Flask) -> None:
    child_id, wish_id = make_child().id, make_wish().id
    hold_id = hold(child_id, wish_id, None, NOON).id
    answers = at_once(real, [lambda: accept(hold_id, None, NOON)] * PEOPLE)
    assert answers == ["won"] * PEOPLE, "a double click is no error"
    assert db.session.scalar(sa.select(sa.func.count(Sponsorship.id))) == 1


def test_holding_and_accepting_do_not_wait_for_each_other_for_ever(real: Flask) -> None:
    children = [make_child().id for _ in range(4)]
    wishes = [make_wish().id for _ in range(4)]
    pairs = [(c, w) for c in children for w in wishes]
    acts: list[Callable[[], object]] = [
        (lambda c=c, w=w: hold(c, w, None, NOON))  # type: ignore[misc]
        if n % 2
        else (lambda c=c, w=w: accept_pair(c, w, None, NOON))  # type: ignore[misc]
        for n, (c, w) in enumerate(pairs)
    ]
    at_once(real, acts)
    live = db.session.execute(
        sa.select(Hold.child_id, Hold.wish_id).where(Hold.state != HoldState.RELEASED)
    ).all()
    assert len(live) == len({child for child, _ in live}) == len({wish for _, wish in live})


def test_without_the_index_the_child_would_be_promised_to_many(real: Flask) -> None:
    child_id = make_child().id
    wishes = [make_wish().id for _ in range(PEOPLE)]
    db.session.execute(sa.text("drop index uq_hold_live_child"))
    db.session.commit()
    answers = at_once(real, [lambda w=w: hold(child_id, w, None, NOON) for w in wishes])  # type: ignore[misc]
    assert answers.count("won") > 1, "the index is what stands between two promises"

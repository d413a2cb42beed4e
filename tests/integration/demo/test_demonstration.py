"""The demonstration data comes in through the real doors, whole, and only where it may."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from flask import Flask

from portal.accounts.models import Account
from portal.config import Mode
from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.demo import loading
from portal.demo.givers import givers_records
from portal.demo.personas import PERSONAS
from portal.demo.records import programme_records
from portal.sponsorships.models import Sponsorship
from tests.pages import PageClient


@pytest.fixture
def as_demo(app: Flask):  # type: ignore[no-untyped-def]
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, mode=Mode.DEMO, public_url="http://127.0.0.1:8000")
    yield app
    app.extensions["settings"] = before


def test_the_data_set_is_sound_and_each_persona_can_enter(
    as_demo: Flask, visitor: PageClient, clock: FrozenClock
) -> None:
    report = loading.load(clock.now(), children=60, donors=40, seed=1)
    assert (report.imported, report.faults) == (True, ())
    assert db.session.query(Sponsorship).count() > 3
    for persona in PERSONAS:
        entered = visitor.post(f"/demo/enter/{persona.code}")
        assert visitor.follow(entered).status == 200, persona.code
    assert db.session.query(Account).count() == len(PERSONAS)


def test_it_is_refused_where_there_are_records(app: Flask, clock: FrozenClock) -> None:
    loading.load(clock.now(), children=60, donors=40, seed=1)
    with pytest.raises(loading.DemoRefused):
        loading.load(clock.now(), children=60, donors=40, seed=1)


def test_the_same_seed_makes_the_same_data(clock: FrozenClock) -> None:
    today = clock.now().date()
    first, again = (programme_records(Random(7), today, 60) for _ in range(2))
    assert first == again
    assert givers_records(Random(7), today, 40) == givers_records(Random(7), today, 40)


def test_the_doors_are_shut_outside_the_demonstration(app: Flask, visitor: PageClient) -> None:
    for path in ("/demo", "/demo/mailbox"):
        assert visitor.get(path).status == 404
    assert visitor.post("/demo/enter/administrator").status == 404


def test_a_letter_is_shown_in_a_frame_of_its_own(as_demo: Flask, visitor: PageClient) -> None:
    mail = OutboxMail(key="k", recipient="a@example.org", language="fr", subject="Bonjour",
                      text="Bonjour http://localhost/fr/x", html="<p>Bonjour</p>")  # fmt: skip
    db.session.add(mail)
    db.session.commit()
    page = visitor.get(f"/demo/mailbox/{mail.public_id}")
    assert page.heading == "Bonjour"
    body = visitor.client.get(f"/demo/mailbox/{mail.public_id}/body")
    assert "default-src 'none'" in body.headers["Content-Security-Policy"]

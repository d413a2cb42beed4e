"""The demonstration data comes in through the real doors, whole, and only where it may."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounting.models import BankPart
from portal.accounting.queries.bank import lines_waiting
from portal.accounts.doubles import doubles
from portal.accounts.models import Account
from portal.config import Mode
from portal.core.checks import run_checks
from portal.core.clock import FrozenClock, paris_date
from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.demo import loading
from portal.demo.givers import givers_records
from portal.demo.personas import PERSONAS
from portal.demo.records import programme_records
from portal.donations import plan_queries
from portal.donations.followed import ChildStanding
from portal.donations.models import Gift, Payout, Plan
from portal.donations.services.methods import method_in_use
from portal.donations.stripe_gateway.snapshots.plans import subscription
from portal.sponsorships.models import Sponsorship
from portal.sponsorships.queries.plans import child_of_plan
from portal.stripe_simulator import refunds
from portal.stripe_simulator.account import Account as StripeAccount
from portal.stripe_simulator.beginning import BEGINNING, begin_with
from portal.stripe_simulator.store import Store
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


def test_an_accountant_sees_payouts_a_statement_and_a_double(
    as_demo: Flask, clock: FrozenClock, tmp_path: Path
) -> None:
    as_demo.extensions["settings"] = replace(as_demo.extensions["settings"], instance_dir=tmp_path)
    loading.load(clock.now(), children=60, donors=40, seed=1)
    states = db.session.scalars(sa.select(Payout.status).order_by(Payout.created_at)).all()
    assert states == ["paid", "in_transit"]
    assert db.session.scalars(sa.select(BankPart.payout_id)).all() == ["po_demonstration1"]
    assert lines_waiting() == 3
    assert len(doubles()) >= 1
    assert [check.name for check in run_checks() if not check.ok] == []
    with closing(Store(tmp_path / "simulator.sqlite3")) as store:
        account = StripeAccount(store, "acct_demonstration")
        assert begin_with(account, tmp_path / BEGINNING) == 3
        assert len(store.rows("select id from objects where kind = 'balance_transaction'")) == 8
        given = db.session.scalars(sa.select(Gift).where(Gift.ref.like("DEMO%"))).all()
        for gift in given:
            back = refunds.create(account, {"payment_intent": gift.stripe_payment_intent_id})
            assert (back["amount"], back["charge"]) == (gift.amount_minor, gift.stripe_charge_id)
        assert len(given) == 6
    assert not (tmp_path / BEGINNING).exists()


def test_the_sponsor_s_regular_gift_is_one_stripe_s_stand_in_debits(
    as_demo: Flask, visitor: PageClient, clock: FrozenClock, tmp_path: Path
) -> None:
    as_demo.extensions["settings"] = replace(as_demo.extensions["settings"], instance_dir=tmp_path)
    loading.load(clock.now(), children=60, donors=40, seed=1)
    plan = db.session.query(Plan).filter(Plan.stripe_subscription_id.is_not(None)).one()
    visitor.follow(visitor.post("/demo/enter/sponsor"))
    page = visitor.get(f"/me/plans/{plan.public_id}")
    assert page.status == 200
    assert {link.rpartition("/")[2] for link in page.links()} >= {"amount", "pause", "stop"}
    with closing(Store(tmp_path / "simulator.sqlite3")) as store:
        account = StripeAccount(store, "acct_demonstration")
        begin_with(account, tmp_path / BEGINNING)
        told = subscription(account.get("subscription", str(plan.stripe_subscription_id)))
        card = account.get("payment_method", str(told.method_id))["card"]
    assert (told.status, told.amount, told.reference) == (
        "active",
        plan.amount,
        str(plan.public_id),
    )
    assert paris_date(told.current_period_end) == plan.next_debit_on
    assert paris_date(told.current_period_end) > paris_date(clock.now())
    known = method_in_use(plan.id)
    assert known is not None
    assert (known.last4, known.expires_on) == (card["last4"], date(card["exp_year"], 12, 31))
    assert plan_queries.debits_of(plan.id)
    assert child_of_plan(plan.id).standing is ChildStanding.FOUND
    assert [check.name for check in run_checks() if not check.ok] == []


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

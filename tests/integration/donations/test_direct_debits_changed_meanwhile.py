"""Our own debits while something changes: another amount, a pause, an end, an answer of the bank."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.core.money import Money
from portal.donations.models import (
    BankStatus,
    Collection,
    CollectionAttempt,
    Gift,
    Instalment,
    Mandate,
    PlanState,
)
from portal.donations.rules.direct_debit import AttemptState, InstalmentState
from portal.donations.rules.gift import GiftState
from portal.donations.rules.pain002 import StatusReport, read_status
from portal.donations.rules.pain008 import write_collection
from portal.donations.services import direct_debits as debits
from portal.donations.services.direct_debits import collecting, coming_back, crediting
from portal.donations.services.provider import today
from tests.factories.handed_over import make_accountant, token
from tests.integration.donations.test_at_once import real  # noqa: F401 - a fixture
from tests.integration.donations.test_direct_debits import (
    collect,
    make_mandate,
    status_file,
    the_instalment,
)

SOON = dt.timedelta(days=25)
BLOCKED_FOR = 0.5
THREADS_WAIT = 30


def announced_amounts(mandate: Mandate) -> list[str]:
    about = sa.select(OutboxMail).where(
        OutboxMail.recipient == mandate.donor.email, OutboxMail.key.like("instalment:%")
    )
    mails = db.session.scalars(about.order_by(OutboxMail.id))
    return [amount for mail in mails for amount in ("47", "60") if amount in mail.subject]


def test_another_amount_for_the_same_day_is_another_letter(app: Flask) -> None:
    mandate = make_mandate(first_due_on=today() + dt.timedelta(days=16))
    debits.plan_and_announce()
    day = the_instalment(mandate).announced_for
    debits.change_debit_amount(mandate.plan_id, Money(6_000), by=None)
    debits.plan_and_announce()
    assert the_instalment(mandate).announced_for == day
    assert announced_amounts(mandate) == ["47", "60"]


def test_an_amount_changed_in_a_pause_is_what_is_taken_after_it(app: Flask) -> None:
    mandate = make_mandate(first_due_on=today() + SOON)
    debits.plan_and_announce()
    debits.pause_debits(mandate.plan_id, today() + dt.timedelta(days=90), by=None)
    debits.change_debit_amount(mandate.plan_id, Money(6_000), by=None)
    debits.resume_debits(mandate.plan_id, by=None)
    db.session.expire_all()
    instalment = the_instalment(mandate)
    assert (instalment.state, instalment.amount) == (InstalmentState.PLANNED, Money(6_000))


def test_a_plan_stopped_before_its_first_debit_came_stays_over(app: Flask, clock: object) -> None:
    mandate = make_mandate(first_due_on=today() + dt.timedelta(days=16))
    sent, by = collect(clock, mandate), make_accountant().id
    debits.end_mandate(mandate.id, reason="", by=by)
    debits.collection_credited(sent.id, sent.collect_on, by=by)
    assert mandate.plan.state is PlanState.ABANDONED
    assert [gift.state for gift in db.session.scalars(sa.select(Gift))] == [GiftState.SETTLED]


def test_a_pause_asked_for_before_the_first_debit_came_holds(app: Flask, clock: object) -> None:
    mandate = make_mandate(first_due_on=today() + dt.timedelta(days=16))
    sent, by = collect(clock, mandate), make_accountant().id
    debits.pause_debits(mandate.plan_id, sent.collect_on + dt.timedelta(days=60), by=by)
    debits.collection_credited(sent.id, sent.collect_on, by=by)
    assert mandate.plan.state is PlanState.PAUSED
    assert mandate.plan.started_on == sent.collect_on


def test_a_file_that_never_went_asks_for_nothing_within_a_pause(app: Flask, clock: object) -> None:
    mandate, by = make_mandate(first_due_on=today() + dt.timedelta(days=16)), make_accountant().id
    debits.plan_and_announce()
    day = the_instalment(mandate).announced_for
    assert day is not None
    made = debits.make_collection(day, by=by, form_token=token())
    debits.pause_debits(mandate.plan_id, day + dt.timedelta(days=60), by=by)
    debits.withdraw_collection(made.id, reason="wrong day", by=by)
    assert the_instalment(mandate).state is InstalmentState.CANCELLED


def in_another_thread(app: Flask, act: object) -> threading.Thread:
    def run() -> None:
        with app.app_context():
            try:
                act()  # type: ignore[operator]
            finally:
                db.session.remove()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_what_stands_in_the_file_is_what_the_debit_says(
    real: Flask,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mandate, by = make_mandate(first_due_on=today() + dt.timedelta(days=16)), make_accountant().id
    debits.plan_and_announce()
    plan_id, day = mandate.plan_id, the_instalment(mandate).announced_for
    assert day is not None
    changing: list[threading.Thread] = []

    def written(*given: object) -> bytes:
        changing.append(
            in_another_thread(
                real, lambda: debits.change_debit_amount(plan_id, Money(6_000), by=None)
            )
        )
        changing[0].join(BLOCKED_FOR)
        return write_collection(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(f"{collecting.__name__}.write_collection", written)
    debits.make_collection(day, by=by, form_token=token())
    changing[0].join(THREADS_WAIT)
    db.session.expire_all()
    attempt = db.session.scalars(sa.select(CollectionAttempt)).one()
    instalment = db.session.get_one(Instalment, attempt.instalment_id)
    assert (instalment.state, instalment.amount) == (InstalmentState.COLLECTING, attempt.amount)


def test_a_debit_refused_while_the_file_is_credited_is_no_gift_in_the_end(
    real: Flask,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mandate, by = make_mandate(first_due_on=today() + dt.timedelta(days=16)), make_accountant().id
    sent = collect(None, mandate)
    name, settle, refusing = sent.attempts[0].end_to_end, crediting._settle, []

    def settled(attempt: CollectionAttempt, on: dt.date) -> None:
        refusing.append(
            in_another_thread(real, lambda: debits.debit_came_back(name, "AM04", on=today(), by=by))
        )
        refusing[0].join(BLOCKED_FOR)
        settle(attempt, on)

    monkeypatch.setattr(crediting, "_settle", settled)
    debits.collection_credited(sent.id, sent.collect_on, by=by)
    refusing[0].join(THREADS_WAIT)
    db.session.expire_all()
    attempt = db.session.scalars(sa.select(CollectionAttempt)).one()
    assert attempt.state is AttemptState.RETURNED
    assert db.session.scalars(sa.select(Gift)).one().state is GiftState.FAILED
    assert db.session.scalars(sa.select(Collection)).one().id == sent.id


def test_two_who_hand_in_the_same_answer_at_once_both_get_a_calm_one(
    real: Flask,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mandate, by = make_mandate(first_due_on=today() + dt.timedelta(days=16)), make_accountant().id
    sent = collect(None, mandate)
    answer = status_file((sent.attempts[0].end_to_end, "AM04"), about=sent.message_id)
    outcomes: list[bool] = []
    other: list[threading.Thread] = []

    def hand_in() -> None:
        outcomes.append(debits.read_bank_status("a.xml", answer, on=today(), by=by).seen_before)

    def read_while_the_other_does(content: bytes) -> StatusReport:
        if not other:
            other.append(in_another_thread(real, hand_in))
            other[0].join(THREADS_WAIT)
        return read_status(content)

    monkeypatch.setattr(coming_back, "read_status", read_while_the_other_does)
    hand_in()
    assert outcomes == [False, True]
    assert db.session.scalars(sa.select(BankStatus)).one().refused == 1

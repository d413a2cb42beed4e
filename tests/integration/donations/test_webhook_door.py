"""What comes in at the webhook's door, and what is kept of it."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from portal.core.db import db
from portal.donations.gateway import LivemodeMismatch, VerifiedEvent
from portal.donations.models import EventState, WebhookEvent
from tests.fakes.payments import FakePayments
from tests.integration.donations.conftest import Giver, knock
from tests.jobs import run_due_jobs
from tests.pages import PageClient


def kept() -> list[WebhookEvent]:
    db.session.expire_all()
    return db.session.query(WebhookEvent).all()


def test_a_signed_message_is_kept_once_and_its_job_queued(
    visitor: PageClient, payments: FakePayments
) -> None:
    body, headers = payments.event("payment_intent.succeeded", "pi_1")
    for _ in range(3):
        assert knock(visitor, body, headers).status == 200
    assert len(kept()) == 1
    waiting = "select count(*) from procrastinate_jobs where task_name = 'donations.process_event'"
    assert db.session.scalar(sa.text(waiting)) == 1


@pytest.mark.parametrize("header", ["", "forged", "t=1,v1=abc"])
def test_a_message_that_is_not_signed_is_refused_and_not_kept(
    visitor: PageClient, payments: FakePayments, header: str
) -> None:
    body, _headers = payments.event("payment_intent.succeeded", "pi_1")
    answer = knock(visitor, body, {"Stripe-Signature": header})
    assert answer.status == 400
    assert kept() == []


def test_a_signed_body_that_is_no_event_is_refused(
    visitor: PageClient, payments: FakePayments
) -> None:
    _body, headers = payments.event("x", "y")
    assert knock(visitor, b"\xff\xfe not json", headers).status == 400
    assert knock(visitor, b"[]", headers).status == 400
    assert kept() == []


class OtherWorld(FakePayments):
    """A provider that finds the message to be of the other world."""

    def verify(self, raw: bytes, header: str) -> VerifiedEvent:
        raise LivemodeMismatch("a live event at the test door")


def test_a_message_of_the_other_world_is_refused(
    visitor: PageClient, payments: FakePayments
) -> None:
    visitor.app.extensions["payments"] = OtherWorld()
    body, headers = payments.event("payment_intent.succeeded", "pi_1")
    assert knock(visitor, body, headers).status == 400
    assert kept() == []


def test_more_than_256_kb_is_not_read(visitor: PageClient, payments: FakePayments) -> None:
    body, headers = payments.event("payment_intent.succeeded", "pi_1", note="x" * 300_000)
    assert knock(visitor, body, headers).status == 413
    assert kept() == []


def test_a_type_nobody_knows_is_kept_and_ignored(
    visitor: PageClient, payments: FakePayments
) -> None:
    body, headers = payments.event("price.invented", "price_1")
    assert knock(visitor, body, headers).status == 200
    assert kept()[0].state == EventState.IGNORED
    assert run_due_jobs() == []


def test_a_payment_that_is_none_of_ours_is_ignored(giver: Giver) -> None:
    gift = giver.gives()
    session = giver.payments.session_of(gift.public_id)
    intent = giver.payments.donor_pays(session)
    from dataclasses import replace

    stranger = replace(giver.payments.payments[intent], reference="somebody-else")
    giver.payments.payments[intent] = stranger
    giver.is_told("payment_intent.succeeded", intent)
    assert kept()[0].state == EventState.IGNORED


def test_a_message_about_an_unknown_object_needs_somebody(giver: Giver) -> None:
    giver.is_told("payment_intent.succeeded", "pi_unknown")
    event = kept()[0]
    assert event.state == EventState.FAILED
    assert event.error.startswith("ObjectUnknown")


def test_an_upcoming_invoice_without_an_id_is_no_error(
    visitor: PageClient, payments: FakePayments
) -> None:
    body, headers = payments.event("invoice.upcoming", "")
    assert knock(visitor, body, headers).status == 200
    run_due_jobs()
    assert kept()[0].state == EventState.IGNORED


def test_the_body_is_kept_as_it_came(visitor: PageClient, payments: FakePayments) -> None:
    body, headers = payments.event("charge.succeeded", "ch_1", payment_intent="pi_9")
    knock(visitor, body, headers)
    assert kept()[0].body == json.loads(body)

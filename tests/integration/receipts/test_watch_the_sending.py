"""The accountant sees the sending of a year: under way, done, stopped; pressed twice it goes once."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.core.mail import MailState, OutboxMail
from portal.receipts import tasks
from portal.receipts.models import BatchState, PostBatch, Sending, SendingState
from portal.receipts.queries.sendings import open_sending
from portal.receipts.services import ask_for_delivery, deliver_some
from portal.receipts.services.sending import NothingToSend
from tests.factories.people import make_donor
from tests.factories.receipts import NOW, make_receipt
from tests.jobs import run_due_jobs
from tests.pages import PageClient

DELIVERY = "/office/receipts/2025/delivery"
MAILS = "/office/receipts/2025/mails"


def test_the_page_says_how_far_the_sending_is_and_how_it_ended(accountant: PageClient) -> None:
    make_receipt()
    assert accountant.get(DELIVERY).has("Send 1 receipt")
    working = accountant.follow(accountant.post(MAILS))
    assert "data-look-again" in working.html
    assert working.has("The receipts are being sent")
    assert working.has("0 of 1")
    assert MAILS not in working.links()
    run_due_jobs()
    done = accountant.get(DELIVERY)
    assert done.has("Finished on Nov 22, 2026")
    assert done.has("1 e-mail has left")
    assert "data-look-again" not in done.html


def test_pressed_twice_it_is_sent_once(accountant: PageClient) -> None:
    make_receipt()
    accountant.post(MAILS)
    assert accountant.follow(accountant.post(MAILS)).has("nothing is sent twice")
    assert run_due_jobs().count("receipts.deliver_year") == 1
    assert accountant.follow(accountant.post(MAILS)).has("Nothing waits to be sent by e-mail.")
    assert db.session.scalars(sa.select(Sending.done)).all() == [1]
    with pytest.raises(NothingToSend):
        ask_for_delivery(2025, by=None, at=NOW)


def test_two_people_who_press_at_once_begin_one_sending(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_receipt()
    blind = [None, None]  # each looks before the other has begun
    monkeypatch.setattr(
        "portal.receipts.services.sending.open_sending",
        lambda year: blind.pop() if blind else open_sending(year),
    )
    asked = [ask_for_delivery(2025, by=None, at=NOW) for _ in range(2)]
    assert [begins for _sending, begins in asked] == [True, False]
    assert len({sending.id for sending, _begins in asked}) == 1


def test_what_fails_three_times_stops_and_says_why(
    app: Flask, accountant: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_receipt()
    sending, begins = tasks.begin_delivery(2025, by=accountant.account.id, at=NOW)

    def no_room(*_told: object, **_more: object) -> None:
        raise OSError("no room")

    with monkeypatch.context() as broken:
        broken.setattr("portal.receipts.services.delivering.mail.post", no_room)
        for _ in range(2):
            with pytest.raises(OSError, match="no room"):
                tasks.deliver_year(sending.id)
        tasks.deliver_year(sending.id)
    db.session.refresh(sending)
    assert (begins, sending.state, sending.done) == (True, SendingState.FAILED, 0)
    page = accountant.get(DELIVERY)
    assert page.has("The sending stopped on")
    assert page.has("OSError")
    again, begins = ask_for_delivery(2025, by=None, at=NOW)
    assert begins
    assert (deliver_some(again.id, NOW), deliver_some(again.id, NOW)) == (1, 0)


def test_an_email_no_server_takes_is_named(accountant: PageClient) -> None:
    receipt = make_receipt()
    accountant.post(MAILS)
    run_due_jobs(only="receipts.deliver_year")
    letter = db.session.scalars(sa.select(OutboxMail)).one()
    letter.state, letter.error = MailState.FAILED, "ConnectionRefusedError"
    db.session.commit()
    page = accountant.get(DELIVERY)
    assert page.has("1 e-mail could not be handed over")
    assert page.has("ConnectionRefusedError")
    assert f"/office/receipts/{receipt.public_id}" in page.links()


def test_a_sending_whose_worker_is_gone_is_taken_up(
    accountant: PageClient, clock: FrozenClock
) -> None:
    make_receipt()
    accountant.post(MAILS)
    db.session.execute(sa.text("delete from procrastinate_jobs"))
    db.session.commit()
    assert not accountant.get(DELIVERY).has("Take it up again")
    clock.instant += dt.timedelta(minutes=3)
    assert accountant.get(DELIVERY).has("Take it up again")
    accountant.post(f"{MAILS}/again")
    assert "receipts.deliver_year" in run_due_jobs()


def test_letters_are_taken_up_again_only_when_they_stand_still(
    accountant: PageClient, clock: FrozenClock
) -> None:
    make_receipt(make_donor(email=""))
    accountant.post("/office/receipts/2025/letters", {"form_token": "one"})
    page = accountant.get(DELIVERY)
    assert page.has("Letters printed")
    assert not page.has("Take it up again")
    clock.instant += dt.timedelta(minutes=3)
    assert accountant.get(DELIVERY).has("Take it up again")
    batch = db.session.scalars(sa.select(PostBatch)).one()
    batch.state, clock.instant = BatchState.FAILED, NOW
    db.session.commit()
    assert accountant.get(DELIVERY).has("Take it up again")

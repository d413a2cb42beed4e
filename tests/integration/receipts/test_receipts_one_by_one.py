"""A receipt for one gift: asked for, or after each gift by preference; never two for one euro."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core.clock import FrozenClock
from portal.core.db import db, transaction
from portal.core.mail import OutboxMail
from portal.donations import events
from portal.donations.codes import GiftMode
from portal.receipts.models import Channel, Receipt, ReceiptTiming
from portal.receipts.rules.waiting import Waits
from portal.receipts.services import (
    GiftAlreadyReceipted,
    GiftMustWait,
    issue_asked_for,
    issue_receipt,
    issue_those_due,
    set_preference,
)
from tests.factories.people import make_donor
from tests.factories.receipts import NOW, make_received_gift, plain_paper
from tests.jobs import run_due_jobs
from tests.pages import PageClient

THIS_YEAR = dt.date(2026, 5, 5)


def _single(gift_id: int) -> Receipt:
    return issue_asked_for(gift_id, at=NOW, by=None, printer=plain_paper)


def test_one_gift_gets_its_receipt_and_the_annual_one_covers_the_rest(app: Flask) -> None:
    donor = make_donor()
    asked = make_received_gift(donor, on=THIS_YEAR, amount_minor=4700)
    make_received_gift(donor, on=THIS_YEAR, amount_minor=1000)
    make_received_gift(donor, on=THIS_YEAR, amount_minor=2000)
    single = _single(asked.id)
    assert (single.kind, single.amount_minor) == ("single", 4700)
    with pytest.raises(GiftAlreadyReceipted):
        _single(asked.id)
    annual = issue_receipt(donor.id, 2026, at=NOW, printer=plain_paper)
    assert annual is not None
    assert (annual.kind, annual.amount_minor) == ("annual", 3000)


@pytest.mark.parametrize(
    ("donor", "gift", "waits"),
    [
        ({"city": ""}, {}, Waits.DETAILS),
        ({}, {"mode": GiftMode.SEPA, "on": dt.date(2026, 10, 1)}, Waits.RETURN_WINDOW),
        ({}, {"state": "disputed"}, Waits.DISPUTED),
    ],
)
def test_a_gift_that_must_wait_gets_none_and_says_why(
    app: Flask, donor: dict[str, str], gift: dict[str, object], waits: Waits
) -> None:
    made = make_received_gift(make_donor(**donor), **({"on": THIS_YEAR} | gift))
    with pytest.raises(GiftMustWait) as refusal:
        _single(made.id)
    assert refusal.value.wait.what is waits


def test_she_makes_the_receipt_of_a_gift_herself(sponsor: PageClient) -> None:
    donor = sponsor.account.donor
    assert donor is not None
    gift = make_received_gift(donor, on=THIS_YEAR)
    assert sponsor.get("/me/receipts").has("1 gift, €50.00: nothing is missing.")
    page = sponsor.follow(sponsor.post(f"/me/receipts/gift/{gift.public_id}"))
    assert page.has("is ready.")
    assert page.has("R2026-000001")
    assert not page.has("Make the receipt now")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) == 0


def test_what_is_missing_leads_to_the_field_and_a_stranger_s_gift_is_not_there(
    sponsor: PageClient,
) -> None:
    donor = sponsor.account.donor
    assert donor is not None
    donor.city = ""
    gift, foreign = make_received_gift(donor, on=THIS_YEAR), make_received_gift(make_donor())
    page = sponsor.get("/me/receipts")
    assert page.has("The address is incomplete: street, postcode and city are needed.")
    assert "/me/profile#address1" in page.links()
    after = sponsor.follow(sponsor.post(f"/me/receipts/gift/{gift.public_id}"))
    assert after.has("The address is incomplete")
    assert sponsor.post(f"/me/receipts/gift/{foreign.public_id}").status == 404


def test_with_a_receipt_after_each_gift_the_job_makes_and_sends_it(
    app: Flask, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    donor = make_donor()
    before = make_received_gift(donor, on=dt.date(2026, 11, 20))
    set_preference(donor.id, ReceiptTiming.EACH, Channel.MAIL, at=NOW, by=None)
    gift = make_received_gift(donor, on=dt.date(2026, 11, 22))
    debit = make_received_gift(donor, on=dt.date(2026, 11, 22), mode=GiftMode.SEPA)
    assert issue_those_due(NOW, printer=plain_paper) == 1
    assert issue_those_due(NOW, printer=plain_paper) == 0
    (receipt,) = db.session.scalars(sa.select(Receipt))
    assert receipt.amount_minor == gift.amount_minor
    (letter,) = db.session.scalars(sa.select(OutboxMail))
    assert receipt.number in letter.text
    assert issue_those_due(NOW + dt.timedelta(weeks=9), printer=plain_paper) == 1
    assert before.id != debit.id


def test_a_settled_gift_queues_the_job_only_for_who_wants_one_after_each(app: Flask) -> None:
    each, annual = make_donor(), make_donor()
    set_preference(each.id, ReceiptTiming.EACH, Channel.MAIL, at=NOW, by=None)
    for donor in (annual, each):
        with transaction():
            events.gift_settled.send(make_received_gift(donor))
    waiting = sa.text("select task_name from procrastinate_jobs where status = 'todo'")
    assert list(db.session.scalars(waiting)).count("receipts.singles") == 1
    assert run_due_jobs(only="receipts.singles") == ["receipts.singles"]


def test_she_chooses_when_and_how(sponsor: PageClient) -> None:
    assert sponsor.get("/me/receipts").has("one receipt for the whole year")
    chosen = {"timing": "each", "channel": "account"}
    page = sponsor.follow(sponsor.post("/me/receipts/preference", chosen))
    assert page.has("a receipt after each gift")
    assert page.has("in the account only")
    assert page.has("You get one after each gift, as you asked.")
    assert not page.has("Your receipt for a year comes at the beginning of the next.")
    assert sponsor.post("/me/receipts/preference", {"timing": "never"}).status == 422


def test_the_office_chooses_for_her_and_cannot_choose_an_account_she_has_not(
    accountant: PageClient,
) -> None:
    donor = make_donor()
    path = f"/office/receipts/donors/{donor.public_id}"
    refused = accountant.post(path, {"timing": "annual", "channel": "account"})
    assert refused.status == 422
    assert refused.has("This donor has not opened an account.")
    assert accountant.post(path, {"timing": "annual", "channel": "post"}).status == 303
    page = accountant.get(f"/office/donors/{donor.public_id}")
    assert page.has("How receipts are sent: by e-mail → by post")
    assert not page.has("When receipts are made")

"""The link in the mail: one receipt, no password, for two months."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core import documents
from portal.core.clock import FrozenClock
from portal.core.db import db, transaction
from portal.core.mail import OutboxMail
from portal.core.mail.delivery import message_of
from portal.receipts.models import Receipt
from portal.receipts.services import cancel_receipt, deliver
from portal.receipts.services.links import new_link
from tests.factories.people import make_donor
from tests.factories.receipts import NOW, make_receipt
from tests.pages import PageClient


def _path(receipt: Receipt) -> str:
    with transaction():
        return "/" + new_link(receipt, NOW).split("/", 3)[3]


@pytest.fixture
def receipt(app: Flask) -> Receipt:
    return make_receipt(make_donor(language="en"))


def test_the_link_shows_this_receipt_and_hands_it_out(
    visitor: PageClient, receipt: Receipt
) -> None:
    path = _path(receipt)
    page = visitor.get(path)
    assert page.has(receipt.number)
    assert page.response.headers["Referrer-Policy"] != "unsafe-url"
    answer = visitor.post(path).response
    assert answer.data == documents.read(receipt.document)


def test_looking_changes_nothing_taking_is_noted_once(
    visitor: PageClient, receipt: Receipt
) -> None:
    deliver(receipt, NOW)
    path = _path(receipt)
    visitor.get(path)
    opened = sa.text("select count(*) from receipt_delivery where opened_at is not null")
    assert db.session.scalar(opened) == 0
    visitor.post(path)
    assert db.session.scalar(opened) == 1


def test_an_old_link_offers_a_new_one(
    visitor: PageClient, receipt: Receipt, clock: FrozenClock
) -> None:
    path = _path(receipt)
    clock.instant += dt.timedelta(days=61)
    assert visitor.get(path).has("This link is too old")
    assert visitor.post(path).status == 303
    for _ in range(2):
        assert visitor.post(f"{path}/again").status == 303
    (letter,) = db.session.scalars(sa.select(OutboxMail))
    assert letter.recipient == receipt.donor.email
    fresh = "/" + letter.text.split("http", 1)[1].split("/", 3)[3].split()[0]
    assert visitor.get(fresh).has(receipt.number)


def test_the_link_of_a_cancelled_receipt_or_of_another_address_opens_nothing(
    visitor: PageClient, receipt: Receipt
) -> None:
    first = _path(receipt)
    receipt.donor.email = "new@example.org"
    db.session.commit()
    assert visitor.get(first).status == 404
    second = _path(receipt)
    cancel_receipt(receipt.id, reason="wrong", by=None, at=NOW)
    assert visitor.get(second).status == 404
    assert visitor.post(second).status == 404
    assert visitor.get("/en/receipt/guessed").has("We do not find this receipt")


def test_the_paper_itself_travels_only_when_the_settings_say_so(
    app: Flask, receipt: Receipt
) -> None:
    deliver(receipt, NOW)
    (plain,) = db.session.scalars(sa.select(OutboxMail))
    assert plain.attachment is None
    before = app.extensions["settings"]
    organisation = replace(before.organisation, receipts_by_mail="attachment")
    app.extensions["settings"] = replace(before, organisation=organisation)
    try:
        other = make_receipt()
        deliver(other, NOW)
    finally:
        app.extensions["settings"] = before
    chosen = sa.select(OutboxMail).where(OutboxMail.recipient == other.donor.email)
    letter = db.session.scalars(chosen).one()
    (paper,) = message_of(letter, "PSE <bonjour@example.org>").iter_attachments()
    assert paper.get_content() == documents.read(other.document)

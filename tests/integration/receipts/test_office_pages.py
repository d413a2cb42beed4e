"""The accountant issues, reads, cancels, replaces, downloads and tells the donors."""

from __future__ import annotations

import zipfile
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounts.models import AccountSession
from portal.core import audit, documents, exports
from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.donations.rules.gift import GiftState
from portal.receipts.models import Receipt, ReceiptRun, ReceiptState, RunState
from portal.receipts.queries.register import gifts_on, receipts_of
from tests.factories.people import make_donor
from tests.factories.receipts import make_receipt, make_received_gift
from tests.jobs import run_due_jobs
from tests.pages import PageClient

OFFICE = "/office/receipts"


def test_the_year_shows_what_waits_and_who_is_blocked(accountant: PageClient) -> None:
    make_received_gift(make_donor())
    blocked = make_donor(first_name="Odile", address1="")
    make_received_gift(blocked, amount_minor=1200)
    page = accountant.get(OFFICE)
    assert page.heading == "Tax receipts of 2025"
    assert page.has("1 donor cannot be given a receipt yet")
    assert not page.has("Odile")  # the work list names who it is
    assert f"{OFFICE}/blocked?year=2025&reason=incomplete_address" in page.links()
    assert f"{OFFICE}/2025/run" in page.links()


def test_an_empty_year_says_so(accountant: PageClient) -> None:
    page = accountant.get(f"{OFFICE}?year=2019")
    assert page.has("No gift of 2019 waits for a receipt")


def test_issuing_asks_first_then_shows_how_far_it_is(accountant: PageClient) -> None:
    make_received_gift(make_donor())
    asked = accountant.get(f"{OFFICE}/2025/run")
    assert asked.has("Issue 1 receipt")
    assert db.session.scalar(sa.select(sa.func.count(ReceiptRun.id))) == 0
    begun = accountant.post(f"{OFFICE}/2025/run")
    assert begun.status == 303
    working = accountant.follow(begun)
    assert "data-look-again" in working.html
    assert working.has("Being prepared")
    run_due_jobs()
    done = accountant.get(OFFICE)
    assert "data-look-again" not in done.html
    assert done.has("The run finished on Nov 22, 2026")
    assert done.has("1 receipt waits to be sent or printed.")
    assert f"{OFFICE}/2025/delivery" in done.links()
    assert done.has("Cerfa 11580*05: 1 receipt, €50.00")
    assert db.session.scalars(sa.select(ReceiptRun.started_by)).all() == [accountant.account.id]


def test_a_year_that_is_not_over_needs_a_tick(accountant: PageClient, clock: FrozenClock) -> None:
    make_received_gift(make_donor(), on=clock.now().date())
    assert accountant.post(f"{OFFICE}/2026/run").status == 422
    assert accountant.post(f"{OFFICE}/2026/run", {"confirmed": "y"}).status == 303


def test_a_run_that_stands_still_can_be_taken_up_again(
    accountant: PageClient, clock: FrozenClock
) -> None:
    make_received_gift(make_donor())
    accountant.post(f"{OFFICE}/2025/run")
    clock.instant += timedelta(minutes=3)
    page = accountant.get(OFFICE)
    assert page.has("Take it up again")
    run = db.session.scalars(sa.select(ReceiptRun)).one()
    assert run.state is RunState.RUNNING


@pytest.mark.parametrize("words", ["number", "donor", "ref"])
def test_the_register_is_searched_sorted_and_exported(accountant: PageClient, words: str) -> None:
    receipt, other = make_receipt(make_donor(last_name="Éxemplaire")), make_receipt()
    query = {"number": receipt.number, "donor": "exemplaire", "ref": receipt.donor.ref}[words]
    page = accountant.get(f"{OFFICE}/register?q={query}&sort=amount&dir=asc&year=2025")
    assert page.has(receipt.number)
    assert not page.has(other.number)
    csv = accountant.get(f"{OFFICE}/register?q={query}&format=csv")
    assert receipt.number in csv.html
    assert other.number not in csv.html


def test_a_receipt_shows_its_snapshot_and_its_paper(accountant: PageClient) -> None:
    receipt = make_receipt(make_donor(city="Nantes"))
    receipt.donor.city = "Rennes"
    db.session.commit()
    page = accountant.get(f"{OFFICE}/{receipt.public_id}")
    assert page.heading == f"Receipt {receipt.number}"
    assert page.has("78000 Nantes")
    assert page.has(receipt.sha256)
    shown = accountant.get(f"{OFFICE}/{receipt.public_id}.pdf").response
    assert shown.headers["Content-Disposition"] == f"inline; filename={receipt.number}.pdf"
    assert shown.data == documents.read(receipt.document)
    kept = accountant.get(f"{OFFICE}/{receipt.public_id}.pdf?download=1").response
    assert kept.headers["Content-Disposition"].startswith("attachment;")


def test_a_duplicate_is_the_same_paper_and_is_written_down(accountant: PageClient) -> None:
    receipt = make_receipt()
    answer = accountant.post(f"{OFFICE}/{receipt.public_id}/duplicate").response
    assert answer.data == documents.read(receipt.document)
    newest = audit.history(f"receipt:{receipt.number}")[0]
    assert (newest.action, newest.actor_id) == ("receipt.duplicate", accountant.account.id)


def test_a_receipt_is_cancelled_with_a_reason(accountant: PageClient) -> None:
    receipt = make_receipt()
    path = f"{OFFICE}/{receipt.public_id}/cancel"
    assert accountant.get(path).status == 200
    assert accountant.post(path, {"reason": " "}).status == 422
    done = accountant.post(path, {"reason": "Wrong person"})
    assert done.status == 303
    assert receipt.state is ReceiptState.CANCELLED
    assert receipt.cancelled_by == accountant.account.id
    page = accountant.get(f"{OFFICE}/{receipt.public_id}")
    assert page.has("Wrong person")
    assert accountant.post(path, {"reason": "again"}).status == 303


def test_a_receipt_is_replaced_with_a_real_paper(accountant: PageClient) -> None:
    receipt = make_receipt(amount_minor=9000)
    gift = gifts_on(receipt.id)[0].gift
    gift.refunded_minor, gift.state = 1000, GiftState.PARTIALLY_REFUNDED
    db.session.commit()
    listed = accountant.get(OFFICE)
    assert listed.has("1 receipt to correct")
    done = accountant.post(f"{OFFICE}/{receipt.public_id}/replace", {"reason": "Refund"})
    assert done.status == 303
    new, old = receipts_of(receipt.donor_id)
    assert (new.amount_minor, new.replaces_id) == (8000, old.id)
    assert documents.read(new.document).startswith(b"%PDF-")
    assert accountant.follow(done).has(old.number)


def test_a_replacement_that_cannot_be_made_says_why(accountant: PageClient) -> None:
    receipt = make_receipt()
    receipt.donor.address1 = ""
    db.session.commit()
    path = f"{OFFICE}/{receipt.public_id}/replace"
    page = accountant.post(path, {"reason": "x"})
    assert page.status == 422
    assert page.has("The address is incomplete")
    assert receipt.state is ReceiptState.ISSUED


@pytest.mark.parametrize("act", ["cancel", "replace"])
def test_undoing_a_receipt_asks_for_the_password_again(
    accountant: PageClient, clock: FrozenClock, act: str
) -> None:
    receipt = make_receipt()
    old = clock.now() - timedelta(minutes=20)
    db.session.execute(sa.update(AccountSession).values(authenticated_at=old))
    db.session.commit()
    answer = accountant.post(f"{OFFICE}/{receipt.public_id}/{act}", {"reason": "x"})
    assert answer.status == 302
    assert receipt.state is ReceiptState.ISSUED


def test_the_files_of_the_year(accountant: PageClient) -> None:
    first, second = make_receipt(), make_receipt()

    page = accountant.get(f"{OFFICE}?year=2025")

    for code in ("register", "receipts", "auditor"):
        assert f"/office/exports/new/{code}?year=2025" in page.links()
    archive = exports.make_now(exports.kind_of("receipts"), 2025, "zip")
    with exports.hand_out(archive, by=None) as content, zipfile.ZipFile(content) as bundle:
        assert bundle.namelist() == ["register.csv", f"{first.number}.pdf", f"{second.number}.pdf"]
        assert bundle.read(f"{first.number}.pdf") == documents.read(first.document)
        rows = bundle.read("register.csv").decode("utf-8-sig").splitlines()
    assert [row.split(";")[0] for row in rows[1:]] == [first.number, second.number]
    moved = accountant.get(f"{OFFICE}/2025/register.csv").location
    assert moved.endswith("/office/exports/new/register?year=2025")


def test_the_blocked_are_a_list_to_download(accountant: PageClient) -> None:
    donor = make_donor(city="", email="odile@example.org")
    make_received_gift(donor)
    text = accountant.follow(accountant.get(f"{OFFICE}/2025/blocked.csv")).html
    assert donor.ref in text
    assert "odile@example.org" in text


@pytest.mark.parametrize(
    "path",
    ["", "/register", "/2025/run", "/2025/delivery", "/2025/receipts.zip", "/2025/blocked.csv"],
)
@pytest.mark.parametrize("who", ["sponsor", "matcher", "field_officer", "editor"])
def test_receipts_are_for_accountants(
    app: Flask, request: pytest.FixtureRequest, who: str, path: str
) -> None:
    make_receipt()
    browser: PageClient = request.getfixturevalue(who)
    assert browser.get(OFFICE + path).status == 404


def test_nobody_else_sees_or_cancels_a_receipt(
    matcher: PageClient, sponsor: PageClient, visitor: PageClient
) -> None:
    receipt = make_receipt()
    for browser in (matcher, sponsor):
        assert browser.get(f"{OFFICE}/{receipt.public_id}").status == 404
        assert browser.get(f"{OFFICE}/{receipt.public_id}.pdf").status == 404
        assert browser.post(f"{OFFICE}/{receipt.public_id}/cancel", {"reason": "x"}).status == 404
    assert visitor.get(f"{OFFICE}/{receipt.public_id}.pdf").status == 302
    assert db.session.get_one(Receipt, receipt.id).state is ReceiptState.ISSUED


def test_the_page_of_a_donor_shows_receipts_to_accountants_only(
    accountant: PageClient, matcher: PageClient
) -> None:
    receipt = make_receipt()
    path = f"/office/donors/{receipt.donor.public_id}"
    assert accountant.get(path).has(receipt.number)
    assert not matcher.get(path).has(receipt.number)

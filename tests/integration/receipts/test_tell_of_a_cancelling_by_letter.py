"""A donor without e-mail is told by letter that her receipt is cancelled: one by one, or with the others."""

from __future__ import annotations

import subprocess

import sqlalchemy as sa

from portal.core.db import db
from portal.receipts.models import CancelNotice, PostBatch, Receipt
from portal.receipts.services import cancel_receipt
from portal.receipts.services.notice_letters import paper_of_notice
from tests.factories.people import make_donor
from tests.factories.receipts import NOW, make_receipt
from tests.jobs import run_due_jobs
from tests.pages import PageClient

OFFICE = "/office/receipts"


def _cancelled(**donor: object) -> Receipt:
    receipt = make_receipt(make_donor(email="", **donor))
    return cancel_receipt(receipt.id, reason="The gift was refunded", by=None, at=NOW)


def _words(receipt: Receipt) -> str:
    told = ["pdftotext", "-layout", "-", "-"]
    read = subprocess.run(told, input=paper_of_notice(receipt.id), capture_output=True, check=True)
    return " ".join(read.stdout.decode().split())


def test_the_letter_is_printed_from_the_receipt_and_counts_as_sent(accountant: PageClient) -> None:
    receipt = _cancelled(language="en", address1="3 rue du Bac", postcode="75007", city="Paris")
    page = f"{OFFICE}/{receipt.public_id}"
    assert accountant.get(page).has("a letter is to be posted")
    shown = accountant.follow(accountant.post(f"{page}/notice"))
    assert shown.has("The donor was told by post on November 22, 2026.")
    assert f"{page}/notice.pdf" in shown.links()
    first = accountant.get(f"{page}/notice.pdf").response.data
    accountant.post(f"{page}/notice")
    assert accountant.get(f"{page}/notice.pdf").response.data == first
    words = _words(receipt)
    for said in (receipt.number, "3 rue du Bac", "75007 Paris", "The gift was refunded",
                 "€50.00", "article 1740 A", "correct that tax return"):  # fmt: skip
        assert said in words
    assert not accountant.get(f"{OFFICE}/corrections").has("Letters to post")


def test_letters_about_cancelled_receipts_go_with_the_others(accountant: PageClient) -> None:
    receipt = _cancelled()
    assert accountant.get(f"{OFFICE}/2025/delivery").has("1 donor without e-mail is told by letter")
    accountant.post(f"{OFFICE}/2025/letters", {"form_token": "one"})
    assert not accountant.get(f"{OFFICE}/corrections").has("Letters to post")
    run_due_jobs(only="receipts.print_letters")
    batch = db.session.scalars(sa.select(PostBatch)).one()
    notice = db.session.get_one(CancelNotice, receipt.id)
    assert (batch.state.value, batch.total, notice.position) == ("printed", 1, 1)
    assert notice.posted_at == NOW
    listed = accountant.get(f"{OFFICE}/letters/{batch.public_id}.csv").html
    assert f"1;1;1;{receipt.number}" in listed
    assert "Notice of a cancelled receipt" in listed


def test_without_a_postal_address_the_letter_waits(accountant: PageClient) -> None:
    receipt = _cancelled()
    receipt.donor.address1 = ""
    db.session.commit()
    assert accountant.get(f"{OFFICE}/corrections").has("Complete the address")
    page = f"{OFFICE}/{receipt.public_id}"
    assert accountant.follow(accountant.post(f"{page}/notice")).has("has no complete address")
    assert db.session.get_one(CancelNotice, receipt.id).posted_at is None


def test_no_letter_is_due_when_the_donor_was_told_by_email(
    accountant: PageClient, matcher: PageClient
) -> None:
    receipt = make_receipt()
    assert accountant.post(f"{OFFICE}/{receipt.public_id}/notice").status == 404
    cancel_receipt(receipt.id, reason="wrong", by=None, at=NOW)
    assert accountant.post(f"{OFFICE}/{receipt.public_id}/notice").status == 404
    assert accountant.get(f"{OFFICE}/{receipt.public_id}").has("The donor was told by e-mail.")
    assert matcher.post(f"{OFFICE}/{receipt.public_id}/notice").status == 404

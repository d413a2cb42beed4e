"""A lost receipt: the very same file again, and a sheet of its own that says DUPLICATA."""

from __future__ import annotations

from flask import Flask

from portal.core import documents
from portal.core.db import db
from portal.receipts.models import DuplicateKind
from portal.receipts.queries.handed_out import handed_out
from portal.receipts.queries.register import duplicates_of
from portal.receipts.services import (
    Standing,
    cancel_receipt,
    deliver,
    note_opened,
    print_sheet,
    verify_file,
)
from portal.receipts.services.links import new_link
from tests.factories.people import make_donor
from tests.factories.receipts import NOW, make_receipt
from tests.pages import PageClient


def test_the_duplicate_is_the_very_file_and_it_is_written_down_for_whom(
    accountant: PageClient,
) -> None:
    receipt = make_receipt()
    page = f"/office/receipts/{receipt.public_id}/duplicate"
    assert accountant.get(page).has("It has never been handed out again.")
    answer = accountant.post(page, {"recipient": "Her notary"}).response
    assert answer.data == documents.read(receipt.document)
    (given,) = duplicates_of(receipt.id)
    assert (given.kind, given.recipient) == (DuplicateKind.COPY, "Her notary")
    assert (given.at, given.by_id) == (NOW, accountant.account.id)
    assert accountant.get(page).has("Her notary")
    assert accountant.get(f"/office/receipts/{receipt.public_id}").has("Duplicate handed out")


def test_what_she_takes_the_first_time_is_the_original_and_then_a_duplicate(
    sponsor: PageClient,
) -> None:
    receipt = make_receipt(sponsor.account.donor)
    path = f"/me/receipts/{receipt.public_id}.pdf"
    assert not sponsor.get("/me/receipts").has("Download again (duplicate)")
    original = sponsor.post(path).response
    assert not duplicates_of(receipt.id)
    page = sponsor.get("/me/receipts")
    assert page.has("Download again (duplicate)")
    again = sponsor.post(path).response
    assert again.data == original.data == documents.read(receipt.document)
    assert again.headers["Content-Disposition"].endswith(f"{receipt.number}-duplicata.pdf")
    (given,) = duplicates_of(receipt.id)
    assert (given.by_id, given.recipient) == (sponsor.account.id, receipt.donor.name)


def test_who_has_no_e_mail_is_told_of_a_replaced_receipt_by_letter(accountant: PageClient) -> None:
    pages = {
        address: accountant.get(f"/office/receipts/{receipt.public_id}/replace")
        for address in (None, "her@example.org")
        for receipt in [make_receipt(make_donor(email=address))]
    }
    assert pages[None].has("who has no e-mail address, is told by a letter")
    assert pages["her@example.org"].has("The donor is told by e-mail.")


def test_the_link_of_her_mail_is_the_original_however_often_she_opens_it(
    sponsor: PageClient, visitor: PageClient
) -> None:
    receipt = make_receipt(sponsor.account.donor)
    link = new_link(receipt, NOW).removeprefix("http://localhost")
    for _time in range(3):
        assert visitor.post(link).response.data == documents.read(receipt.document)
    assert not duplicates_of(receipt.id)


def test_who_took_it_by_the_link_gets_a_duplicate_in_her_account(sponsor: PageClient) -> None:
    receipt = make_receipt(sponsor.account.donor)
    deliver(receipt, NOW)
    assert handed_out([receipt]) == {}  # a mail that was not opened hands nothing out
    note_opened(receipt, NOW)
    assert handed_out([receipt]) == {receipt.id: NOW}
    sponsor.post(f"/me/receipts/{receipt.public_id}.pdf")
    assert len(duplicates_of(receipt.id)) == 1


def test_her_sheet_is_made_when_she_asks_for_one(sponsor: PageClient) -> None:
    receipt = make_receipt(sponsor.account.donor)
    sheet = sponsor.post(f"/me/receipts/{receipt.public_id}/sheet.pdf").response
    assert verify_file(sheet.data).sheet


def test_the_sheet_is_another_file_that_is_known_as_what_it_is(
    app: Flask, visitor: PageClient
) -> None:
    receipt = make_receipt()
    sheet = print_sheet(receipt.id, by=None, at=NOW)
    assert sheet.startswith(b"%PDF")
    verdict = verify_file(sheet)
    assert (verdict.standing, verdict.sheet, verdict.receipt) == (Standing.VALID, True, receipt)
    assert verify_file(sheet + b"\n").standing is Standing.UNKNOWN
    cancel_receipt(receipt.id, reason="x", by=None, at=NOW)
    assert verify_file(sheet).standing is Standing.CANCELLED
    (given,) = duplicates_of(receipt.id)
    assert given.recipient == receipt.donor.name


def test_a_receipt_itself_is_no_sheet(app: Flask) -> None:
    receipt = make_receipt()
    verdict = verify_file(documents.read(receipt.document))
    assert (verdict.standing, verdict.sheet) == (Standing.VALID, False)
    assert db.session.query(type(receipt)).count() == 1

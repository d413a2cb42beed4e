"""A lost receipt: the very same file again, and a sheet of its own that says DUPLICATA."""

from __future__ import annotations

from flask import Flask

from portal.core import documents
from portal.core.db import db
from portal.receipts.models import DuplicateKind
from portal.receipts.queries.register import duplicates_of
from portal.receipts.services import Standing, cancel_receipt, print_sheet, verify_file
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

"""A file that says it is a receipt of ours: byte for byte, or not at all."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from flask import Flask

from portal.core import documents
from portal.receipts.models import Receipt
from portal.receipts.services import Standing, cancel_receipt, issue_receipt, verify_file
from portal.receipts.services.issuing import print_paper
from tests.factories.people import make_donor
from tests.factories.receipts import NOW, make_receipt, make_received_gift
from tests.pages import Page, PageClient


@pytest.fixture
def printed(app: Flask) -> Receipt:
    donor = make_donor()
    make_received_gift(donor)
    receipt = issue_receipt(donor.id, 2025, at=NOW, printer=print_paper)
    assert receipt is not None
    return receipt


def _saved_again(paper: bytes, change: Callable[[pikepdf.Pdf], None] = lambda _pdf: None) -> bytes:
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        change(pdf)
        pdf.save(written)
    return written.getvalue()


def _another_number(pdf: pikepdf.Pdf) -> None:
    with pdf.open_metadata() as metadata:
        metadata["dc:title"] = "Reçu fiscal n° R2025-999999"


def test_no_altered_file_is_ours(printed: Receipt) -> None:
    paper = documents.read(printed.document)
    assert verify_file(paper).standing is Standing.VALID
    middle = len(paper) // 2
    altered = {
        "one bit": paper[:middle] + bytes([paper[middle] ^ 1]) + paper[middle + 1 :],
        "bytes after the end": paper + b"\n% seen",
        "bytes cut off": paper[:-1],
        "saved again": _saved_again(paper),
        "another number": _saved_again(paper, _another_number),
        "empty": b"",
    }
    for how, content in altered.items():
        assert verify_file(content).standing is Standing.UNKNOWN, how


def _handed_in(content: bytes) -> dict[str, object]:
    return {"file": (io.BytesIO(content), "receipt.pdf")}


def _sent_as_it_is(content: bytes) -> dict[str, Any]:
    head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="receipt.pdf"\r\n\r\n'
    body = head + content + b"\r\n--edge--\r\n"
    return {"data": body, "content_type": "multipart/form-data; boundary=edge"}


def test_a_visitor_hands_in_the_file_and_learns_nothing_but_its_standing(
    visitor: PageClient,
) -> None:
    receipt = make_receipt()
    paper = documents.read(receipt.document)
    page = visitor.post("/en/verify", _handed_in(paper))
    assert page.has("This file is a receipt of ours, unaltered and valid")
    for secret in (receipt.number, receipt.donor.last_name, "50", "2025"):
        assert not page.has(secret), secret
    cancel_receipt(receipt.id, reason="secret reason", by=None, at=NOW)
    page = visitor.post("/en/verify", _handed_in(paper))
    assert page.has("This file is a receipt of ours, but it was cancelled")
    assert not page.has("secret reason")
    assert visitor.post("/en/verify", _handed_in(paper + b"x")).has("was changed")


def test_without_a_file_or_with_one_too_large_it_is_asked_for_again(visitor: PageClient) -> None:
    page = visitor.post("/en/verify")
    assert (page.status, page.has("Choose the file.")) == (422, True)
    page = Page(visitor.client.post("/en/verify", **_sent_as_it_is(b"x" * (5 * 1024 * 1024 + 1))))
    assert (page.status, page.has("5 MB at most")) == (422, True)

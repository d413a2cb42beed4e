"""The sponsor takes her own receipts; whoever holds a paper may check it."""

from __future__ import annotations

import pytest

from portal.core import documents
from portal.core.personal_data import everything_about
from portal.receipts.models import Receipt
from portal.receipts.queries.handed_out import handed_out
from portal.receipts.rules.register import readable_code
from portal.receipts.services import cancel_receipt, replace_receipt
from tests.factories.receipts import NOW, make_receipt, plain_paper
from tests.pages import PageClient


def _hers(sponsor: PageClient) -> Receipt:
    donor = sponsor.account.donor
    assert donor is not None
    return make_receipt(donor)


def test_she_finds_and_downloads_her_receipt(sponsor: PageClient) -> None:
    receipt = _hers(sponsor)
    page = sponsor.get("/me/receipts")
    assert page.has("2025")
    assert page.has(receipt.number)
    answer = sponsor.post(f"/me/receipts/{receipt.public_id}.pdf").response
    expected = f"attachment; filename=recu-fiscal-2025-{receipt.number}.pdf"
    assert answer.headers["Content-Disposition"] == expected
    assert answer.data == documents.read(receipt.document)


def test_another_ones_receipt_does_not_exist_for_her(
    sponsor: PageClient, other_sponsor: PageClient, visitor: PageClient
) -> None:
    receipt = _hers(sponsor)
    for act in (other_sponsor.get, other_sponsor.post):
        assert act(f"/me/receipts/{receipt.public_id}.pdf").status == 404
    assert other_sponsor.post(f"/me/receipts/{receipt.public_id}/sheet.pdf").status == 404
    assert not other_sponsor.get("/me/receipts").has(receipt.number)
    assert visitor.get(f"/me/receipts/{receipt.public_id}.pdf").status == 302


def test_looking_hands_nothing_out(sponsor: PageClient) -> None:
    receipt = _hers(sponsor)
    answer = sponsor.get(f"/me/receipts/{receipt.public_id}.pdf")
    assert (answer.status, answer.location) == (302, f"/me/receipts#{receipt.number}")
    assert handed_out([receipt]) == {}


def test_somebody_of_the_office_without_gifts_has_no_receipts(accountant: PageClient) -> None:
    receipt = make_receipt()
    assert accountant.get("/me/receipts").status == 200
    assert accountant.get(f"/me/receipts/{receipt.public_id}.pdf").status == 404


def test_a_cancelled_receipt_is_listed_but_not_handed_out(sponsor: PageClient) -> None:
    old = _hers(sponsor)
    new = replace_receipt(old.id, reason="x", by=None, at=NOW, printer=plain_paper)
    page = sponsor.get("/me/receipts")
    assert page.has("Please do not use it any more.")
    assert page.has(f"Receipt {new.number} takes its place.")
    assert sponsor.post(f"/me/receipts/{old.public_id}.pdf").status == 404
    assert sponsor.post(f"/me/receipts/{new.public_id}.pdf").status == 200


def test_without_receipts_the_page_says_when_they_come(sponsor: PageClient) -> None:
    assert sponsor.get("/me/receipts").has("No receipt yet")


def test_her_home_shows_the_newest_receipts(sponsor: PageClient) -> None:
    receipt = _hers(sponsor)
    assert f"/me/receipts#{receipt.number}" in sponsor.get("/me/").links()


def test_her_receipts_are_among_her_data(sponsor: PageClient) -> None:
    receipt = _hers(sponsor)
    (told,) = everything_about(receipt.donor_id)["receipts"]
    assert (told["number"], told["sha256"]) == (receipt.number, receipt.sha256)


@pytest.mark.parametrize("typed", ["{}", "{} ", "as printed"])
def test_a_code_tells_whether_a_paper_is_ours_and_nothing_else(
    visitor: PageClient, typed: str
) -> None:
    receipt = make_receipt()
    code = receipt.verify_code.lower() if "{}" in typed else readable_code(receipt.verify_code)
    page = visitor.get(f"/en/verify/{code}")
    assert page.status == 200
    assert page.has("This receipt is ours and valid")
    for secret in (receipt.number, receipt.donor.last_name, "50", "2025"):
        assert not page.has(secret), secret


def test_a_cancelled_paper_is_told_so(visitor: PageClient) -> None:
    receipt = make_receipt()
    cancel_receipt(receipt.id, reason="secret reason", by=None, at=NOW)
    page = visitor.get(f"/en/verify/{receipt.verify_code}")
    assert page.has("This receipt was cancelled")
    assert not page.has("secret reason")


@pytest.mark.parametrize("code", ["AAAABBBBCCCC", "x", "%3Cscript%3E", "1" * 300])
def test_an_unknown_code_is_not_known(visitor: PageClient, code: str) -> None:
    page = visitor.get(f"/en/verify/{code}")
    assert page.status == 404
    assert page.has("We know no receipt with this code")


def test_a_code_is_typed_into_a_form(visitor: PageClient) -> None:
    receipt = make_receipt()
    assert visitor.get("/en/verify").status == 200
    assert visitor.get("/en/verify?code=").status == 422
    answer = visitor.get(f"/en/verify?code={readable_code(receipt.verify_code)}")
    assert visitor.follow(answer).has("This receipt is ours and valid")
    no_code = visitor.get("/en/verify?code=a/b")
    assert (no_code.status, no_code.has("Type the twelve letters and digits")) == (422, True)

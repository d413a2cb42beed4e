"""Issuing one receipt: what is certified, its number, its chain."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io

import pikepdf
import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounts.codes import DonorKind
from portal.core import documents
from portal.core.db import db
from portal.donations.codes import GiftMode
from portal.donations.models import Gift
from portal.donations.rules.gift import GiftState, tax_date
from portal.receipts.models import Receipt, ReceiptedGift, ReceiptKind
from portal.receipts.rules.composition import DonorBlocked
from portal.receipts.rules.content import ReceiptContent
from portal.receipts.rules.register import chain_hash
from portal.receipts.services import GiftAlreadyReceipted, issue_receipt
from portal.receipts.services.issuing import Around, Order, _draft, _facts, _insert, locked_series
from tests.factories.people import make_donor
from tests.factories.receipts import NOW, make_receipt, make_received_gift, plain_paper


def test_all_gifts_of_a_year_stand_on_one_receipt_with_a_number(app: Flask) -> None:
    donor = make_donor(last_name="Exemple")
    make_received_gift(donor, on=dt.date(2025, 12, 31), amount_minor=3000)
    make_received_gift(donor, on=dt.date(2025, 1, 1), amount_minor=4700)
    receipt = issue_receipt(donor.id, 2025, at=NOW, printer=plain_paper)
    assert receipt is not None
    assert receipt.number == "R2025-000001"
    assert receipt.kind is ReceiptKind.ANNUAL
    assert receipt.form == "11580*05"
    assert receipt.amount_minor == 7700
    content = ReceiptContent.from_json(receipt.content)
    assert [payment.paid_on.isoformat() for payment in content.payments] == [
        "2025-01-01",
        "2025-12-31",
    ]
    assert content.total_words == "soixante-dix-sept euros"
    assert receipt.issued_on == dt.date(2026, 11, 22)


def test_one_gift_makes_a_single_receipt(app: Flask) -> None:
    assert make_receipt().kind is ReceiptKind.SINGLE


def test_a_company_gets_the_form_of_companies(app: Flask) -> None:
    company = make_donor(
        kind=DonorKind.COMPANY, company_name="Menuiserie Exemple", siren="404833048",
        first_name="", last_name="",
    )  # fmt: skip
    receipt = make_receipt(company)
    assert receipt.form == "16216*02"
    assert receipt.content["legal_basis"] == "238 bis"


def test_the_paper_is_the_real_one_and_is_kept_with_its_hash(app: Flask) -> None:
    donor = make_donor()
    make_received_gift(donor)
    receipt = issue_receipt(donor.id, 2025, at=NOW)
    assert receipt is not None
    paper = documents.read(receipt.document)
    assert paper.startswith(b"%PDF-")
    assert receipt.sha256 == receipt.document.sha256
    with pikepdf.open(io.BytesIO(paper)) as opened:
        assert b"R2025-000001" in opened.attachments["receipt.xml"].get_file().read_bytes()


def test_each_receipt_is_bound_to_the_one_before_it(app: Flask) -> None:
    first, second = make_receipt(), make_receipt()
    assert second.sequence == first.sequence + 1
    assert second.previous_hash == first.chain_hash
    content = ReceiptContent.from_json(second.content)
    assert second.chain_hash == chain_hash(first.chain_hash, second.sha256, content)


def test_each_tax_year_counts_from_one(app: Flask) -> None:
    assert make_receipt(year=2024).number == "R2024-000001"
    assert make_receipt(year=2025).number == "R2025-000001"


def test_a_second_receipt_certifies_only_what_is_new(app: Flask) -> None:
    donor = make_donor()
    make_receipt(donor)
    assert issue_receipt(donor.id, 2025, at=NOW, printer=plain_paper) is None
    make_received_gift(donor, amount_minor=1234)
    later = issue_receipt(donor.id, 2025, at=NOW, printer=plain_paper)
    assert later is not None
    assert later.amount_minor == 1234


@pytest.mark.parametrize(
    ("what", "given"),
    [
        ("sent back", {"state": GiftState.REFUNDED, "refunded_minor": 5000}),
        ("disputed", {"state": GiftState.DISPUTED}),
        ("not paid", {"state": GiftState.FAILED}),
        ("in dollars", {"currency": "USD"}),
        ("of the year before", {"on": dt.date(2024, 12, 31)}),
        ("of the year after", {"on": dt.date(2026, 1, 1)}),
    ],
)
def test_some_gifts_stand_on_no_receipt(app: Flask, what: str, given: dict[str, object]) -> None:
    donor = make_donor()
    make_received_gift(donor, **given)
    assert issue_receipt(donor.id, 2025, at=NOW, printer=plain_paper) is None, what


def test_only_what_was_not_sent_back_is_certified(app: Flask) -> None:
    donor = make_donor()
    make_received_gift(donor, state=GiftState.PARTIALLY_REFUNDED, refunded_minor=2000)
    receipt = issue_receipt(donor.id, 2025, at=NOW, printer=plain_paper)
    assert receipt is not None
    assert receipt.amount_minor == 3000


def test_a_gift_at_midnight_belongs_to_the_year_in_paris(app: Flask) -> None:
    donor = make_donor()
    at_half_past_eleven = dt.datetime(2025, 12, 31, 22, 30, tzinfo=dt.UTC)
    after_midnight = dt.datetime(2025, 12, 31, 23, 30, tzinfo=dt.UTC)
    for instant, minor in ((at_half_past_eleven, 100), (after_midnight, 200)):
        on = tax_date(GiftMode.CARD, credited_at=instant)
        make_received_gift(donor, mode=GiftMode.CARD, on=on, amount_minor=minor)
    of_2025 = issue_receipt(donor.id, 2025, at=NOW, printer=plain_paper)
    of_2026 = issue_receipt(donor.id, 2026, at=NOW, printer=plain_paper)
    assert of_2025 is not None
    assert of_2025.amount_minor == 100
    assert of_2026 is not None
    assert of_2026.amount_minor == 200


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"address1": ""}, "incomplete_address"),
        ({"first_name": ""}, "incomplete_name"),
        ({"country": "BE", "postcode": "1000"}, "not_resident"),
        ({"country": ""}, "country_unknown"),
        ({"last_name": "𒀀"}, "unprintable"),
    ],
)
def test_a_donor_is_blocked_with_the_reason(app: Flask, given: dict[str, str], code: str) -> None:
    donor = make_donor(**given)
    make_received_gift(donor)
    with pytest.raises(DonorBlocked) as refused:
        issue_receipt(donor.id, 2025, at=NOW, printer=plain_paper)
    assert code in [reason.code for reason in refused.value.reasons]
    assert db.session.scalar(sa.select(sa.func.count(Receipt.id))) == 0


def test_a_postcode_written_in_two_groups_is_a_postcode(app: Flask) -> None:
    receipt = make_receipt(make_donor(postcode="78 000"))
    assert receipt.content["donor"]["postcode"] == "78000"


def test_a_gift_is_refused_on_a_second_receipt_by_the_database(app: Flask) -> None:
    donor = make_donor()
    gift = make_received_gift(donor)
    order = Order(donor.id, 2025, NOW)
    draft = _draft(order, plain_paper)
    assert draft is not None
    other = make_receipt(make_donor())
    db.session.add(ReceiptedGift(receipt_id=other.id, gift_id=gift.id, amount_minor=5000))
    db.session.commit()
    fresh = Order(donor.id, 2025, NOW)
    assert _facts(fresh) is None
    series = locked_series(2025)
    stolen = type(draft)(series.last + 1, draft.facts, draft.content, draft.paper)
    renumbered = dataclasses.replace(
        stolen, content=dataclasses.replace(draft.content, number=f"R2025-{series.last + 1:06d}")
    )
    with pytest.raises(GiftAlreadyReceipted):
        _insert(fresh, renumbered, series, Around())
    db.session.rollback()


def test_a_donor_corrected_while_the_paper_is_printed_is_printed_again(app: Flask) -> None:
    donor = make_donor(city="Nantes")
    make_received_gift(donor)
    printed: list[str] = []

    def slow(content: ReceiptContent, code: str, at: dt.datetime) -> bytes:
        printed.append(content.donor.city)
        if len(printed) == 1:
            donor.city = "Rennes"
            db.session.commit()
        return plain_paper(content, code, at)

    receipt = issue_receipt(donor.id, 2025, at=NOW, printer=slow)
    assert receipt is not None
    assert printed == ["Nantes", "Rennes"]
    assert receipt.content["donor"]["city"] == "Rennes"


def test_whoever_is_overtaken_again_and_again_still_gets_a_number(app: Flask) -> None:
    patient, others = make_donor(), [make_donor() for _ in range(4)]
    make_received_gift(patient)
    for each in others:
        make_received_gift(each)
    waiting = iter(others)

    def overtaken(content: ReceiptContent, code: str, at: dt.datetime) -> bytes:
        if (other := next(waiting, None)) is not None:
            issue_receipt(other.id, 2025, at=NOW, printer=plain_paper)
        return plain_paper(content, code, at)

    receipt = issue_receipt(patient.id, 2025, at=NOW, printer=overtaken)
    assert receipt is not None
    assert receipt.sequence == 5
    numbers = db.session.scalars(sa.select(Receipt.sequence).order_by(Receipt.sequence)).all()
    assert numbers == [1, 2, 3, 4, 5]


def test_gifts_keep_their_state(app: Flask) -> None:
    receipt = make_receipt()
    gift_id = db.session.scalar(
        sa.select(ReceiptedGift.gift_id).where(ReceiptedGift.receipt_id == receipt.id)
    )
    assert db.session.get_one(Gift, gift_id).state is GiftState.SETTLED

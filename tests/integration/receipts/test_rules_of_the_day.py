"""Receipts follow the model, the words and the signatory of the day they are issued."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from portal.accounts.codes import Language
from portal.core import documents
from portal.core.dated_rules.book import read_again
from portal.core.db import db, transaction
from portal.core.roles import Role
from portal.donations.codes import GiftMode, PurposeKind
from portal.receipts.models import Receipt
from portal.receipts.queries.particulars import payment_of
from portal.receipts.queries.signatory import SIGNATURE, signatory_on
from portal.receipts.rules.composition import title_of
from portal.receipts.rules.content import ReceiptContent
from portal.receipts.services import issue_receipt
from portal.receipts.services.issuing import print_paper
from tests.factories.people import make_account, make_donor
from tests.factories.receipts import NOW, make_received_gift, plain_paper
from tests.factories.rules import make_version
from tests.pages import PageClient


@pytest.fixture
def admin(signed_in_as: Callable[..., PageClient]) -> PageClient:
    return signed_in_as(make_account(roles=[Role.ADMINISTRATOR], language=Language.EN))


NEW_YEAR = dt.datetime(2026, 12, 31, 23, 0, tzinfo=dt.UTC)
"""Midnight in Paris: 1 January 2027."""


def _issued(at: dt.datetime, **given: Any) -> ReceiptContent:
    donor = make_donor()
    make_received_gift(donor, **given)
    receipt = issue_receipt(donor.id, 2025, at=at, printer=plain_paper)
    assert receipt is not None
    return ReceiptContent.from_json(receipt.content)


def test_a_new_model_begins_at_midnight_in_paris_and_old_receipts_keep_theirs(app: Flask) -> None:
    make_version(
        "receipt_form", "person", dt.date(2027, 1, 1), number="11580*06", title="Nouveau titre"
    )
    before = _issued(NEW_YEAR - dt.timedelta(seconds=1))
    after = _issued(NEW_YEAR)
    assert (before.form, after.form) == ("11580*05", "11580*06")
    assert title_of(before).startswith("Reçu des dons et versements")
    assert title_of(after) == "Nouveau titre"
    assert "form_title" not in before.to_json()
    rows = db.session.query(Receipt).order_by(Receipt.sequence)
    assert [row.form for row in rows] == ["11580*05", "11580*06"]
    assert ReceiptContent.from_json(after.to_json()) == after


def test_the_charity_is_named_as_on_the_day_of_issue(app: Flask) -> None:
    make_version(
        "issuer", "receipts", dt.date(2027, 1, 1),
        category="Association reconnue d’utilité publique", mention="décret du 1er juin 2026",
    )  # fmt: skip
    assert _issued(NOW).issuer.category == "Association loi 1901"
    later = _issued(NEW_YEAR).issuer.category
    assert later == "Association reconnue d’utilité publique — décret du 1er juin 2026"


@pytest.mark.parametrize(
    ("purpose", "on", "rate"),
    [
        (PurposeKind.SPONSORSHIP, dt.date(2025, 10, 13), "0.66"),
        (PurposeKind.SPONSORSHIP, dt.date(2025, 10, 14), "0.75"),
        (PurposeKind.GENERAL, dt.date(2025, 10, 14), "0.66"),
    ],
)
def test_each_gift_keeps_the_rate_of_its_fund_on_its_own_day(
    app: Flask, purpose: PurposeKind, on: dt.date, rate: str
) -> None:
    make_version("tax_category", "sponsorship", dt.date(2025, 10, 14), category="coluche")
    gift = make_received_gift(make_donor(), purpose=purpose, on=on, mode=GiftMode.CARD)
    assert payment_of(gift).rate == rate


def _png(size: tuple[int, int] = (400, 120)) -> bytes:
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    image.paste((20, 30, 90, 255), (40, 50, 360, 60))
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


def _signed_by(name: str, since: dt.date) -> None:
    with transaction():
        kept = documents.store(SIGNATURE, "signature.png", "image/png", _png())
    make_version("signatory", "receipts", since, name=name, image=str(kept.public_id))


def test_whoever_signs_on_the_day_signs_with_her_hand(app: Flask) -> None:
    _signed_by("Claire Martin", dt.date(2027, 1, 1))
    assert signatory_on(dt.date(2026, 12, 31)).name == "La trésorerie"
    assert signatory_on(dt.date(2026, 12, 31)).image is None
    signing = signatory_on(dt.date(2027, 1, 1))
    assert (signing.name, signing.image) == ("Claire Martin", _png())
    content = _issued(NEW_YEAR)
    assert content.issuer.signatory_name == "Claire Martin"
    with pikepdf.open(io.BytesIO(print_paper(content, "AAAABBBBCCCC", NEW_YEAR))) as paper:
        images = [image for page in paper.pages for image in page.get_images().values()]
        assert any((int(image.Width), int(image.Height)) == (400, 120) for image in images)


def test_however_many_receipts_are_issued_the_rules_are_read_once(app: Flask) -> None:
    asked: list[str] = []

    def hear(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.extend([statement] if "dated_rule" in statement else [])

    read_again()
    sa.event.listen(sa.Engine, "before_cursor_execute", hear)
    try:
        for _ in range(3):
            _issued(NOW)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", hear)
    assert len(asked) == 1


def test_an_administrator_brings_a_hand_and_sees_a_specimen(admin: PageClient) -> None:
    path = "/office/rules/signatory/receipts/new"
    filled = {
        "since": "2027-01-01",
        "name": "Claire Martin",
        "capacity": "Trésorière",
        "image": (io.BytesIO(_png()), "hand.png"),
        "source": "conseil d’administration",
        "reason": "A new treasurer.",
        "after": "0",
    }
    preview = admin.post(path, filled, content_type="multipart/form-data")
    kept = db.session.query(documents.Document).filter_by(kind=SIGNATURE).one()
    assert preview.status == 200
    assert f'value="{kept.public_id}"' in preview.html
    shown = admin.get(f"/office/rules/signature/{kept.public_id}")
    assert shown.response.mimetype == "image/png"
    told = (
        '{"name": "Claire Martin", "capacity": "Trésorière", "image": "'
        + str(kept.public_id)
        + '"}'
    )
    specimen = admin.post(
        "/office/receipts/specimen", {"kind": "signatory", "code": "receipts", "value": told}
    )
    assert specimen.response.data.startswith(b"%PDF")
    again = {**filled, "image": (io.BytesIO(_png()), "hand.png")}
    admin.post(path, again, content_type="multipart/form-data")
    assert db.session.query(documents.Document).filter_by(kind=SIGNATURE).one() == kept
    del filled["image"]
    answer = admin.post(path, {**filled, "image_kept": str(kept.public_id), "step": "confirm"})
    assert answer.status == 303
    assert signatory_on(dt.date(2027, 1, 1)).image is not None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7", "no PNG or JPEG image"),
        (_png((40, 20)), "too small"),
        (b"\x89PNG" + b"0" * 300_000, "too heavy"),
    ],
)
def test_what_is_no_signature_is_refused(admin: PageClient, content: bytes, said: str) -> None:
    filled = {
        "since": "2027-01-01", "name": "Claire Martin", "capacity": "Trésorière",
        "image": (io.BytesIO(content), "hand.png"), "source": "board", "reason": "New.", "after": "0",
    }  # fmt: skip
    page = admin.post(
        "/office/rules/signatory/receipts/new", filled, content_type="multipart/form-data"
    )
    assert page.status == 422
    assert page.has(said)


def test_a_specimen_is_printed_of_what_can_be_and_of_nothing_else(accountant: PageClient) -> None:
    for told in ("", "[]", '{"name": 1}', '{"name": "", "capacity": "", "image": "", "more": ""}'):
        answer = accountant.post(
            "/office/receipts/specimen", {"kind": "signatory", "code": "receipts", "value": told}
        )
        assert answer.status == 422, told
    other = {"kind": "tax_scheme", "code": "general", "value": "{}"}
    assert accountant.post("/office/receipts/specimen", other).status == 404

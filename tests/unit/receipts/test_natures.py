"""Receipts for what is no money: described, valued, in the boxes of their nature."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO

import pikepdf
import pytest

from portal.core.money import Money
from portal.receipts.paper import receipt_xml, render_receipt
from portal.receipts.rules import composition
from portal.receipts.rules.content import (
    GiftNature,
    Payment,
    PaymentMode,
    ReceiptContent,
    ReceiptDonor,
    ReceiptKind,
)
from tests.unit.receipts.conftest import MakeReceipt

CHEQUE = Payment(date(2025, 3, 3), Money(5_000), PaymentMode.CHEQUE, "Don", "B1")
NOTE = Payment(
    date(2025, 5, 4), Money(19_048), PaymentMode.WAIVED_EXPENSES, "Don", "B2", "Forum de Rouen"
)
BIKES = Payment(
    date(2025, 6, 4), Money(30_000), PaymentMode.IN_KIND, "Don", "B3", "Trois vélos d’enfant"
)


def test_each_nature_is_told_apart(make_receipt: MakeReceipt) -> None:
    receipt = make_receipt(payments=[CHEQUE, NOTE, BIKES])
    assert receipt.natures == (GiftNature.MONEY, GiftNature.WAIVED_EXPENSES, GiftNature.IN_KIND)
    assert receipt.total == Money(54_048)
    assert receipt.sum_of(GiftNature.MONEY) == Money(5_000)
    assert [box.value for box in receipt.modes] == ["cheque"]
    assert ReceiptContent.from_json(receipt.to_json()) == receipt


@pytest.mark.parametrize(
    ("payments", "form"),
    [
        ([NOTE], "Autres"),
        ([BIKES], "Déclaration de don manuel"),
        ([NOTE, CHEQUE], "Déclaration de don manuel"),
    ],
)
def test_the_form_of_a_waiver_is_no_declaration(
    make_receipt: MakeReceipt, payments: list[Payment], form: str
) -> None:
    assert make_receipt(payments=payments).form_of_gift == form


def test_what_is_no_money_is_described(make_receipt: MakeReceipt) -> None:
    bare = Payment(date(2025, 6, 4), Money(30_000), PaymentMode.IN_KIND, "Don", "B3", " ")
    with pytest.raises(composition.PaymentNotDescribed):
        make_receipt(payments=[bare])


def test_a_receipt_of_money_is_written_as_it_always_was(make_receipt: MakeReceipt) -> None:
    written = make_receipt(payments=[CHEQUE]).to_json()
    assert "description" not in written["payments"][0]
    assert written["nature"] == "Numéraire"


def test_the_paper_of_a_company_names_the_objects(
    make_receipt: MakeReceipt, company: ReceiptDonor
) -> None:
    receipt = make_receipt(kind=ReceiptKind.SINGLE, donor=company, payments=[BIKES])
    paper = render_receipt(receipt, verify_url=None, created_at=datetime(2026, 1, 9, tzinfo=UTC))
    with pikepdf.open(BytesIO(paper)) as opened:
        assert len(opened.pages) == 1
    assert 'description="Trois vélos d’enfant"' in receipt_xml(receipt).decode()

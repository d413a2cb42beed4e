"""What a receipt says for given payments, what is refused, and that it is kept exactly."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.money import Money
from portal.receipts.rules import composition
from portal.receipts.rules.content import (
    Issuer,
    ModeBox,
    Payment,
    PaymentMode,
    ReceiptContent,
    ReceiptDonor,
    ReceiptKind,
    UnreadableSnapshot,
)
from portal.receipts.rules.forms import DonorKind
from tests.unit.receipts.conftest import MakeReceipt, monthly

FIRST, *_ = monthly(1)


def test_an_annual_receipt_adds_up_the_year(make_receipt: MakeReceipt) -> None:
    receipt = make_receipt(payments=list(reversed(monthly(12))))
    assert (receipt.form, receipt.form_label, receipt.legal_basis) == ("11580*05", "2041-RD", "200")
    assert receipt.total == Money(56_400)
    assert receipt.total_figures == "***564,00***"
    assert receipt.total_words == "cinq cent soixante-quatre euros"
    assert receipt.payments == tuple(monthly(12)), "in the order of their dates"
    assert (receipt.nature, receipt.form_of_gift) == ("Numéraire", "Déclaration de don manuel")


def test_a_company_gets_its_own_form(make_receipt: MakeReceipt, company: ReceiptDonor) -> None:
    receipt = make_receipt(donor=company)
    assert (receipt.form, receipt.form_label) == ("16216*02", "2041-MEC-SD")
    assert receipt.legal_basis == "238 bis"


@pytest.mark.parametrize(
    ("modes", "ticked"),
    [
        (["card"], [ModeBox.BANK]),
        (["sepa", "card", "transfer"], [ModeBox.BANK]),
        (["cheque"], [ModeBox.CHEQUE]),
        (["transfer", "cash", "cheque"], [ModeBox.CASH, ModeBox.CHEQUE, ModeBox.BANK]),
    ],
)
def test_the_boxes_of_the_modes(
    make_receipt: MakeReceipt, modes: list[str], ticked: list[ModeBox]
) -> None:
    payments = [replace(FIRST, mode=PaymentMode(mode)) for mode in modes]
    assert list(make_receipt(payments=payments).modes) == ticked


REFUSED: dict[str, tuple[dict[str, Any], type[composition.ReceiptRefused]]] = {
    "no payment": ({"payments": []}, composition.NoPayment),
    "two gifts on a single receipt": (
        {"kind": ReceiptKind.SINGLE, "payments": monthly(2)},
        composition.SeveralPaymentsOnSingleReceipt,
    ),
    "a gift of the next year": (
        {"payments": [replace(FIRST, paid_on=date(2026, 1, 1))]},
        composition.PaymentOfAnotherYear,
    ),
    "a gift of the year before": (
        {"payments": [replace(FIRST, paid_on=date(2024, 12, 31))]},
        composition.PaymentOfAnotherYear,
    ),
    "written before the gift": ({"issued_on": date(2025, 1, 4)}, composition.PaymentAfterIssue),
    "a refund": (
        {"payments": [replace(FIRST, amount=Money(0))]},
        composition.PaymentNotPositive,
    ),
    "dollars": (
        {"payments": [replace(FIRST, amount=Money(4700, "USD"))]},
        composition.PaymentNotInEuros,
    ),
    "no number": ({"number": " "}, composition.InvalidNumber),
    "replaces itself": ({"replaces": "2025-000123"}, composition.InvalidNumber),
}


@pytest.mark.parametrize(("change", "error"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(
    make_receipt: MakeReceipt, change: dict[str, Any], error: type[composition.ReceiptRefused]
) -> None:
    with pytest.raises(error):
        make_receipt(**change)


def test_a_blocked_donor_is_refused_with_the_reasons(
    make_receipt: MakeReceipt, person: ReceiptDonor
) -> None:
    with pytest.raises(composition.DonorBlocked) as caught:
        make_receipt(donor=replace(person, last_name="", postcode="4400"))
    codes = [reason.code for reason in caught.value.reasons]
    assert codes == ["incomplete_name", "invalid_postcode"]


def test_an_incomplete_issuer_is_refused(make_receipt: MakeReceipt, issuer: Issuer) -> None:
    with pytest.raises(composition.IncompleteIssuer) as caught:
        make_receipt(issuer=replace(issuer, purpose="", siren="123", rna=""))
    assert caught.value.missing == ("purpose", "siren or rna")


def test_a_rna_number_alone_is_enough(make_receipt: MakeReceipt, issuer: Issuer) -> None:
    assert make_receipt(issuer=replace(issuer, siren="")).issuer.rna == "W784000123"


payments_of_2025 = st.lists(
    st.builds(
        Payment,
        paid_on=st.dates(date(2025, 1, 1), date(2025, 12, 31)),
        amount=st.builds(Money, st.integers(1, 10**9)),
        mode=st.sampled_from(PaymentMode),
        purpose=st.text(max_size=20),
        reference=st.text(max_size=20),
        description=st.text(max_size=20).map(lambda text: f"- {text}"),
    ),
    min_size=1,
    max_size=8,
)


@given(payments=payments_of_2025, replaces=st.none() | st.just("2025-000001"))
def test_a_content_survives_storage_exactly(
    make_receipt: MakeReceipt, payments: list[Payment], replaces: str | None
) -> None:
    receipt = make_receipt(payments=payments, replaces=replaces)
    read = ReceiptContent.from_json(json.loads(json.dumps(receipt.to_json())))
    assert read == receipt
    assert read.canonical() == receipt.canonical()
    assert receipt.total.minor == sum(payment.amount.minor for payment in payments)


def test_a_company_content_survives_storage(
    make_receipt: MakeReceipt, company: ReceiptDonor
) -> None:
    receipt = make_receipt(donor=company)
    read = ReceiptContent.from_json(json.loads(receipt.canonical()))
    assert read == receipt
    assert read.donor.kind is DonorKind.COMPANY


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 99},
        {"kind": "weekly"},
        {"issued_on": "yesterday"},
        {"total": {"minor": 1.5, "currency": "EUR"}},
        {"unknown": 1},
        {"donor": {"kind": "person", "nickname": "x"}},
    ],
)
def test_an_altered_snapshot_is_not_read(make_receipt: MakeReceipt, change: dict[str, Any]) -> None:
    with pytest.raises(UnreadableSnapshot):
        ReceiptContent.from_json(make_receipt().to_json() | change)


def test_a_truncated_snapshot_is_not_read(make_receipt: MakeReceipt) -> None:
    stored = make_receipt().to_json()
    del stored["issuer"]
    with pytest.raises(UnreadableSnapshot):
        ReceiptContent.from_json(stored)

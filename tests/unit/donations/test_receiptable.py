"""Which kinds of gift open the right to a receipt, and what each needs for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from portal.core.money import Money
from portal.donations.rules.proof import ProofNotReadable, ProofTooLarge, media_type_of
from portal.donations.rules.receiptable import (
    GiftNature,
    Given,
    WhyNot,
    company_lacks,
    why_not,
)

OBJECT = Given(GiftNature.IN_KIND, Money(30_000), description="Trois vélos d'enfant")
EXPENSES = Given(GiftNature.WAIVED_EXPENSES, Money(4_200), waived_on=date(2026, 5, 1))
MONEY = Given(GiftNature.MONEY, Money(5_000))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        pytest.param(MONEY, None, id="money"),
        pytest.param(replace(MONEY, anonymous=True), WhyNot.ANONYMOUS, id="a box"),
        pytest.param(replace(MONEY, counterpart=True), WhyNot.COUNTERPART, id="a dinner"),
        pytest.param(Given(GiftNature.MEMBERSHIP, Money(2_000)), None, id="membership"),
        pytest.param(
            Given(GiftNature.MEMBERSHIP, Money(2_000), counterpart=True),
            WhyNot.COUNTERPART,
            id="membership with something in return",
        ),
        pytest.param(OBJECT, None, id="an object, described"),
        pytest.param(replace(OBJECT, description=" "), WhyNot.NO_DESCRIPTION, id="not described"),
        pytest.param(replace(OBJECT, value=Money(0)), WhyNot.NO_VALUE, id="not valued"),
        pytest.param(
            replace(OBJECT, by_company=True), WhyNot.NOT_COST_PRICE, id="a company's market price"
        ),
        pytest.param(
            replace(OBJECT, by_company=True, at_cost_price=True), None, id="a company's cost price"
        ),
        pytest.param(EXPENSES, None, id="expenses waived in writing"),
        pytest.param(replace(EXPENSES, waived_on=None), WhyNot.NO_WAIVER, id="not waived"),
        pytest.param(replace(EXPENSES, by_company=True), WhyNot.BY_A_COMPANY, id="a company's"),
        pytest.param(Given(GiftNature.TIME, Money(9_900)), WhyNot.TIME, id="time"),
    ],
)
def test_a_receipt_is_due_or_not(given: Given, reason: WhyNot | None) -> None:
    assert why_not(given) is reason


def test_a_company_is_known_by_siren_and_legal_form() -> None:
    assert company_lacks("404833048", "SARL") is None
    assert company_lacks("404833048", "") is WhyNot.NO_LEGAL_FORM
    assert company_lacks("404833049", "SARL") is WhyNot.NO_SIREN


def test_a_proof_is_known_by_its_bytes() -> None:
    assert media_type_of(b"%PDF-1.7\n...\n%%EOF\n") == "application/pdf"
    assert media_type_of(b"\xff\xd8\xff\xe0....\xff\xd9") == "image/jpeg"
    for other in (b"", b"GIF89a", b"<html>%PDF-1.7 %%EOF", b"%PDF-1.7 cut off"):
        with pytest.raises(ProofNotReadable):
            media_type_of(other)
    with pytest.raises(ProofTooLarge):
        media_type_of(b"%PDF-" + b" " * (10 * 1024 * 1024) + b"%%EOF")

"""Deposits, gifts in kind, waived expenses and agreements, as entries."""

from __future__ import annotations

from datetime import date

import pytest

from portal.accounting.rules import handed_over
from portal.accounting.rules.draft import Draft
from portal.accounting.rules.gifts import GiftFacts, entry_for_gift
from portal.accounting.rules.handed_over import DepositFacts
from portal.core.money import Money

ON = date(2026, 11, 20)
SUM = Money(12_000)


def sides(draft: Draft) -> tuple[str, ...]:
    return tuple(f"{'D' if line.debit else 'C'} {line.account}" for line in draft.lines)


def gift(mode: str) -> GiftFacts:
    return GiftFacts("D0001", SUM, mode, ON, "B1", ON)


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        pytest.param(
            entry_for_gift(gift("in_kind")), ("D 860000", "C 870000"), id="an object is no money"
        ),
        pytest.param(
            entry_for_gift(gift("waived_expenses")),
            ("D 625100", "C 468100", "D 468100", "C 754120"),
            id="expenses are owed, then given up",
        ),
        pytest.param(
            handed_over.entry_for_deposit_credited(DepositFacts("REM-1", SUM, 2), ON),
            ("D 512100", "C 511200"),
            id="cheques reach the bank",
        ),
        pytest.param(
            handed_over.entry_for_cash_leaving(DepositFacts("REM-1", SUM, 0), ON),
            ("D 581000", "C 530000"),
            id="cash leaves the till",
        ),
        pytest.param(
            handed_over.entry_for_deposit_credited(DepositFacts("REM-1", SUM, 0), ON),
            ("D 512100", "C 581000"),
            id="cash reaches the bank",
        ),
        pytest.param(
            handed_over.entry_for_return_fee(Money(1_300), ON, "0001234"),
            ("D 627800", "C 512100"),
            id="the bank's fee for an unpaid cheque",
        ),
        pytest.param(
            handed_over.entry_for_agreement("CM1", "D0001", SUM, ON),
            ("D 467200", "C 754200"),
            id="a promise is income from its signature",
        ),
        pytest.param(
            handed_over.entry_for_agreement_paid("CM1", "D0001", SUM, ON),
            ("D 754200", "C 467200"),
            id="the gift that pays it is the income",
        ),
    ],
)
def test_each_fact_has_its_accounts(draft: Draft, expected: tuple[str, ...]) -> None:
    assert sides(draft) == expected


def test_a_companys_object_is_no_patronage_in_money() -> None:
    by_company = GiftFacts("D0001", SUM, "in_kind", ON, "B1", ON, donor_kind="company")
    assert by_company.income_account == "870000"

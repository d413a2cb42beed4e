"""A donor's whole tax year: the cases A to H of the French rules, and what must always hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.money import Money, total
from portal.donations.rules.tax import NegativeAmount, NoTaxScheme, NotEuros
from portal.donations.rules.tax_year import (
    CarriedOver,
    DatedGift,
    WrongYear,
    annual_reduction,
    company_reduction,
)
from tests.factories.tax import carry, euros, gift


@dataclass(frozen=True)
class Case:
    words: str
    year: int
    income: str
    gifts: list[DatedGift]
    reduction: str
    carried_in: list[CarriedOver] = field(default_factory=list)
    carried_out: list[CarriedOver] = field(default_factory=list)
    lapsed: list[CarriedOver] = field(default_factory=list)


CASES = [
    Case(
        "A: a sponsor all year at 47 € a month",
        2026,
        "30000",
        [gift("47", f"2026-{month:02}-05") for month in range(1, 13)],
        "372",
    ),
    Case(
        "B: beyond the 75 % cap the rest is at 66 %",
        2026,
        "40000",
        [gift("2500", "2026-03-01", "coluche"), gift("1000", "2026-04-01")],
        "2490",
    ),
    Case(
        "C, year N: 20 % of the income, the rest is carried over",
        2026,
        "20000",
        [gift("6000", "2026-05-01")],
        "2640",
        carried_out=[carry(2026, "2000")],
    ),
    Case(
        "C, year N+1: what is carried over goes first",
        2027,
        "20000",
        [gift("3000", "2027-05-01")],
        "2640",
        carried_in=[carry(2026, "2000")],
        carried_out=[carry(2027, "1000")],
    ),
    Case("C, year N+2: a year without gifts", 2028, "20000", [], "660", [carry(2027, "1000")]),
    Case(
        "D: the cap was 1 000 € in 2024",
        2024,
        "40000",
        [gift("1500", "2024-07-01", "coluche")],
        "1080",
    ),
    Case(
        "E: 2025, both sides of 14 October, under both caps",
        2025,
        "40000",
        [gift("700", "2025-11-01", "coluche"), gift("800", "2025-02-01", "coluche")],
        "1125",
    ),
    Case(
        "F: 2025, the part before 14 October is over its cap",
        2025,
        "40000",
        [gift("1500", "2025-02-01", "coluche"), gift("700", "2025-11-01", "coluche")],
        "1605",
    ),
    Case(
        "H: after five years the carry-over lapses",
        2032,
        "20000",
        [],
        "0",
        carried_in=[carry(2026, "2000")],
        lapsed=[carry(2026, "2000")],
    ),
    Case(
        "in the fifth year it is still used, and what is left of it lapses",
        2031,
        "5000",
        [],
        "660",
        carried_in=[carry(2026, "2000")],
        lapsed=[carry(2026, "1000")],
    ),
    Case(
        "the oldest goes first, whatever the order it is told in",
        2028,
        "10000",
        [gift("500", "2028-01-01")],
        "1320",
        carried_in=[carry(2027, "1500"), carry(2026, "1500")],
        carried_out=[carry(2027, "1000"), carry(2028, "500")],
    ),
    Case("without income nothing is used", 2026, "0", [gift("10", "2026-01-01")], "0",
         carried_out=[carry(2026, "10")]),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.words)
def test_a_household_s_year(case: Case) -> None:
    result = annual_reduction(case.year, euros(case.income), case.gifts, case.carried_in)

    assert result.reduction == euros(case.reduction)
    assert list(result.carried) == case.carried_out
    assert list(result.lapsed) == case.lapsed


def test_case_a_to_the_cent() -> None:
    result = annual_reduction(2026, euros("30000"), CASES[0].gifts)

    assert (result.exact, result.cost) == (euros("372.24"), euros("191.76"))


def test_case_g_a_company_gives_more_than_its_ceiling() -> None:
    result = company_reduction(2026, euros("1500000"), euros("30000"))

    assert result.reduction == euros("12000")
    assert result.carried == (carry(2026, "10000"),)


@pytest.mark.parametrize(
    ("turnover", "given_", "category", "reduction"),
    [
        ("10000000", "60000", "company", "30000"),  # 5 ‰ is 50 000 €
        ("600000000", "3000000", "company", "1600000"),  # 60 % of two million, 40 % of one
        ("600000000", "3000000", "coluche", "1800000"),  # 60 % throughout
    ],
)
def test_a_company_s_year(turnover: str, given_: str, category: str, reduction: str) -> None:
    result = company_reduction(2026, euros(turnover), euros(given_), category)

    assert result.reduction == euros(reduction)


def test_a_company_uses_the_year_s_gifts_before_the_excess_of_earlier_years() -> None:
    result = company_reduction(
        2027, euros("1500000"), euros("15000"), carried=[carry(2026, "10000")]
    )

    assert result.reduction == euros("12000")
    assert result.carried == (carry(2026, "5000"),)


def test_a_gift_of_another_year_is_refused() -> None:
    with pytest.raises(WrongYear):
        annual_reduction(2026, euros("30000"), [gift("47", "2025-12-31")])


def test_nothing_is_carried_over_from_the_future() -> None:
    with pytest.raises(WrongYear):
        annual_reduction(2026, euros("30000"), [], [carry(2026, "10")])


def test_a_household_does_not_give_as_a_company() -> None:
    with pytest.raises(NoTaxScheme):
        annual_reduction(2026, euros("30000"), [gift("47", "2026-01-01", "company")])


def test_an_income_below_zero_is_refused() -> None:
    with pytest.raises(NegativeAmount):
        annual_reduction(2026, Money(-1), [])


def test_an_income_in_dollars_is_refused() -> None:
    with pytest.raises(NotEuros):
        annual_reduction(2026, Money(1, "USD"), [])


AMOUNTS = st.integers(0, 10**8).map(Money)
GIFTS = st.lists(
    st.builds(
        DatedGift,
        AMOUNTS,
        st.dates(date(2025, 1, 1), date(2025, 12, 31)),
        st.sampled_from(["general", "coluche"]),
    ),
    max_size=6,
)
CARRIED = st.lists(st.builds(CarriedOver, st.integers(2015, 2024), AMOUNTS), max_size=6)


@given(AMOUNTS, GIFTS, CARRIED)
def test_every_cent_is_counted_once(
    income: Money, gifts: list[DatedGift], carried: list[CarriedOver]
) -> None:
    result = annual_reduction(2025, income, gifts, carried)

    came_in = total([each.amount for each in gifts]) + total([each.amount for each in carried])
    kept = total([each.amount for each in (*result.carried, *result.lapsed)])
    assert result.outside_limit + result.used + kept == came_in
    assert result.used <= result.limit
    assert result.outside_limit <= Money(200_000)
    assert all(2020 < each.year <= 2025 for each in result.carried)

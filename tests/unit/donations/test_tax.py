"""What a gift costs after tax, by day and by category (CGI art. 200 and 238 bis)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.money import Money
from portal.donations.rules.tax import (
    TAX_SCHEMES,
    DonorKind,
    NegativeAmount,
    NoTaxScheme,
    NotEuros,
    TaxCategory,
    cost_after_tax,
    scheme_on,
)

TODAY = date(2026, 11, 22)


def euros(text: str) -> Money:
    return Money.parse(text)


@pytest.mark.parametrize(
    ("amount", "category", "on", "donor_kind", "reduction", "cost", "capped"),
    [
        # the sponsorship of the public pages: 47 € cost 15,98 €
        ("47", "general", TODAY, "person", "31.02", "15.98", False),
        ("0", "general", TODAY, "person", "0", "0", False),
        ("0.01", "general", TODAY, "person", "0.01", "0", False),
        # 75 % up to 1 000 € until 13 October 2025, to 2 000 € since the 14th
        ("1000", "coluche", date(2025, 10, 13), "person", "750", "250", False),
        ("1500", "coluche", date(2024, 6, 1), "person", "1080", "420", True),
        ("2000", "coluche", date(2025, 10, 13), "person", "1410", "590", True),
        ("2000", "coluche", date(2025, 10, 14), "person", "1500", "500", False),
        ("2500", "coluche", TODAY, "person", "1830", "670", True),
        # companies: 60 %, then 40 % above two million, save for bodies of aid
        ("1000", "general", TODAY, "company", "600", "400", False),
        ("2500000", "general", TODAY, "company", "1400000", "1100000", True),
        ("2500000", "coluche", TODAY, "company", "1500000", "1000000", False),
    ],
)
def test_what_a_gift_costs_after_tax(
    amount: str,
    category: str,
    on: date,
    donor_kind: DonorKind,
    reduction: str,
    cost: str,
    capped: bool,
) -> None:
    result = cost_after_tax(euros(amount), category, on, donor_kind)

    assert (result.reduction, result.cost) == (euros(reduction), euros(cost))
    assert result.capped is capped


def test_the_result_names_the_rate_and_the_cap() -> None:
    result = cost_after_tax(euros("100"), "coluche", TODAY)

    assert (result.rate, result.cap) == (Fraction(3, 4), euros("2000"))


@pytest.mark.parametrize(
    ("category", "on"),
    [
        ("general", date(2019, 12, 31)),
        ("coluche", date(2019, 12, 31)),
        ("tombola", TODAY),
    ],
)
def test_a_rate_nobody_knows_is_not_guessed(category: str, on: date) -> None:
    with pytest.raises(NoTaxScheme):
        cost_after_tax(euros("47"), category, on)


def test_only_euros_open_a_french_reduction() -> None:
    with pytest.raises(NotEuros):
        cost_after_tax(Money(4700, "USD"), "general", TODAY)


def test_a_gift_below_zero_is_refused() -> None:
    with pytest.raises(NegativeAmount):
        cost_after_tax(Money(-1), "general", TODAY)


@given(
    st.integers(0, 10**10),
    st.sampled_from(["general", "coluche"]),
    st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    st.sampled_from(["person", "company"]),
)
def test_reduction_and_cost_always_make_the_gift(
    minor: int, category: str, on: date, donor_kind: DonorKind
) -> None:
    result = cost_after_tax(Money(minor), category, on, donor_kind)

    assert result.reduction + result.cost == Money(minor)
    assert Money(0) <= result.cost <= Money(minor)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.sampled_from(list(TaxCategory)))
def test_each_day_has_exactly_one_scheme_of_each_category(on: date, category: TaxCategory) -> None:
    found = [each for each in TAX_SCHEMES if each.category == category and each.holds_on(on)]

    assert found == [scheme_on(category, on)]


def test_every_scheme_names_its_law() -> None:
    assert all(scheme.law.startswith("CGI art.") for scheme in TAX_SCHEMES)

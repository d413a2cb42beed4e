"""Giving pages, simulation and kilometres follow the rates of each day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from flask import Flask

from portal.core.clock import FrozenClock
from portal.core.money import Money
from portal.donations.codes import PurposeKind
from portal.donations.rules.mileage import SCALES, Vehicle, way_worth
from portal.donations.rules.tax import TAX_SCHEMES, TaxCategory
from portal.donations.rules.tax_year import DatedGift, annual_reduction
from portal.donations.tax_terms import category_on, mileage_scales, schemes, small_return_on
from portal.programmes.codes import Programme
from tests.factories.rules import make_version
from tests.pages import PageClient

OCTOBER_13, OCTOBER_14 = dt.date(2025, 10, 13), dt.date(2025, 10, 14)
NEW_YEAR = dt.date(2027, 1, 1)


def test_what_nobody_changed_is_what_the_portal_comes_with(app: Flask) -> None:
    assert schemes() == TAX_SCHEMES
    assert mileage_scales() == SCALES
    assert category_on(OCTOBER_14) is TaxCategory.GENERAL


@pytest.mark.parametrize(
    ("before", "after", "reduction"),
    [(80_000, 70_000, 1_125), (150_000, 70_000, 1_605)],
    ids=["case E: all of it takes 75 %", "case F: 500 € above the old cap take 66 %"],
)
def test_a_cap_an_administrator_raised_within_the_year_counts_gift_by_gift(
    app: Flask, before: int, after: int, reduction: int
) -> None:
    kept = [each for each in TAX_SCHEMES if each.effective_from != OCTOBER_14]
    gifts = [
        DatedGift(Money(before), OCTOBER_13, TaxCategory.COLUCHE),
        DatedGift(Money(after), OCTOBER_14, TaxCategory.COLUCHE),
    ]
    told = annual_reduction(2025, Money(4_000_000), gifts, (), schemes())
    assert told.reduction == Money(reduction * 100)
    make_version("tax_scheme", "coluche", OCTOBER_14, cap=300_000)
    assert len(schemes()) == len(kept) + 1
    more = annual_reduction(2025, Money(4_000_000), gifts, (), schemes())
    assert more.exact == Money(min(before, 100_000) + after).share(schemes()[1].rate) + Money(
        max(0, before - 100_000)
    ).share(schemes()[0].rate)


def test_a_fund_has_its_own_category_from_a_day_on(app: Flask) -> None:
    make_version("tax_category", Programme.FOOD.value, NEW_YEAR, category="coluche")
    food = (PurposeKind.PROGRAMME, Programme.FOOD)
    assert category_on(dt.date(2026, 12, 31), *food) is TaxCategory.GENERAL
    assert category_on(NEW_YEAR, *food) is TaxCategory.COLUCHE
    assert category_on(NEW_YEAR, PurposeKind.SPONSORSHIP) is TaxCategory.GENERAL
    make_version("tax_category", "organisation", NEW_YEAR, category="coluche")
    assert category_on(NEW_YEAR, PurposeKind.SPONSORSHIP) is TaxCategory.COLUCHE


def test_giving_pages_say_the_cost_by_the_rate_of_today(
    visitor: PageClient, clock: FrozenClock
) -> None:
    make_version("tax_scheme", "general", NEW_YEAR, rate="0.50")
    assert visitor.get("/en/give?amount=5000").has("66% of the gift comes off your income tax")
    clock.instant = dt.datetime(2026, 12, 31, 23, 0, tzinfo=dt.UTC)  # midnight in Paris
    page = visitor.get("/en/give?amount=5000")
    assert page.has("50% of the gift comes off your income tax")
    assert page.has("rates on January 1, 2027")


def test_the_higher_category_is_told_with_its_cap(visitor: PageClient) -> None:
    make_version("tax_category", "organisation", dt.date(2026, 1, 1), category="coluche")
    assert visitor.get("/en/sponsor").has(
        "75% of the gift comes off your income tax, up to €2,000 of gifts a year, and 66% of what lies above"
    )


def test_a_way_keeps_the_scale_of_its_day(app: Flask) -> None:
    make_version("mileage", "car_5", NEW_YEAR, first="0.700")
    scales = mileage_scales()
    km = Decimal(100)
    assert way_worth(Vehicle.CAR_5, km, dt.date(2026, 12, 31), scales=scales) == Money(6_360)
    assert way_worth(Vehicle.CAR_5, km, NEW_YEAR, scales=scales) == Money(7_000)
    assert way_worth(Vehicle.CAR_3, km, NEW_YEAR, scales=scales) == Money(5_290)


def test_the_cap_of_small_returns_is_to_be_confirmed_from_2026_on(app: Flask) -> None:
    assert small_return_on(dt.date(2025, 12, 31)).confirmed
    unsure = small_return_on(dt.date(2026, 1, 1))
    assert (unsure.cap, unsure.confirmed) == (Money(7_300), False)
    make_version("small_return", "cap", dt.date(2026, 1, 1), cap=7_900, confirmed=True)
    known = small_return_on(dt.date(2026, 1, 1))
    assert (known.cap, known.confirmed) == (Money(7_900), True)

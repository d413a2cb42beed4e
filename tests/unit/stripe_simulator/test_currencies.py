"""Currencies: decimals, what Stripe takes, and what an amount brings in euros."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.stripe_simulator.currencies import (
    RATES,
    check_amount,
    converted,
    decimals,
    minor,
    too_small,
)
from portal.stripe_simulator.refusals import Refusal


@pytest.mark.parametrize(
    ("currency", "places"), [("eur", 2), ("jpy", 0), ("khr", 2), ("kwd", 3), ("isk", 2)]
)
def test_each_currency_has_its_decimals(currency: str, places: int) -> None:
    assert decimals(currency) == places


@pytest.mark.parametrize(
    ("amount", "currency", "rate", "euros"),
    [
        (1000, "eur", "1", 1000),
        (1000, "usd", "0.92", 920),
        (500, "jpy", "0.0061", 305),
        (410_000, "khr", "0.00023", 94),
        (5120, "kwd", "3.01", 1541),
        (1, "usd", "0.5", 1),
        (-1, "usd", "0.5", -1),
    ],
)
def test_an_amount_brings_so_many_cents(amount: int, currency: str, rate: str, euros: int) -> None:
    assert converted(amount, currency, rate) == euros


@given(st.integers(1, 10**9), st.sampled_from(sorted(RATES)))
def test_what_goes_out_is_what_came_in(amount: int, currency: str) -> None:
    rate = RATES[currency]
    assert converted(-amount, currency, rate) == -converted(amount, currency, rate)
    exact = Decimal(amount).scaleb(-decimals(currency)) * Decimal(rate) * 100
    assert abs(converted(amount, currency, rate) - exact) <= Decimal("0.5")


@pytest.mark.parametrize(
    ("amount", "currency"), [(5124, "kwd"), (150_050, "isk"), (150, "ugx"), (1000, "zzz")]
)
def test_amounts_with_the_wrong_last_digits_are_refused(amount: int, currency: str) -> None:
    with pytest.raises(Refusal):
        check_amount(amount, currency, "unit_amount")


@pytest.mark.parametrize(("amount", "currency"), [(5120, "kwd"), (150_000, "isk"), (501, "jpy")])
def test_amounts_with_the_right_last_digits_are_taken(amount: int, currency: str) -> None:
    check_amount(amount, currency, "unit_amount")


@pytest.mark.parametrize(
    ("amount", "currency", "small"),
    [
        (49, "eur", True),
        (50, "eur", False),
        (30, "gbp", False),
        (50, "jpy", False),
        (200_000, "khr", True),
        (220_000, "khr", False),
    ],
)
def test_the_smallest_charge_depends_on_the_currency(
    amount: int, currency: str, small: bool
) -> None:
    assert too_small(amount, currency, RATES[currency]) is small


@pytest.mark.parametrize(
    ("written", "currency", "amount"),
    [("12,50", "eur", 1250), (" 12.5 ", "eur", 1250), ("500", "jpy", 500), ("1.234", "kwd", 1234)],
)
def test_an_amount_is_read_as_people_write_it(written: str, currency: str, amount: int) -> None:
    assert minor(written, currency) == amount


@pytest.mark.parametrize(
    ("written", "currency"),
    [("", "eur"), ("x", "eur"), ("-1", "eur"), ("0", "eur"), ("1,005", "eur"), ("5.5", "jpy"),
     ("NaN", "eur"), ("Infinity", "eur"), ("1e30", "eur")],
)  # fmt: skip
def test_what_is_no_amount_is_refused(written: str, currency: str) -> None:
    with pytest.raises(Refusal):
        minor(written, currency)

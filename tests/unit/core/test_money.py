"""Money is whole minor units; what people type is read, what is unclear is refused."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.money import Money, MoneyError, decimals_of, total


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("47", 4700),
        ("47,5", 4750),
        ("47.50", 4750),
        (" 47 € ", 4700),
        ("€47", 4700),
        ("1 234,50 €", 123450),
        ("1\u202f234,50\u00a0€", 123450),
        ("1\u2009234.5", 123450),
        ("1'234.50", 123450),
        ("1,234.50", 123450),
        ("1,234,567.89", 123456789),
        ("0,01", 1),
        ("-12,30", -1230),
        ("+12", 1200),
        ("007", 700),
        ("៤៧", 4700),
    ],
)
def test_what_people_type_is_read(typed: str, cents: int) -> None:
    assert Money.parse(typed) == Money(cents)


@pytest.mark.parametrize(
    "typed",
    [
        "", "abc", "€", "-", ",50", "47,", "47,505", "1e3", "NaN", "Infinity", "0x10", "47 50",
        "47 € 50", "4€7", "1,234", "1.234,50", "12 34", "1,23,456.00", "--5", "9" * 13, "1\x0047",
        "½", "47 $",
    ],
)  # fmt: skip
def test_what_is_unclear_is_refused(typed: str) -> None:
    with pytest.raises(MoneyError):
        Money.parse(typed)


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [("500", "JPY", 500), ("1 000", "JPY", 1000), ("4100", "KHR", 410000), ("1,5", "USD", 150)],
)
def test_each_currency_has_its_own_minor_unit(typed: str, currency: str, minor: int) -> None:
    assert Money.parse(typed, currency) == Money(minor, currency)


def test_yen_have_no_decimals() -> None:
    assert (decimals_of("JPY"), decimals_of("KHR"), decimals_of("EUR")) == (0, 2, 2)
    assert decimals_of("KWD") == 3
    with pytest.raises(MoneyError, match="too many decimals"):
        Money.parse("500,5", "JPY")


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "sNaN", "0.001", "1E-30"])
def test_a_decimal_that_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(MoneyError):
        Money.from_decimal(Decimal(amount))


@pytest.mark.parametrize("minor", [1.0, True, "1", None, Decimal(1)])
def test_minor_units_are_whole_numbers(minor: object) -> None:
    with pytest.raises(MoneyError):
        Money(minor)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["eur", "EU", "EURO", "", "E1R", "EUR\n"])
def test_a_currency_is_three_capitals(code: str) -> None:
    with pytest.raises(MoneyError):
        Money(1, code)


@pytest.mark.parametrize(
    ("minor", "rate", "part"),
    [
        (100, Fraction(2, 3), 67),
        (1, Fraction(1, 2), 1),
        (3, Fraction(1, 2), 2),
        (-1, Fraction(1, 2), -1),
        (-3, Fraction(1, 2), -2),
        (4999, Decimal("0.66"), 3299),
        (25, Decimal("0.66"), 17),
        (10**17 + 1, Fraction(1, 2), 5 * 10**16 + 1),
        (10**30 - 1, Fraction(1, 2), 5 * 10**29),
        (0, Decimal("0.75"), 0),
    ],
)
def test_a_share_is_rounded_half_up(minor: int, rate: Fraction | Decimal, part: int) -> None:
    assert Money(minor).share(rate) == Money(part)


@given(
    st.integers(-(10**14) + 1, 10**14 - 1),
    st.sampled_from(["EUR", "USD", "CHF", "GBP", "JPY", "KHR", "KWD"]),
)
def test_what_is_written_is_read_again(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    if abs(amount.decimal) < 10**12 and decimals_of(currency) < 3:  # 1,234 could be two amounts
        assert Money.parse(str(amount.decimal), currency) == amount
    assert Money.from_decimal(amount.decimal, currency) == amount


@given(st.integers(-(10**12), 10**12), st.fractions(0, 1))
def test_a_share_and_the_rest_are_the_whole_to_the_cent(minor: int, rate: Fraction) -> None:
    part = Money(minor).share(rate)
    assert abs(Fraction(part.minor) - minor * rate) <= Fraction(1, 2)
    assert part + (Money(minor) - part) == Money(minor)


@given(st.text(max_size=40))
def test_whatever_is_typed_it_is_an_amount_or_refused(typed: str) -> None:
    try:
        Money.parse(typed)
    except MoneyError:
        return


def test_currencies_do_not_mix() -> None:
    for act in (
        Money.__add__,
        Money.__sub__,
        Money.__lt__,
        Money.__le__,
        Money.__gt__,
        Money.__ge__,
    ):
        with pytest.raises(MoneyError, match="do not add up"):
            act(Money(1, "EUR"), Money(1, "USD"))
    assert Money(1, "EUR") != Money(1, "USD")


def test_amounts_are_compared_and_added() -> None:
    one, two = Money(100), Money(200)
    assert one < two <= two
    assert two > one >= one
    assert -one + two == one
    assert not Money(0)
    assert total([one, two, two]) == Money(500)
    assert total([], "USD") == Money(0, "USD")
    assert str(Money(123456)) == "1234.56 EUR"

"""How often, in which currency, and between which amounts somebody may give."""

from __future__ import annotations

import pytest

from portal.core.money import Money
from portal.donations.rules.amounts import (
    CURRENCIES,
    REFERENCE_SPONSORSHIP,
    REGULAR,
    AmountError,
    AmountTooLarge,
    AmountTooSmall,
    CurrencyNotAccepted,
    Rhythm,
    amount_limits,
    check_amount,
    suggested_first,
    suggestions,
    whole,
)


@pytest.mark.parametrize(
    ("amount", "rhythm", "sponsoring"),
    [
        ("5 EUR", Rhythm.ONCE, False),
        ("100000 EUR", Rhythm.ONCE, False),
        ("10 EUR", Rhythm.MONTHLY, False),
        ("15 CHF", Rhythm.QUARTERLY, False),
        ("20 USD", Rhythm.YEARLY, False),
        ("30 GBP", Rhythm.QUARTERLY, True),
        ("120 EUR", Rhythm.YEARLY, True),
    ],
)
def test_amounts_we_accept(amount: str, rhythm: Rhythm, sponsoring: bool) -> None:
    units, currency = amount.split()
    given = Money.parse(units, currency)
    assert check_amount(given, rhythm, sponsoring=sponsoring) == given


@pytest.mark.parametrize(
    ("amount", "rhythm", "sponsoring", "error", "limit"),
    [
        (Money(499), Rhythm.ONCE, False, AmountTooSmall, Money(500)),
        (Money(999), Rhythm.MONTHLY, False, AmountTooSmall, Money(1_000)),
        (Money(-500), Rhythm.ONCE, False, AmountTooSmall, Money(500)),
        (Money(10_000_001), Rhythm.ONCE, False, AmountTooLarge, Money(10_000_000)),
        (Money(2_999), Rhythm.QUARTERLY, True, AmountTooSmall, Money(3_000)),
        (Money(11_999, "USD"), Rhythm.YEARLY, True, AmountTooSmall, Money(12_000, "USD")),
        (Money(4_700, "JPY"), Rhythm.ONCE, False, CurrencyNotAccepted, None),
    ],
)
def test_amounts_we_refuse_and_the_limit_we_name(
    amount: Money, rhythm: Rhythm, sponsoring: bool, error: type[AmountError], limit: Money | None
) -> None:
    with pytest.raises(error) as refusal:
        check_amount(amount, rhythm, sponsoring=sponsoring)

    assert refusal.value.limit == limit


@pytest.mark.parametrize("currency", CURRENCIES)
@pytest.mark.parametrize("sponsoring", [False, True])
@pytest.mark.parametrize("rhythm", list(Rhythm))
def test_every_suggestion_is_an_amount_we_accept(
    rhythm: Rhythm, sponsoring: bool, currency: str
) -> None:
    if sponsoring and rhythm is Rhythm.ONCE:
        return
    for amount in suggestions(rhythm, currency, sponsoring=sponsoring):
        assert check_amount(amount, rhythm, sponsoring=sponsoring).currency == currency


def test_a_sponsorship_costs_the_same_a_month_whatever_its_rhythm() -> None:
    first = [suggested_first(rhythm, sponsoring=True) for rhythm in REGULAR]
    assert first == [REFERENCE_SPONSORSHIP, Money(14_100), Money(56_400)]


@pytest.mark.parametrize("rhythm", REGULAR)
def test_a_plan_s_interval_leads_back_to_its_rhythm(rhythm: Rhythm) -> None:
    assert Rhythm.of_interval(rhythm.interval) is rhythm


def test_limits_are_counted_in_the_currency_s_own_minor_units() -> None:
    assert amount_limits(Rhythm.ONCE, "CHF").minimum == Money(500, "CHF")
    assert whole(500, "JPY") == Money(500, "JPY")

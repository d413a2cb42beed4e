"""Money that goes back: what counts, where a dispute stands, what is left; nothing is ever lost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.money import Money, total
from portal.donations.rules.gift import GiftState
from portal.donations.rules.going_back import (
    Phase,
    RateUnknown,
    euro_parts,
    in_gifts_currency,
    is_closed,
    phase_of,
    standing_of,
    taken_now,
)

GIVEN = Money(5_000)
NOTHING = Money(0)
PARTS = st.lists(st.integers(1, 3_000).map(Money), max_size=6)


@pytest.mark.parametrize(
    ("back", "lost", "held", "state"),
    [
        ([], 0, 0, GiftState.SETTLED),
        ([2_000], 0, 0, GiftState.PARTIALLY_REFUNDED),
        ([2_000, 3_000], 0, 0, GiftState.REFUNDED),
        ([], 5_000, 0, GiftState.REFUNDED),
        ([1_000], 1_500, 0, GiftState.PARTIALLY_REFUNDED),
        ([], 0, 2_000, GiftState.DISPUTED),
        ([1_000], 0, 2_000, GiftState.DISPUTED),
        ([3_000], 5_000, 0, GiftState.REFUNDED),
        ([5_000], 0, 5_000, GiftState.REFUNDED),
    ],
)
def test_where_a_gift_stands_follows_from_what_went_back(
    back: list[int], lost: int, held: int, state: GiftState
) -> None:
    standing = standing_of(GIVEN, [Money(minor) for minor in back], Money(lost), Money(held))
    assert standing.state is state
    assert standing.back == min(GIVEN, Money(sum(back) + lost))


@given(PARTS, st.integers(0, 5_000), st.integers(0, 5_000))
def test_never_more_goes_back_than_was_given_in_whatever_order(
    refunds: list[Money], lost: int, held: int
) -> None:
    standing = standing_of(GIVEN, refunds, Money(lost), Money(held))
    assert NOTHING <= standing.back <= GIVEN
    assert standing == standing_of(GIVEN, refunds[::-1], Money(lost), Money(held))


@pytest.mark.parametrize(
    ("status", "taken", "phase", "closed"),
    [
        ("needs_response", 5_000, Phase.HELD, False),
        ("under_review", 5_000, Phase.HELD, False),
        ("won", 5_000, Phase.HELD, False),
        ("won", 0, Phase.NOTHING_TAKEN, True),
        ("lost", 5_000, Phase.LOST, True),
        ("lost", 0, Phase.NOTHING_TAKEN, False),
        ("warning_needs_response", 0, Phase.NOTHING_TAKEN, False),
        ("warning_closed", 0, Phase.NOTHING_TAKEN, True),
        ("prevented", 0, Phase.NOTHING_TAKEN, True),
        ("appeal_lost", 0, Phase.NOTHING_TAKEN, False),
        ("appeal_lost", 5_000, Phase.HELD, False),
    ],
)
def test_a_dispute_stands_where_its_money_is(
    status: str, taken: int, phase: Phase, closed: bool
) -> None:
    assert phase_of(status, Money(taken)) is phase
    assert is_closed(status, Money(taken)) is closed


@pytest.mark.parametrize(
    ("moved", "off"),
    [([], 0), ([-5_000], 5_000), ([-5_000, 5_000], 0), ([-5_000, 2_000], 3_000),
     ([-5_000, 5_000, -5_000], 5_000), ([5_000, -5_000], 0), ([-5_000, -5_000], 5_000)],
)  # fmt: skip
def test_what_is_off_the_balance_is_the_sum_of_what_moved(moved: list[int], off: int) -> None:
    assert taken_now(GIVEN, [Money(minor) for minor in moved]) == Money(off)


@given(
    st.integers(100, 10_000_000),
    st.decimals(Decimal("0.5"), Decimal("1.6"), places=6),
    st.sampled_from(["USD", "CHF", "GBP"]),
)
def test_a_whole_dispute_taken_and_given_back_is_whole_at_any_rate(
    minor: int, rate: Decimal, currency: str
) -> None:
    disputed = Money(minor, currency)
    euros = Money(int((disputed.decimal * rate * 100).to_integral_value()))
    assert in_gifts_currency(-euros, rate, disputed) == -disputed
    assert in_gifts_currency(euros, rate, disputed) == disputed


def test_without_a_rate_the_first_sum_taken_is_the_disputed_amount() -> None:
    disputed = Money(10_000, "USD")
    assert in_gifts_currency(Money(-9_000), None, disputed, Money(-9_000)) == -disputed
    assert in_gifts_currency(Money(4_500), None, disputed, Money(-9_000)) == Money(5_000, "USD")
    with pytest.raises(RateUnknown):
        in_gifts_currency(Money(-9_000), None, disputed)


def test_a_currency_without_cents_is_told_apart() -> None:
    assert in_gifts_currency(Money(-3_000), Decimal("0.006"), Money(9_000, "JPY")) == Money(
        -5_000, "JPY"
    )


@given(st.integers(1, 10_000_000), st.integers(1, 10_000_000), st.lists(st.integers(1, 10**6)))
def test_the_parts_that_went_back_are_worth_their_share_to_the_cent(
    euros: int, amount: int, parts: list[int]
) -> None:
    given_ = Money(amount, "USD")
    found = euro_parts(Money(euros), given_, [Money(part, "USD") for part in parts])
    gone = min(amount, sum(parts))
    assert len(found) == len(parts)
    if gone == amount:
        assert total(found) == Money(euros)
    else:
        assert abs(total(found).minor - euros * gone / amount) <= 0.5
    assert all(part.minor >= 0 for part in found)

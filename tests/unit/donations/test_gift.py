"""A gift's life: which fact leads where, which day counts, what a receipt may state."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.money import Money, MoneyError
from portal.donations.rules.gift import (
    TRANSITIONS,
    GiftFact,
    GiftState,
    ImpossibleFact,
    MissingDate,
    NaiveInstant,
    RefundExceedsGift,
    can_happen,
    next_state,
    receiptable,
    refund_fact,
    tax_date,
)


@pytest.mark.parametrize(
    ("words", "facts", "state"),
    [
        ("a card paid at once", "settled", "settled"),
        ("a direct debit takes days", "processing_started settled", "settled"),
        ("a direct debit is refused", "processing_started payment_failed", "failed"),
        ("a second try succeeds", "payment_failed settled", "settled"),
        ("nobody came back to the form", "expired", "abandoned"),
        ("money that comes late is believed", "expired settled", "settled"),
        ("the session expires after a refusal", "payment_failed expired", "failed"),
        ("part is refunded, then the rest", "settled partly_refunded fully_refunded", "refunded"),
        ("a refund fails", "settled fully_refunded refund_undone", "settled"),
        ("one of two refunds fails",
         "settled fully_refunded refund_undone partly_refunded", "partially_refunded"),
        ("a dispute is won", "settled dispute_opened dispute_won", "settled"),
        ("a dispute is lost", "settled dispute_opened dispute_lost", "refunded"),
        ("a SEPA return is lost at once", "processing_started settled dispute_lost", "refunded"),
        ("the opening is told after the loss", "settled dispute_lost dispute_opened", "refunded"),
        ("a dispute after a part refund is won",
         "settled partly_refunded dispute_opened dispute_won partly_refunded",
         "partially_refunded"),
        ("a won dispute is told again after a refund",
         "settled dispute_opened dispute_won fully_refunded dispute_won", "refunded"),
        ("a cheque bounces", "settled bounced", "failed"),
        ("it is presented again and paid", "settled bounced settled", "settled"),
    ],
)  # fmt: skip
def test_what_happens_to_a_gift(words: str, facts: str, state: str) -> None:
    current = GiftState.PENDING
    for fact in facts.split():
        current = next_state(current, GiftFact(fact))

    assert current == state


@pytest.mark.parametrize(("state", "fact"), list(product(GiftState, GiftFact)))
def test_a_fact_told_twice_changes_nothing_more(state: GiftState, fact: GiftFact) -> None:
    if can_happen(state, fact):
        once = next_state(state, fact)
        assert next_state(once, fact) == once


@pytest.mark.parametrize(
    "state",
    [GiftState.SETTLED, GiftState.PARTIALLY_REFUNDED, GiftState.REFUNDED, GiftState.DISPUTED],
)
@pytest.mark.parametrize("late", ["processing_started", "settled", "payment_failed", "expired"])
def test_news_from_before_the_payment_comes_too_late(state: GiftState, late: str) -> None:
    assert next_state(state, GiftFact(late)) == state


@pytest.mark.parametrize("state", ["pending", "processing", "failed", "abandoned"])
@pytest.mark.parametrize("fact", ["partly_refunded", "fully_refunded", "dispute_opened"])
def test_money_that_never_came_cannot_go_back(state: str, fact: str) -> None:
    with pytest.raises(ImpossibleFact, match=fact):
        next_state(GiftState(state), GiftFact(fact))


def test_every_state_can_be_reached() -> None:
    assert {GiftState.PENDING, *TRANSITIONS.values()} == set(GiftState)


@pytest.mark.parametrize(
    ("refunded", "fact"),
    [(0, "refund_undone"), (1, "partly_refunded"), (4699, "partly_refunded"),
     (4700, "fully_refunded")],
)  # fmt: skip
def test_which_fact_a_refund_is(refunded: int, fact: str) -> None:
    assert refund_fact(Money(4700), Money(refunded)) == fact


@pytest.mark.parametrize("refunded", [4701, -1])
def test_no_more_goes_back_than_came(refunded: int) -> None:
    with pytest.raises(RefundExceedsGift):
        refund_fact(Money(4700), Money(refunded))


NEW_YEAR_S_EVE_IN_PARIS = datetime(2025, 12, 31, 22, 59, 59, tzinfo=UTC)
NEW_YEAR_IN_PARIS = datetime(2025, 12, 31, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("mode", "received_on", "credited_at", "counts"),
    [
        ("cheque", date(2025, 12, 31), NEW_YEAR_IN_PARIS, date(2025, 12, 31)),
        ("cash", date(2025, 12, 31), None, date(2025, 12, 31)),
        ("card", date(2025, 12, 1), NEW_YEAR_S_EVE_IN_PARIS, date(2025, 12, 31)),
        ("card", None, NEW_YEAR_IN_PARIS, date(2026, 1, 1)),
        ("sepa", None, datetime(2026, 6, 30, 22, 0, tzinfo=UTC), date(2026, 7, 1)),
        ("transfer", date(2025, 12, 30), date(2026, 1, 2), date(2026, 1, 2)),
    ],
)
def test_the_day_that_decides_the_tax_year(
    mode: str, received_on: date | None, credited_at: datetime | date | None, counts: date
) -> None:
    assert tax_date(mode, received_on=received_on, credited_at=credited_at) == counts


@pytest.mark.parametrize("mode", ["card", "sepa", "transfer"])
def test_the_day_a_transfer_was_announced_does_not_count(mode: str) -> None:
    with pytest.raises(MissingDate):
        tax_date(mode, received_on=date(2025, 12, 31))


def test_the_day_a_cheque_was_banked_does_not_count() -> None:
    with pytest.raises(MissingDate):
        tax_date("cheque", credited_at=NEW_YEAR_IN_PARIS)


def test_an_instant_without_its_zone_has_no_civil_day() -> None:
    with pytest.raises(NaiveInstant):
        tax_date("card", credited_at=datetime(2025, 12, 31, 23, 30))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("state", "amount", "refunded", "euros"),
    [
        ("settled", Money(4700), Money(0), 4700),
        ("partially_refunded", Money(4000), Money(1500), 2500),
        ("refunded", Money(4700), Money(4700), 0),
        ("pending", Money(4700), Money(0), 0),
        ("processing", Money(4700), Money(0), 0),
        ("disputed", Money(4700), Money(0), 0),
        ("failed", Money(4700), Money(0), 0),
        ("settled", Money(4700, "USD"), Money(0, "USD"), 0),
    ],
)
def test_what_a_receipt_may_state(state: str, amount: Money, refunded: Money, euros: int) -> None:
    assert receiptable(GiftState(state), amount, refunded) == Money(euros)


def test_a_refund_in_another_currency_is_a_mistake() -> None:
    with pytest.raises(MoneyError):
        receiptable(GiftState.SETTLED, Money(4700), Money(100, "USD"))


@given(st.sampled_from(list(GiftState)), st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_receipt_never_states_more_than_was_given(
    state: GiftState, amount: int, refunded: int
) -> None:
    stated = receiptable(state, Money(max(amount, refunded)), Money(min(amount, refunded)))

    assert Money(0) <= stated <= Money(max(amount, refunded))

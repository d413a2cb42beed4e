"""What the books still lack of a gift: nothing twice, nothing changed, everything undone by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from portal.accounting.rules.booking import (
    GiftRecord,
    Posting,
    Returned,
    Verdict,
    bookable,
    postings_due,
)
from portal.accounting.rules.chart import GIFTS
from portal.accounting.rules.draft import Draft
from portal.accounting.rules.gifts import GiftFacts
from portal.core.money import Money, total

TODAY = date(2026, 11, 22)
FACTS = GiftFacts("D1", Money(4_700), "card", date(2026, 3, 1), "ch_1", date(2026, 3, 1), True)
CAME = GiftRecord(7, FACTS, came=True, fee=Money(96))
REFUND = Returned("refund:3", Money(1_000), date(2026, 4, 1), "re_3")


def booked(*records: GiftRecord) -> dict[str, Draft]:
    """The books after the gift was each of these, one after the other."""
    stands: dict[str, Draft] = {}
    for record in records:
        stands |= {posting.source: posting.draft for posting in due(record, stands)}
    return stands


def due(record: GiftRecord, stands: dict[str, Draft]) -> list[Posting]:
    return postings_due(record, stands, TODAY)


def income(stands: dict[str, Draft]) -> Money:
    lines = [line for draft in stands.values() for line in draft.lines if line.account == GIFTS]
    return total([line.credit for line in lines]) - total([line.debit for line in lines])


def test_a_gift_and_its_fee_are_booked_under_their_names() -> None:
    assert [posting.source for posting in due(CAME, {})] == ["gift:7:settled", "gift:7:fee"]


def test_what_is_booked_is_not_booked_again() -> None:
    whole = replace(CAME, refunds=(REFUND,))

    assert due(whole, booked(whole)) == []


def test_a_gift_that_never_came_is_not_booked() -> None:
    assert due(replace(CAME, came=False), {}) == []


def test_a_bounce_and_a_second_payment_are_told_apart_by_name() -> None:
    stands = booked(CAME, replace(CAME, came=False), CAME)

    assert list(stands) == [
        "gift:7:settled", "gift:7:fee", "gift:7:settled:undone", "gift:7:settled:2",
    ]  # fmt: skip
    assert income(stands) == Money(4_700)


def test_a_fee_that_changes_is_replaced() -> None:
    stands = booked(CAME, replace(CAME, fee=Money(120)))

    assert list(stands)[2:] == ["gift:7:fee:undone", "gift:7:fee:2"]


def test_a_correction_keeps_its_first_day_for_the_reversal() -> None:
    corrected = replace(CAME, facts=replace(FACTS, on=date(2025, 12, 31)), corrected=True)
    stands = booked(CAME, corrected)

    assert stands["gift:7:settled:undone"].on == date(2026, 3, 1)
    assert stands["gift:7:settled:2"].on == date(2025, 12, 31)


def test_a_correction_to_before_the_books_began_only_reverses() -> None:
    corrected = replace(CAME, facts=replace(FACTS, on=date(2019, 12, 31)), corrected=True)

    assert income(booked(CAME, corrected)) == Money(0)


def test_a_gift_that_lost_its_day_is_reversed() -> None:
    lost = GiftRecord(7, None, came=False)

    assert due(lost, {}) == []
    assert income(booked(CAME, lost)) == Money(0)


def test_a_dispute_is_opened_once_and_closed_once() -> None:
    opened = replace(CAME, verdicts=(Verdict(Money(4_700)),))
    won = replace(CAME, verdicts=(Verdict(Money(4_700), won=True),))
    stands = booked(CAME, opened, opened, won, won)

    assert list(stands)[2:] == ["gift:7:dispute", "gift:7:dispute:undone"]
    assert income(stands) == Money(4_700)


def test_what_a_bank_does_not_keep_of_a_dispute_comes_back() -> None:
    opened = replace(CAME, verdicts=(Verdict(Money(4_700)),))
    partly = replace(CAME, verdicts=(Verdict(Money(3_000), won=False),))
    stands = booked(CAME, opened, partly)

    assert stands["gift:7:dispute:won"].total == Money(1_700)
    assert income(stands) == Money(1_700)


def test_a_dispute_of_more_than_the_gift_holds_the_gift() -> None:
    stands = booked(CAME, replace(CAME, verdicts=(Verdict(Money(9_000)),)))

    assert stands["gift:7:dispute"].total == Money(4_700)


def test_only_euros_since_the_books_began_are_bookable() -> None:
    assert bookable(FACTS)
    assert not bookable(None)
    assert not bookable(replace(FACTS, on=date(2019, 12, 31)))
    assert not bookable(replace(FACTS, amount=Money(4_700, "USD")))


@given(st.lists(st.sampled_from(["came", "bounced", "refunded", "fee"]), max_size=8))
def test_whatever_happens_in_whatever_order_the_books_say_what_the_gift_is(
    steps: list[str],
) -> None:
    states = {
        "came": CAME,
        "bounced": replace(CAME, came=False),
        "refunded": replace(CAME, refunds=(REFUND,)),
        "fee": replace(CAME, fee=Money(10)),
    }
    expected = {"came": 4_700, "bounced": 0, "refunded": 3_700, "fee": 4_700}
    stands = booked(*(states[step] for step in steps))

    assert income(stands) == Money(expected[steps[-1]] if steps else 0)

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
    bookable,
    postings_due,
)
from portal.accounting.rules.chart import FEES, GIFTS, OTHER_DEBTORS, STRIPE
from portal.accounting.rules.disputes import Disputed, Moved
from portal.accounting.rules.draft import Draft
from portal.accounting.rules.gifts import GiftFacts, entry_for_dispute_movement
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


def balance(stands: dict[str, Draft], account: str) -> Money:
    """Debit less credit."""
    lines = [line for draft in stands.values() for line in draft.lines if line.account == account]
    return total([line.debit for line in lines]) - total([line.credit for line in lines])


def income(stands: dict[str, Draft]) -> Money:
    return -balance(stands, GIFTS)


TAKEN = Moved("movement:5", Money(-4_700), Money(2_000), date(2026, 5, 1), "txn_5")
GIVEN_BACK = Moved("movement:6", Money(4_700), Money(0), date(2026, 7, 1), "txn_6")
OPEN = Disputed("dispute:2", "dp_2", (TAKEN,))
LOST = replace(OPEN, ended_on=date(2026, 6, 1), income=Money(4_700))
WON = replace(OPEN, movements=(TAKEN, GIVEN_BACK), ended_on=date(2026, 7, 1))


def disputed(*disputes: Disputed) -> GiftRecord:
    return replace(CAME, disputes=disputes)


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


def test_what_a_dispute_moves_is_booked_once_on_its_day_with_its_fee() -> None:
    stands = booked(disputed(OPEN), disputed(OPEN))

    assert list(stands)[2:] == ["movement:5", "movement:5:fee"]
    assert stands["movement:5"].on == date(2026, 5, 1)
    assert (balance(stands, OTHER_DEBTORS), balance(stands, FEES)) == (Money(4_700), Money(2_096))
    assert income(stands) == Money(4_700)


def test_a_dispute_that_is_won_leaves_the_income_and_costs_its_fee() -> None:
    stands = booked(disputed(OPEN), disputed(WON))

    assert list(stands)[4:] == ["movement:6"]
    assert balance(stands, STRIPE) == Money(4_700 - 96 - 2_000)
    assert (income(stands), balance(stands, OTHER_DEBTORS)) == (Money(4_700), Money(0))


def test_a_dispute_that_is_lost_gives_up_the_income_on_the_day_it_ended() -> None:
    stands = booked(disputed(OPEN), disputed(LOST))

    assert stands["dispute:2:end"].on == date(2026, 6, 1)
    assert (income(stands), balance(stands, OTHER_DEBTORS)) == (Money(0), Money(0))


def test_a_lost_dispute_that_is_reopened_and_won_undoes_its_end() -> None:
    stands = booked(disputed(LOST), disputed(OPEN), disputed(WON))

    assert "dispute:2:end:undone" in stands
    assert (income(stands), balance(stands, OTHER_DEBTORS)) == (Money(4_700), Money(0))


def test_a_dispute_booked_under_the_old_name_is_never_booked_again() -> None:
    old = entry_for_dispute_movement(FACTS, Money(-4_700), TODAY, "ch_1")
    whole = booked(CAME) | {"gift:7:dispute": old}
    closed = whole | {"gift:7:dispute:undone": old.reversed(TODAY)}

    assert due(disputed(LOST), closed) == []
    sources = [posting.source for posting in due(disputed(LOST), whole)]
    assert sources[0] == "gift:7:dispute:undone"
    assert sources[1:] == ["movement:5", "movement:5:fee", "dispute:2:end"]


def test_a_part_that_moves_by_a_cent_is_booked_anew() -> None:
    third = replace(REFUND, amount=Money(1_566))
    stands = booked(
        replace(CAME, refunds=(third,)),
        replace(CAME, refunds=(replace(third, amount=Money(1_567)),)),
    )

    assert "refund:3:2" in stands
    assert income(stands) == Money(4_700 - 1_567)


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


@given(st.lists(st.sampled_from(["held", "lost"]), max_size=8), st.booleans())
def test_a_dispute_may_end_and_be_reopened_as_often_as_it_likes(
    steps: list[str], won: bool
) -> None:
    states = {"held": (disputed(OPEN), 4_700, 4_700), "lost": (disputed(LOST), 0, 0)}
    stands = booked(CAME)
    for record, kept, held in [states[step] for step in steps] + [(disputed(WON), 4_700, 0)] * won:
        stands |= {posting.source: posting.draft for posting in due(record, stands)}
        assert (income(stands), balance(stands, OTHER_DEBTORS)) == (Money(kept), Money(held))

"""Lines of the bank: their names, the gaps between statements, what is certain, what was promised."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounting.rules.bank import Covered, MatchedBy, MatchKind, fingerprints, gaps
from portal.accounting.rules.matching import Proposal, Why, certain_one, says_fee, weighed
from portal.accounting.rules.promises import Concern, Promise, differences, rhythm_of
from portal.accounting.rules.statements import StatementLine
from portal.core.money import Money

DAY = date(2026, 11, 2)
OCTOBER = date(2026, 10, 1)

lines = st.builds(
    StatementLine,
    booked_on=st.dates(date(2026, 1, 1), date(2026, 1, 5)),
    amount=st.integers(1, 5).map(Money),
    text=st.sampled_from(["don", "Don ", "autre"]),
    bank_ref=st.sampled_from(["", "A"]),
)


@given(st.lists(lines, max_size=12), st.randoms())
def test_a_line_keeps_its_name_whatever_stands_around_it(
    told: list[StatementLine], chance: object
) -> None:
    names = fingerprints(told)
    assert len(set(names)) == len(names)
    shuffled = list(told)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert set(fingerprints(shuffled)) == set(names)


def covered(first: int, last: int, opening: int | None, closing: int | None) -> Covered:
    return Covered(
        DAY + timedelta(days=first),
        DAY + timedelta(days=last),
        None if opening is None else Money(opening),
        None if closing is None else Money(closing),
    )


@pytest.mark.parametrize(
    ("later", "found"),
    [
        pytest.param(covered(5, 9, 100, 200), [], id="the next day"),
        pytest.param(covered(8, 9, 100, 200), [], id="quiet days, the same balance"),
        pytest.param(covered(4, 9, 100, 200), [], id="the opening dated on the closing"),
        pytest.param(covered(2, 9, 50, 200), [], id="overlapping"),
        pytest.param(covered(5, 9, 130, 200), [Money(30)], id="money is missing"),
        pytest.param(covered(9, 12, None, None), [], id="balances not told, few days"),
        pytest.param(covered(19, 22, None, None), [None], id="balances not told, many days"),
    ],
)
def test_a_gap_is_money_or_many_days(later: Covered, found: list[Money | None]) -> None:
    told = gaps([later, covered(0, 4, 0, 100)])
    assert [gap.missing for gap in told] == found


def by_donor(donor_id: int, *why: Why) -> Proposal:
    return Proposal(MatchKind.GIFT, why, donor_id)


def test_reasons_for_one_donor_are_one_proposal_the_likeliest_first() -> None:
    told = weighed(
        [by_donor(1, Why.NAME), by_donor(2, Why.KNOWN_ACCOUNT), by_donor(1, Why.REFERENCE)]
    )
    assert [proposal.donor_id for proposal in told] == [1, 2]
    assert set(told[0].why) == {Why.NAME, Why.REFERENCE}
    assert told[0].certain is MatchedBy.REFERENCE


@pytest.mark.parametrize(
    ("told", "donor"),
    [
        ([by_donor(1, Why.NAME, Why.KNOWN_ACCOUNT)], None),
        ([by_donor(1, Why.RULE)], 1),
        ([by_donor(1, Why.RULE), by_donor(2, Why.REFERENCE)], 2),
        ([by_donor(1, Why.RULE), by_donor(2, Why.RULE)], None),
        ([by_donor(1, Why.REFERENCE), by_donor(2, Why.REFERENCE)], None),
    ],
    ids=["likely", "a rule", "she says who she is", "two rules", "two references"],
)
def test_what_contradicts_itself_is_a_question(told: list[Proposal], donor: int | None) -> None:
    chosen = certain_one(told)
    assert (chosen.donor_id if chosen else None) == donor


@pytest.mark.parametrize(
    ("plain", "code", "minor", "fee"),
    [
        ("frais de tenue de compte", "", -990, True),
        ("remboursement frais", "", 990, False),
        ("paiement fraisier", "", -990, False),
        ("x", "PMNT/CHRG", -100, True),
    ],
)
def test_a_fee_is_money_that_leaves_for_the_bank(
    plain: str, code: str, minor: int, fee: bool
) -> None:
    assert says_fee(plain, code, Money(minor)) is fee


@pytest.mark.parametrize(
    ("days", "every"),
    [
        ([date(2026, m, 5) for m in (6, 7, 8)], 1),
        ([date(2026, 1, 31), date(2026, 3, 2), date(2026, 3, 31)], 1),
        ([date(2026, m, 5) for m in (1, 4, 7)], 3),
        ([date(2025, 11, 5), date(2026, 11, 4)], 12),
        ([date(2026, 6, 5), date(2026, 7, 5)], None),
        ([date(2026, 6, 5), date(2026, 7, 5), date(2026, 11, 5)], None),
    ],
)
def test_a_rhythm_is_seen_in_the_days(days: list[date], every: int | None) -> None:
    rhythm = rhythm_of(days)
    assert (rhythm.every_months if rhythm else None) == every


@pytest.mark.parametrize(
    ("promise", "came", "concern"),
    [
        (Promise(1, Money(4_700), date(2026, 1, 5)), 4_700, None),
        (Promise(1, Money(4_700), date(2026, 1, 5)), 0, Concern.NO_MONEY),
        (Promise(1, Money(4_700), date(2026, 1, 5)), 3_000, Concern.OTHER_AMOUNT),
        (Promise(1, Money(4_700), date(2026, 10, 12)), 0, None),
        (
            Promise(1, Money(4_700), date(2026, 1, 5), ended_on=date(2026, 9, 30)),
            4_700,
            Concern.AFTER_END,
        ),
        (Promise(1, Money(4_700), date(2026, 1, 5), ended_on=date(2026, 10, 15)), 4_700, None),
        (Promise(1, Money(14_100), date(2026, 1, 5), 3, last_on=date(2026, 8, 5)), 0, None),
        (Promise(2, Money(4_700), date(2026, 10, 2)), 4_700, Concern.NO_PROMISE),
    ],
)
def test_a_month_is_compared_with_what_was_promised(
    promise: Promise, came: int, concern: Concern | None
) -> None:
    received = [(1, Money(came))] if came else []
    found = [each.concern for each in differences(OCTOBER, [promise], received)]
    assert found == ([] if concern is None else [concern])

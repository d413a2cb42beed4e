"""What lines are about, and from when the provider is asked again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal.donations.differences import FACTS, STATEMENTS
from portal.donations.rules.reconciliation import (
    LEDGER_BEGINS,
    FindingKind,
    LineKind,
    ask_since,
    categories_of,
    events_since,
    kind_of,
)

NOW = datetime(2026, 11, 22, 4, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("category", "kind"),
    [
        ("charge", LineKind.CHARGE),
        ("charge_failure", LineKind.CHARGE_BACK),
        ("refund_failure", LineKind.REFUND),
        ("dispute_reversal", LineKind.DISPUTE),
        ("payout_reversal", LineKind.PAYOUT),
        ("network_cost", LineKind.FEE),
        ("other_adjustment", LineKind.OTHER),
        ("invented_tomorrow", LineKind.OTHER),
        ("", LineKind.OTHER),
    ],
)
def test_each_category_is_about_something(category: str, kind: LineKind) -> None:
    assert kind_of(category) is kind


def test_the_categories_of_some_kinds() -> None:
    assert categories_of(LineKind.REFUND, LineKind.PAYOUT) == [
        "payout",
        "payout_reversal",
        "refund",
        "refund_failure",
    ]


@pytest.mark.parametrize(
    ("before", "since"),
    [
        (None, LEDGER_BEGINS),
        (NOW, NOW - timedelta(days=3)),
        (NOW - timedelta(days=40), NOW - timedelta(days=43)),
    ],
    ids=["the first time", "as a rule", "after a long silence"],
)
def test_the_ledger_is_asked_for_from_before_what_is_known(
    before: datetime | None, since: datetime
) -> None:
    assert ask_since(before) == since


@pytest.mark.parametrize(
    ("read_until", "days"),
    [(None, 30), (NOW, 3), (NOW - timedelta(days=1), 3), (NOW - timedelta(days=9), 10),
     (NOW - timedelta(days=90), 30)],
    ids=["the first time", "an hour ago", "yesterday", "nine days ago", "three months ago"],
)  # fmt: skip
def test_messages_are_asked_for_three_to_thirty_days_back(
    read_until: datetime | None, days: int
) -> None:
    assert events_since(NOW, read_until) == NOW - timedelta(days=days)


def test_every_kind_of_difference_is_looked_for() -> None:
    assert set(STATEMENTS) == set(FindingKind) - {FindingKind.BALANCE_DIFFERS}


def test_every_category_belongs_to_one_side_of_the_books() -> None:
    told = [*FACTS["charges"], *FACTS["refunds"], *FACTS["disputes"]]
    assert len(told) == len(set(told))
    assert set(told) < set(FACTS["known"])

"""What a sponsor is written when a debit fails, and when: each step once, and nobody is harassed.

The provider tries a debit four times within about two weeks. A first mail says when it is tried
again, a second what can be done, a third that the next try is the last; before that a person calls.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final


class NoticeKind(StrEnum):
    """The mails about a plan that are sent once for each occasion."""

    DEBIT_FAILED = "debit_failed"
    AUTHENTICATION = "authentication"
    FAILED_AGAIN = "failed_again"
    LAST_NOTICE = "last_notice"
    ENDED = "ended"
    RECOVERED = "recovered"
    CARD_EXPIRING = "card_expiring"
    METHOD_REPLACED = "method_replaced"
    UPCOMING = "upcoming"
    DEBIT_RETURNED = "debit_returned"


LADDER: Final = (
    NoticeKind.DEBIT_FAILED,
    NoticeKind.AUTHENTICATION,
    NoticeKind.FAILED_AGAIN,
    NoticeKind.LAST_NOTICE,
)
"""From the mildest to the last."""
TRIES_BEFORE_THE_LAST: Final = 3
CALL_WITHIN: Final = timedelta(days=5)
CALL_AT_ONCE: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Failing:
    """A debit that has not come through yet: tries made, the next one, whether the donor must act."""

    attempts: int
    next_attempt_at: datetime | None
    needs_action: bool = False


def step(debit: Failing) -> NoticeKind:
    """The mail this debit calls for now."""
    if debit.attempts >= TRIES_BEFORE_THE_LAST or (
        debit.next_attempt_at is None and not debit.needs_action
    ):
        return NoticeKind.LAST_NOTICE
    if debit.attempts >= 2:
        return NoticeKind.FAILED_AGAIN
    return NoticeKind.AUTHENTICATION if debit.needs_action else NoticeKind.DEBIT_FAILED


def due(debit: Failing, sent: Collection[NoticeKind]) -> NoticeKind | None:
    """The step to write now, None when it or a later one was written about this debit."""
    wanted = step(debit)
    rank = LADDER.index(wanted)
    return None if any(kind in sent for kind in LADDER[rank:]) else wanted


def call_by(debit: Failing, today: date) -> date | None:
    """The day by which a person should have called; None while a mail is enough.

    Always before the try after which the provider may give up.
    """
    if step(debit) is NoticeKind.LAST_NOTICE:
        return today + CALL_AT_ONCE
    if debit.attempts < 2:
        return None
    by = today + CALL_WITHIN
    if debit.next_attempt_at is not None:
        by = min(by, debit.next_attempt_at.date() - timedelta(days=1))
    return max(by, today)


def card_ends_soon(expires_on: date, today: date) -> bool:
    """Whether the card's last month is this one or the next."""
    months = (expires_on.year - today.year) * 12 + expires_on.month - today.month
    return 0 <= months <= 1


def upcoming_is_due(now_taken: str, told_last: str | None) -> bool:
    """Whether a direct debit must be announced: the first one, and each one of another sum.

    One notice covers a whole schedule of equal debits (SEPA Core rulebook, pre-notification).
    """
    return told_last != now_taken

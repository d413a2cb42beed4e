"""The life of a gift: its states, and the day that decides its tax year.

A fact (a payment came, a refund left) leads from one state to the next by one table. A fact
may come twice or late, and then changes nothing; one that cannot be true of the gift as we
know it is an error, never a guess.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from portal.core.money import Money

_PARIS = ZoneInfo("Europe/Paris")


class GiftError(ValueError):
    """Something that cannot be true of a gift."""


class ImpossibleFact(GiftError):
    """This fact cannot happen to a gift in this state."""

    def __init__(self, state: GiftState, fact: GiftFact) -> None:
        super().__init__(f"{fact.value} cannot happen to a gift that is {state.value}")
        self.state = state
        self.fact = fact


class MissingDate(GiftError):
    """The date that decides the tax year is not known."""


class NaiveInstant(GiftError):
    """An instant without its time zone: its civil day in Paris cannot be told."""


class RefundExceedsGift(GiftError):
    """More went back to the donor than was given."""


class GiftState(StrEnum):
    """Where a gift stands."""

    PENDING = "pending"
    PROCESSING = "processing"
    SETTLED = "settled"
    FAILED = "failed"
    ABANDONED = "abandoned"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


class GiftFact(StrEnum):
    """What can happen to a gift.

    ``bounced``: the bank took back the whole sum (own SEPA return, unpaid cheque).
    ``refund_undone``: a refund failed (or a lost dispute was reopened and won) and its money is
    ours again. After it, and after ``dispute_won``, state the refunds that remain
    (:func:`refund_fact`). State what the payment is now, not what a late message says it was.
    """

    PROCESSING_STARTED = "processing_started"
    SETTLED = "settled"
    PAYMENT_FAILED = "payment_failed"
    EXPIRED = "expired"
    PARTLY_REFUNDED = "partly_refunded"
    FULLY_REFUNDED = "fully_refunded"
    REFUND_UNDONE = "refund_undone"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    DISPUTE_PARTLY_LOST = "dispute_partly_lost"
    BOUNCED = "bounced"


_S, _F = GiftState, GiftFact

_NOT_PAID: Final = {
    # No money yet; money that arrives after all is always believed.
    _S.PENDING: {
        _F.PROCESSING_STARTED: _S.PROCESSING,
        _F.SETTLED: _S.SETTLED,
        _F.PAYMENT_FAILED: _S.FAILED,
        _F.EXPIRED: _S.ABANDONED,
    },
    _S.PROCESSING: {
        _F.PROCESSING_STARTED: _S.PROCESSING,
        _F.SETTLED: _S.SETTLED,
        _F.PAYMENT_FAILED: _S.FAILED,
        _F.EXPIRED: _S.PROCESSING,
    },
    _S.FAILED: {
        _F.PROCESSING_STARTED: _S.PROCESSING,
        _F.SETTLED: _S.SETTLED,
        _F.PAYMENT_FAILED: _S.FAILED,
        _F.EXPIRED: _S.FAILED,
        _F.BOUNCED: _S.FAILED,
    },
    _S.ABANDONED: {
        _F.PROCESSING_STARTED: _S.PROCESSING,
        _F.SETTLED: _S.SETTLED,
        _F.PAYMENT_FAILED: _S.ABANDONED,
        _F.EXPIRED: _S.ABANDONED,
    },
}

_LATE: Final = (_F.PROCESSING_STARTED, _F.SETTLED, _F.PAYMENT_FAILED, _F.EXPIRED)

_RECEIVED: Final = {
    _F.PARTLY_REFUNDED: _S.PARTIALLY_REFUNDED,
    _F.FULLY_REFUNDED: _S.REFUNDED,
    _F.REFUND_UNDONE: _S.SETTLED,
    _F.DISPUTE_OPENED: _S.DISPUTED,
    _F.DISPUTE_WON: _S.SETTLED,
    _F.DISPUTE_LOST: _S.REFUNDED,
    _F.DISPUTE_PARTLY_LOST: _S.PARTIALLY_REFUNDED,
    _F.BOUNCED: _S.FAILED,
}

_PAID: Final = {
    _S.SETTLED: _RECEIVED,
    _S.PARTIALLY_REFUNDED: _RECEIVED | {_F.DISPUTE_WON: _S.PARTIALLY_REFUNDED},
    _S.REFUNDED: {
        _F.PARTLY_REFUNDED: _S.PARTIALLY_REFUNDED,
        _F.FULLY_REFUNDED: _S.REFUNDED,
        _F.REFUND_UNDONE: _S.SETTLED,
        _F.DISPUTE_OPENED: _S.REFUNDED,
        _F.DISPUTE_WON: _S.REFUNDED,
        _F.DISPUTE_LOST: _S.REFUNDED,
    },
    _S.DISPUTED: {
        _F.DISPUTE_OPENED: _S.DISPUTED,
        _F.DISPUTE_WON: _S.SETTLED,
        _F.DISPUTE_LOST: _S.REFUNDED,
        _F.DISPUTE_PARTLY_LOST: _S.PARTIALLY_REFUNDED,
        _F.PARTLY_REFUNDED: _S.DISPUTED,
        _F.FULLY_REFUNDED: _S.REFUNDED,
    },
}

TRANSITIONS: Final = MappingProxyType(
    {(state, fact): then for state, row in _NOT_PAID.items() for fact, then in row.items()}
    | {(state, fact): state for state in _PAID for fact in _LATE}
    | {(state, fact): then for state, row in _PAID.items() for fact, then in row.items()}
)
"""Every fact that may happen in a state, and the state it leads to."""


def next_state(current: GiftState, fact: GiftFact) -> GiftState:
    """The state after the fact; the same state when the fact is a repeat or late.

    A refund or dispute of a gift not yet settled is refused: state ``SETTLED`` first.

    :raises ImpossibleFact: when the table has no such step.
    """
    try:
        return TRANSITIONS[current, fact]
    except KeyError:
        raise ImpossibleFact(current, fact) from None


def can_happen(current: GiftState, fact: GiftFact) -> bool:
    """Whether the fact may happen to a gift in this state."""
    return (current, fact) in TRANSITIONS


def refund_fact(amount: Money, refunded: Money) -> GiftFact:
    """The fact to state once ``refunded`` of ``amount`` has gone back in all.

    :raises RefundExceedsGift: when more went back than came.
    """
    left = _left(amount, refunded)
    if not refunded:
        return GiftFact.REFUND_UNDONE
    return GiftFact.PARTLY_REFUNDED if left else GiftFact.FULLY_REFUNDED


class PaymentMode(StrEnum):
    """How the money came."""

    CARD = "card"
    SEPA = "sepa"
    CHEQUE = "cheque"
    TRANSFER = "transfer"
    CASH = "cash"
    IN_KIND = "in_kind"
    WAIVED_EXPENSES = "waived_expenses"


HANDED_OVER: Final = frozenset(
    {PaymentMode.CHEQUE, PaymentMode.CASH, PaymentMode.IN_KIND, PaymentMode.WAIVED_EXPENSES}
)


def tax_date(
    mode: str, *, received_on: date | None = None, credited_at: datetime | date | None = None
) -> date:
    """The civil day in Paris that decides the tax year (BOI-IR-RICI-250-20, §§ 20-30).

    Cheque and cash count on the day they were handed over or the letter arrived, even when
    banked later; card, direct debit and transfer on the day the account was credited.

    :raises MissingDate: :raises NaiveInstant:
    """
    counts = received_on if PaymentMode(mode) in HANDED_OVER else credited_at
    if counts is None:
        raise MissingDate(f"a gift by {mode} has no date that decides its tax year")
    if not isinstance(counts, datetime):
        return counts
    if counts.tzinfo is None:
        raise NaiveInstant(f"{counts.isoformat()} has no time zone")
    return counts.astimezone(_PARIS).date()


RECEIPTABLE_STATES: Final = frozenset({GiftState.SETTLED, GiftState.PARTIALLY_REFUNDED})


def receiptable(
    state: GiftState, amount: Money, refunded: Money, euros: Money | None = None
) -> Money:
    """The euros a tax receipt may state for the gift: what was given and not sent back.

    Fees never lower it. Zero while the money is not there or is disputed. ``euros`` is what a gift
    in another currency brought: it states its share of them, and nothing while they are unknown
    (CGI art. 200; the receipt states euros).

    :raises RefundExceedsGift: when more went back than came.
    """
    left = _left(amount, refunded)
    if state not in RECEIPTABLE_STATES:
        return Money(0)
    if amount.currency == "EUR":
        return left
    return (
        Money(0) if euros is None else euros - euros.share(Fraction(refunded.minor, amount.minor))
    )


def _left(amount: Money, refunded: Money) -> Money:
    left = amount - refunded
    if left.minor < 0 or refunded.minor < 0:
        raise RefundExceedsGift(f"{refunded} went back of {amount}")
    return left

"""What the provider in memory remembers, and how it keeps its promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar

from portal.core.money import Money
from portal.donations.gateway import (
    CheckoutRequest,
    CheckoutSnapshot,
    DisputeSnapshot,
    FraudWarningSnapshot,
    GatewayUnavailable,
    IdempotencyConflict,
    Interval,
    InvoiceSnapshot,
    LedgerLine,
    MandateSnapshot,
    MethodRequest,
    MethodSnapshot,
    ObjectUnknown,
    PaymentSnapshot,
    PaymentStatus,
    PayoutSnapshot,
    RefundSnapshot,
    SetupSnapshot,
    SubscriptionSnapshot,
    VerifiedEvent,
)

_T = TypeVar("_T")
GOOD = "signed-by-the-provider"
A_MONTH = timedelta(days=30)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PERIODS: Mapping[Interval, timedelta] = {
    "month": A_MONTH,
    "quarter": 3 * A_MONTH,
    "year": 12 * A_MONTH,
}
EUROS_OF_ONE: Mapping[str, Decimal] = {
    "USD": Decimal("0.9"),
    "CHF": Decimal("1.05"),
    "GBP": Decimal("1.15"),
    "JPY": Decimal("0.006"),
}


@dataclass
class Kept:
    """The provider's memory.

    ``down``: nothing answers. ``fee_known``: a payment's fee is there at once. ``amount_taken``:
    the provider takes this amount, whatever was asked. ``deaf``: a change of a plan is answered
    politely and not carried out. ``pays_now``: how a debit that is tried again ends.
    ``breaks_after``: reading a list breaks off after so many lines, as when the network goes.
    ``refunds_arrive``: where a refund that is asked for stands at once.
    ``held``: what the provider says it holds, whatever its lines say. ``rates``: how many euros one
    unit of a currency brings.
    """

    down: bool = False
    fee_known: bool = True
    amount_taken: Money | None = None
    deaf: bool = False
    pays_now: PaymentStatus = "succeeded"
    refunds_arrive: str = "succeeded"
    now: datetime = NOON
    answers: dict[str, Any] = field(default_factory=dict)
    checkouts: dict[str, CheckoutSnapshot] = field(default_factory=dict)
    asked: dict[str, CheckoutRequest] = field(default_factory=dict)
    methods_asked: dict[str, MethodRequest] = field(default_factory=dict)
    payments: dict[str, PaymentSnapshot] = field(default_factory=dict)
    subscriptions: dict[str, SubscriptionSnapshot] = field(default_factory=dict)
    invoices: dict[str, InvoiceSnapshot] = field(default_factory=dict)
    refunds: dict[str, list[RefundSnapshot]] = field(default_factory=dict)
    methods: dict[str, MethodSnapshot] = field(default_factory=dict)
    default_methods: dict[str, str] = field(default_factory=dict)
    setups: dict[str, SetupSnapshot] = field(default_factory=dict)
    mandates: dict[str, MandateSnapshot] = field(default_factory=dict)
    disputes: dict[str, DisputeSnapshot] = field(default_factory=dict)
    warnings: dict[str, FraudWarningSnapshot] = field(default_factory=dict)
    lines: dict[str, LedgerLine] = field(default_factory=dict)
    sent: dict[str, PayoutSnapshot] = field(default_factory=dict)
    remembered: list[tuple[VerifiedEvent, dict[str, Any]]] = field(default_factory=list)
    held: tuple[Money, ...] | None = None
    breaks_after: int | None = None
    rates: dict[str, Decimal] = field(default_factory=lambda: dict(EUROS_OF_ONE))
    calls: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def moves(
        self,
        category: str,
        gross: int,
        source: str = "",
        *,
        fee: int = 0,
        currency: str = "EUR",
        at: datetime | None = None,
        line_id: str | None = None,
        rate: Decimal | None = None,
    ) -> LedgerLine:
        """A line on the balance, in minor units."""
        made = LedgerLine(
            id=line_id or self._id("txn"),
            category=category,
            gross=Money(gross, currency),
            fee=Money(fee, currency),
            net=Money(gross - fee, currency),
            source_id=source,
            payout_id=None,
            created_at=at or self.now,
            available_on=(at or self.now) + timedelta(days=3),
            exchange_rate=rate,
            description=category,
        )
        self.lines[made.id] = made
        return made

    def in_euros(self, amount: Money) -> tuple[Money, Decimal | None]:
        """What an amount is on the balance, and the rate when it is another currency."""
        if amount.currency == "EUR":
            return amount, None
        rate = self.rates[amount.currency]
        return Money(int((amount.decimal * rate * 100).to_integral_value())), rate

    def _once(self, key: str, request: object, act: Callable[[], _T]) -> _T:
        """The same key with the same request answers the same; with another one it is a conflict."""
        if key in self.answers:
            first, answer = self.answers[key]
            if first != request:
                raise IdempotencyConflict("the key was used for another request")
            known: _T = answer
            return known
        made = act()
        self.answers[key] = (request, made)
        return made

    def _id(self, kind: str) -> str:
        return f"{kind}_{next(self._numbers):06}"

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if self.down:
            raise GatewayUnavailable("nothing answers")


def found(kept: Mapping[str, _T], key: str) -> _T:
    """The object of that id; raises ObjectUnknown."""
    if key not in kept:
        raise ObjectUnknown(f"no {key}")
    return kept[key]

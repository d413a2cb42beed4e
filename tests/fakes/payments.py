"""A payment provider in memory: what the tests play with instead of Stripe.

It keeps the promises of `PaymentGateway` (same key and request: same answer; other request: a
conflict) and has hands of its own: a donor pays, a card is declined, a session expires, a month
passes, money goes back. `down` makes every call fail as when nothing answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from portal.core.money import Money
from portal.donations.gateway import (
    CheckoutRequest,
    CheckoutSnapshot,
    CheckoutStarted,
    EventMalformed,
    GatewayUnavailable,
    IdempotencyConflict,
    InvoiceSnapshot,
    ObjectUnknown,
    PaymentMethod,
    PaymentSnapshot,
    PaymentStatus,
    RefundSnapshot,
    RefundTooLarge,
    SignatureInvalid,
    SubscriptionSnapshot,
    VerifiedEvent,
)

_T = TypeVar("_T")
GOOD = "signed-by-the-provider"
A_MONTH = timedelta(days=30)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass
class FakePayments:
    """The provider and the hands on it."""

    down: bool = False
    fee_known: bool = True
    amount_taken: Money | None = None
    now: datetime = NOON
    requests: dict[str, CheckoutRequest] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    checkouts: dict[str, CheckoutSnapshot] = field(default_factory=dict)
    asked: dict[str, CheckoutRequest] = field(default_factory=dict)
    payments: dict[str, PaymentSnapshot] = field(default_factory=dict)
    subscriptions: dict[str, SubscriptionSnapshot] = field(default_factory=dict)
    invoices: dict[str, InvoiceSnapshot] = field(default_factory=dict)
    refunds: dict[str, list[RefundSnapshot]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    # What the portal asks ------------------------------------------------------------------

    def start_checkout(self, request: CheckoutRequest) -> CheckoutStarted:
        self._called("start_checkout")
        known = self._known(request.idempotency_key, request)
        if known is not None:
            started: CheckoutStarted = known
            return started
        session_id = self._id("cs")
        self.checkouts[session_id] = CheckoutSnapshot(
            session_id, "open", "unpaid", request.reference, request.customer_id, None, None
        )
        self.asked[session_id] = request
        started = CheckoutStarted(session_id, f"https://pay.example.org/{session_id}")
        self.answers[request.idempotency_key] = (request, started)
        return started

    def fetch_checkout(self, session_id: str) -> CheckoutSnapshot:
        self._called("fetch_checkout")
        return _of(self.checkouts, session_id)

    def fetch_payment(self, payment_intent_id: str) -> PaymentSnapshot:
        self._called("fetch_payment")
        found = _of(self.payments, payment_intent_id)
        if not self.fee_known:
            return replace(found, fee=None, balance_transaction_id=None)
        return found

    def fetch_subscription(self, subscription_id: str) -> SubscriptionSnapshot:
        self._called("fetch_subscription")
        return _of(self.subscriptions, subscription_id)

    def fetch_invoice(self, invoice_id: str) -> InvoiceSnapshot:
        self._called("fetch_invoice")
        return _of(self.invoices, invoice_id)

    def list_invoices(self, subscription_id: str) -> list[InvoiceSnapshot]:
        self._called("list_invoices")
        return [each for each in self.invoices.values() if each.subscription_id == subscription_id]

    def refund(self, payment_intent_id: str, amount: Money, idempotency_key: str) -> RefundSnapshot:
        self._called("refund")
        known = self._known(idempotency_key, amount)
        if known is not None:
            again: RefundSnapshot = known
            return again
        made = self.gives_back(payment_intent_id, amount)
        self.answers[idempotency_key] = (amount, made)
        return made

    def list_refunds(self, payment_intent_id: str) -> list[RefundSnapshot]:
        self._called("list_refunds")
        return list(self.refunds.get(payment_intent_id, []))

    def change_amount(
        self, subscription_id: str, amount: Money, idempotency_key: str
    ) -> SubscriptionSnapshot:
        self._called("change_amount")
        self._known(idempotency_key, amount)
        changed = replace(
            _of(self.subscriptions, subscription_id), amount=self.amount_taken or amount
        )
        self.subscriptions[subscription_id] = changed
        self.answers[idempotency_key] = (amount, changed)
        return changed

    def cancel_subscription(
        self, subscription_id: str, at_period_end: bool, idempotency_key: str
    ) -> SubscriptionSnapshot:
        self._called("cancel_subscription")
        del idempotency_key
        found = _of(self.subscriptions, subscription_id)
        ended = (
            replace(found, cancel_at_period_end=True)
            if at_period_end
            else replace(found, status="canceled")
        )
        self.subscriptions[subscription_id] = ended
        return ended

    def verify(self, raw: bytes, header: str) -> VerifiedEvent:
        if header != GOOD:
            raise SignatureInvalid("the signature is not ours")
        try:
            body = json.loads(raw)
            thing = body["data"]["object"]
        except (ValueError, KeyError, TypeError) as error:
            raise EventMalformed("not an event") from error
        return VerifiedEvent(
            id=body["id"],
            type=body["type"],
            object_type=thing.get("object", ""),
            object_id=thing.get("id", ""),
            api_version="test",
            livemode=False,
            created_at=datetime.fromtimestamp(body["created"], UTC),
        )

    # What happens there --------------------------------------------------------------------

    def donor_pays(
        self, session_id: str, method: PaymentMethod = "card", status: PaymentStatus = "succeeded"
    ) -> str:
        """Somebody pays the gift of that checkout; gives the payment's id."""
        request = self.asked[session_id]
        intent = self._payment(request.amount, request.reference, method, status)
        paid = "paid" if status == "succeeded" else "unpaid"
        self.checkouts[session_id] = replace(
            self.checkouts[session_id],
            status="open" if status == "failed" else "complete",
            payment_status=paid,
            payment_intent_id=intent,
            customer_id="cus_1",
        )
        return intent

    def donor_subscribes(
        self, session_id: str, method: PaymentMethod = "card", status: PaymentStatus = "succeeded"
    ) -> tuple[str, str]:
        """Somebody begins the plan of that checkout; gives the subscription and first invoice."""
        request = self.asked[session_id]
        subscription_id = self._id("sub")
        self.subscriptions[subscription_id] = SubscriptionSnapshot(
            subscription_id,
            "active",
            request.amount,
            "month",
            self.now + A_MONTH,
            False,
            request.reference,
            "cus_1",
        )
        invoice_id = self._debit(subscription_id, method, status)
        self.checkouts[session_id] = replace(
            self.checkouts[session_id],
            status="complete",
            payment_status="paid" if status == "succeeded" else "unpaid",
            subscription_id=subscription_id,
            customer_id="cus_1",
        )
        return subscription_id, invoice_id

    def month_passes(self, subscription_id: str, status: PaymentStatus = "succeeded") -> str:
        """The next debit of a plan; gives its invoice."""
        self.now += A_MONTH
        found = self.subscriptions[subscription_id]
        self.subscriptions[subscription_id] = replace(
            found,
            status="active" if status == "succeeded" else "past_due",
            current_period_end=self.now + A_MONTH,
        )
        return self._debit(subscription_id, "card", status)

    def settles(self, payment_intent_id: str, status: PaymentStatus = "succeeded") -> None:
        """The bank answers about a payment on its way."""
        found = self.payments[payment_intent_id]
        self.payments[payment_intent_id] = self._told(found, status)

    def expires(self, session_id: str) -> None:
        """Nobody paid in time."""
        self.checkouts[session_id] = replace(self.checkouts[session_id], status="expired")

    def gives_back(
        self, payment_intent_id: str, amount: Money, status: str = "succeeded"
    ) -> RefundSnapshot:
        """Money goes back, asked for here or in the provider's own pages."""
        payment = _of(self.payments, payment_intent_id)
        before = self.refunds.setdefault(payment_intent_id, [])
        gone = sum(each.amount.minor for each in before if each.status != "failed")
        if gone + amount.minor > payment.amount.minor:
            raise RefundTooLarge("more than is left")
        made = RefundSnapshot(self._id("re"), payment_intent_id, amount, status, self.now)
        before.append(made)
        return made

    def event(self, kind: str, object_id: str, **values: Any) -> tuple[bytes, dict[str, str]]:
        """A signed message about an object: the body and the headers to post."""
        body = {
            "id": self._id("evt"),
            "type": kind,
            "created": int(self.now.timestamp()) + next(self._numbers),
            "livemode": False,
            "data": {
                "object": {"id": object_id, "object": kind.split(".", maxsplit=1)[0], **values}
            },
        }
        return json.dumps(body).encode(), {"Stripe-Signature": GOOD}

    def session_of(self, reference: object) -> str:
        """The latest checkout of a gift or plan."""
        return next(
            session
            for session, request in reversed(self.asked.items())
            if request.reference == str(reference)
        )

    # How it is kept ------------------------------------------------------------------------

    def _debit(self, subscription_id: str, method: PaymentMethod, status: PaymentStatus) -> str:
        subscription = self.subscriptions[subscription_id]
        invoice_id = self._id("in")
        intent = self._payment(subscription.amount, "", method, status)
        self.payments[intent] = replace(
            self.payments[intent],
            reference=subscription.reference,
            invoice_id=invoice_id,
            subscription_id=subscription_id,
        )
        self.invoices[invoice_id] = InvoiceSnapshot(
            invoice_id,
            subscription_id,
            "paid" if status == "succeeded" else "open",
            subscription.amount,
            self.now if status == "succeeded" else None,
            intent,
            subscription.reference,
        )
        return invoice_id

    def _payment(
        self, amount: Money, reference: str, method: PaymentMethod, status: PaymentStatus
    ) -> str:
        intent = self._id("pi")
        made = PaymentSnapshot(
            payment_intent_id=intent,
            charge_id=None,
            status="pending",
            amount=amount,
            fee=None,
            balance_transaction_id=None,
            succeeded_at=None,
            method=method,
            refunded=Money(0),
            failure_code=None,
            reference=reference,
            invoice_id=None,
            subscription_id=None,
            customer_id="cus_1",
        )
        self.payments[intent] = self._told(made, status)
        return intent

    def _told(self, payment: PaymentSnapshot, status: PaymentStatus) -> PaymentSnapshot:
        number = payment.payment_intent_id.removeprefix("pi_")
        if status != "succeeded":
            return replace(payment, status=status, charge_id=f"ch_{number}")
        return replace(
            payment,
            status=status,
            charge_id=f"ch_{number}",
            fee=Money(payment.amount.minor * 15 // 1000 + 25),
            balance_transaction_id=f"txn_{number}",
            succeeded_at=self.now,
        )

    def _known(self, key: str, request: Any) -> Any:
        if key not in self.answers:
            return None
        first, answer = self.answers[key]
        if first != request:
            raise IdempotencyConflict("the key was used for another request")
        return answer

    def _id(self, kind: str) -> str:
        return f"{kind}_{next(self._numbers):06}"

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if self.down:
            raise GatewayUnavailable("nothing answers")


def _of(kept: dict[str, _T], key: str) -> _T:
    if key not in kept:
        raise ObjectUnknown(f"no {key}")
    return kept[key]

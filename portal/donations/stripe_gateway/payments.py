"""Payments, and what is given back of them."""

from __future__ import annotations

from typing import Any, Final, cast

from portal.core.money import Money
from portal.donations import gateway as door
from portal.donations.stripe_gateway import snapshots
from portal.donations.stripe_gateway.connection import (
    PAGE,
    Connection,
    named,
    once,
    plain,
    same_currency,
)
from portal.donations.stripe_gateway.refusals import translated

_PAYMENT: Final = ["latest_charge.balance_transaction"]
_REFUND: Final = ["balance_transaction"]


class Payments(Connection):
    """Payment intents and refunds."""

    def fetch_payment(self, payment_intent_id: str) -> door.PaymentSnapshot:
        """The payment as it stands now; a plan's payment is led back to its invoice and plan."""
        with translated():
            intent = self._stripe.payment_intents.retrieve(
                named(payment_intent_id), {"expand": _PAYMENT}
            )
        found = plain(intent)
        # A gift's payment carries our reference; a plan's does not, but its invoice does.
        invoice = None if snapshots.reference_of(found) else self._invoice_paid_by(found["id"])
        return snapshots.payment(found, invoice)

    def refund(
        self, payment_intent_id: str, amount: Money, idempotency_key: str, reference: str = ""
    ) -> door.RefundSnapshot:
        """Give back all or part; raises RefundTooLarge when less than that is left."""
        named(payment_intent_id)
        with translated(refund=True):
            intent = self._stripe.payment_intents.retrieve(payment_intent_id)
            same_currency(plain(intent), amount)
            refund = self._stripe.refunds.create(
                {
                    "payment_intent": payment_intent_id,
                    "amount": amount.minor,
                    "metadata": {"reference": reference},
                    "expand": _REFUND,
                },
                cast(Any, once(idempotency_key)),
            )
        return snapshots.refund(plain(refund))

    def fetch_refund(self, refund_id: str) -> door.RefundSnapshot:
        """One refund as it stands now."""
        with translated():
            refund = self._stripe.refunds.retrieve(named(refund_id), {"expand": _REFUND})
        return snapshots.refund(plain(refund))

    def list_refunds(self, payment_intent_id: str) -> list[door.RefundSnapshot]:
        """Everything given back of a payment, oldest first."""
        with translated():
            page = self._stripe.refunds.list(
                {
                    "payment_intent": named(payment_intent_id),
                    "limit": PAGE,
                    "expand": [f"data.{name}" for name in _REFUND],
                }
            )
            found = [plain(each) for each in page.auto_paging_iter()]
        return [snapshots.refund(each) for each in reversed(found)]

    def _invoice_paid_by(self, payment_intent_id: str) -> dict[str, Any] | None:
        with translated():
            page = self._stripe.invoice_payments.list(
                {
                    "payment": {"type": "payment_intent", "payment_intent": payment_intent_id},
                    "expand": ["data.invoice"],
                    "limit": 1,
                }
            )
        found = plain(page)["data"]
        return cast("dict[str, Any]", found[0]["invoice"]) if found else None

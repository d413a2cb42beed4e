"""Plans while they run: their amount, their day, their pause, their means of payment, their end.

Every change takes force with the next debit: nothing is charged or given back in between.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from portal.core.money import Money
from portal.donations import gateway as door
from portal.donations.stripe_gateway import asks, snapshots
from portal.donations.stripe_gateway.connection import (
    Connection,
    named,
    once,
    plain,
    same_currency,
)
from portal.donations.stripe_gateway.refusals import translated


class Plans(Connection):
    """Subscriptions."""

    def fetch_subscription(self, subscription_id: str) -> door.SubscriptionSnapshot:
        """The plan as it stands now."""
        return snapshots.subscription(self._subscription(subscription_id))

    def change_amount(
        self, subscription_id: str, amount: Money, idempotency_key: str
    ) -> door.SubscriptionSnapshot:
        """Take another amount from the next debit on; nothing is charged or given back now."""
        present = self._subscription(subscription_id)
        same_currency(present, amount)
        return self._change(subscription_id, asks.new_amount(present, amount), idempotency_key)

    def change_next_debit(
        self, subscription_id: str, at: datetime, idempotency_key: str
    ) -> door.SubscriptionSnapshot:
        """Take the next debit at that instant, later ones from there; nothing is charged in between."""
        return self._change(subscription_id, asks.next_debit(at), idempotency_key)

    def pause_subscription(
        self, subscription_id: str, until: datetime, idempotency_key: str
    ) -> door.SubscriptionSnapshot:
        """Take no debit until that instant; what would have been due meanwhile is never asked for."""
        return self._change(subscription_id, asks.pause(until), idempotency_key)

    def resume_subscription(
        self, subscription_id: str, idempotency_key: str
    ) -> door.SubscriptionSnapshot:
        """End a pause, or take back a cancellation that is not in force yet."""
        present = self._subscription(subscription_id)
        return self._change(subscription_id, asks.resume(present), idempotency_key)

    def use_method(
        self, subscription_id: str, method_id: str, idempotency_key: str
    ) -> door.SubscriptionSnapshot:
        """Take the debits of a plan from another card or IBAN from now on."""
        asked = {"default_payment_method": named(method_id)}
        return self._change(subscription_id, asked, idempotency_key)

    def cancel_subscription(
        self, subscription_id: str, at_period_end: bool, idempotency_key: str
    ) -> door.SubscriptionSnapshot:
        """End a plan, now or when the period already paid for is over."""
        if at_period_end:
            return self._change(subscription_id, {"cancel_at_period_end": True}, idempotency_key)
        return self._cancel_now(named(subscription_id))

    def _change(
        self, subscription_id: str, asked: dict[str, Any], idempotency_key: str
    ) -> door.SubscriptionSnapshot:
        with translated():
            changed = self._stripe.subscriptions.update(
                named(subscription_id), cast(Any, asked), cast(Any, once(idempotency_key))
            )
        return snapshots.subscription(plain(changed))

    def _cancel_now(self, subscription_id: str) -> door.SubscriptionSnapshot:
        # Stripe takes no idempotency key here and refuses a second time: look whether it is done.
        try:
            with translated():
                ended = self._stripe.subscriptions.cancel(subscription_id)
        except door.GatewayRefused:
            present = self.fetch_subscription(subscription_id)
            if present.status != "canceled":
                raise
            return present
        return snapshots.subscription(plain(ended))

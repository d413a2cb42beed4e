"""Stripe's hosted pages: a gift or a plan is paid there, another card or IBAN is given there."""

from __future__ import annotations

from typing import Any, cast

from portal.donations import gateway as door
from portal.donations.stripe_gateway import asks, snapshots
from portal.donations.stripe_gateway.connection import Connection, named, once, plain
from portal.donations.stripe_gateway.refusals import translated


class Checkouts(Connection):
    """Checkout sessions."""

    def start_checkout(self, request: door.CheckoutRequest) -> door.CheckoutStarted:
        """Open a hosted payment page for a gift or a plan."""
        return self._start(asks.checkout(request), request.idempotency_key)

    def start_method_update(self, request: door.MethodRequest) -> door.CheckoutStarted:
        """Open a hosted page where the donor gives another card or IBAN; nothing is charged."""
        return self._start(asks.method_update(request), request.idempotency_key)

    def fetch_checkout(self, session_id: str) -> door.CheckoutSnapshot:
        """The checkout as it stands now."""
        with translated():
            session = self._stripe.checkout.sessions.retrieve(named(session_id))
        return snapshots.checkout(plain(session))

    def expire_checkout(self, session_id: str) -> door.CheckoutSnapshot:
        """Close a payment page nobody paid on; raises GatewayRefused for one that is not open."""
        with translated():
            session = self._stripe.checkout.sessions.expire(named(session_id))
        return snapshots.checkout(plain(session))

    def _start(self, asked: dict[str, Any], idempotency_key: str) -> door.CheckoutStarted:
        with translated():
            session = self._stripe.checkout.sessions.create(
                cast(Any, asked), cast(Any, once(idempotency_key))
            )
        return snapshots.checkout_started(plain(session))

"""The gateway to Stripe: all its verbs together, and the one that needs no call."""

from __future__ import annotations

from portal.donations import gateway as door
from portal.donations.stripe_gateway import events
from portal.donations.stripe_gateway.checkouts import Checkouts
from portal.donations.stripe_gateway.disputes import Disputes
from portal.donations.stripe_gateway.invoices import Invoices
from portal.donations.stripe_gateway.ledger import Ledger
from portal.donations.stripe_gateway.methods import Methods
from portal.donations.stripe_gateway.payments import Payments
from portal.donations.stripe_gateway.plans import Plans


class StripeGateway(Checkouts, Payments, Plans, Invoices, Methods, Disputes, Ledger):
    """Speaks to Stripe, or to the simulator when `api_base` says so."""

    def verify(self, raw: bytes, header: str) -> door.VerifiedEvent:
        """Read an event from the bytes and the signature header; raises WebhookRefused's kinds."""
        events.check_signature(raw, header, self._webhook_secrets, self._clock.now())
        event = events.read(raw)
        if event.livemode != self._livemode:
            raise door.LivemodeMismatch(f"event {event.id} is of the other world")
        return event

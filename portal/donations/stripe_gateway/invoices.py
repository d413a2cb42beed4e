"""The debits of plans."""

from __future__ import annotations

from typing import Any, Final, cast

import stripe

from portal.donations import gateway as door
from portal.donations.stripe_gateway import snapshots
from portal.donations.stripe_gateway.connection import Connection, named, once, plain
from portal.donations.stripe_gateway.refusals import translated

_EXPANDED: Final = ["payments"]
_A_YEAR_OF_DEBITS: Final = 14


class Invoices(Connection):
    """Invoices of subscriptions."""

    def fetch_invoice(self, invoice_id: str) -> door.InvoiceSnapshot:
        """One debit of a plan as it stands now."""
        with translated():
            invoice = self._stripe.invoices.retrieve(named(invoice_id), {"expand": _EXPANDED})
        return snapshots.invoice(plain(invoice))

    def list_invoices(self, subscription_id: str) -> list[door.InvoiceSnapshot]:
        """The debits of a plan's last year, oldest first; 14 at most."""
        with translated():
            page = self._stripe.invoices.list(
                {
                    "subscription": named(subscription_id),
                    "limit": _A_YEAR_OF_DEBITS,
                    "expand": [f"data.{name}" for name in _EXPANDED],
                }
            )
        return [snapshots.invoice(each) for each in reversed(plain(page)["data"])]

    def pay_invoice(self, invoice_id: str, idempotency_key: str) -> door.InvoiceSnapshot:
        """Try an open debit again now; a decline is no error, the snapshot tells it.

        One that is paid already is answered as it is. Raises GatewayRefused for one that is void.
        """
        named(invoice_id)
        try:
            with translated():
                paid = self._pay(invoice_id, idempotency_key)
        except door.IdempotencyConflict:
            raise
        except door.GatewayRefused:
            # Stripe refuses to be paid a second time: look whether it is done.
            present = self.fetch_invoice(invoice_id)
            if present.status != "paid":
                raise
            return present
        return snapshots.invoice(plain(paid)) if paid else self.fetch_invoice(invoice_id)

    def forgive_invoice(self, invoice_id: str, idempotency_key: str) -> door.InvoiceSnapshot:
        """Never try an open debit again; one that is paid or given up is answered as it is."""
        present = self.fetch_invoice(invoice_id)
        if present.status != "open":
            return present
        with translated():
            given_up = self._stripe.invoices.mark_uncollectible(
                invoice_id, {"expand": _EXPANDED}, cast(Any, once(idempotency_key))
            )
        return snapshots.invoice(plain(given_up))

    def _pay(self, invoice_id: str, idempotency_key: str) -> stripe.Invoice | None:
        try:
            return self._stripe.invoices.pay(
                invoice_id, {"expand": _EXPANDED}, cast(Any, once(idempotency_key))
            )
        except stripe.CardError:
            return None

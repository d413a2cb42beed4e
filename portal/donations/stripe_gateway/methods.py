"""Means of payment, the consent to use them, and mandates."""

from __future__ import annotations

from portal.donations import gateway as door
from portal.donations.stripe_gateway import snapshots
from portal.donations.stripe_gateway.connection import Connection, named, plain
from portal.donations.stripe_gateway.refusals import translated
from portal.donations.stripe_gateway.snapshots.values import nested


class Methods(Connection):
    """Payment methods, setup intents, mandates."""

    def fetch_setup(self, setup_intent_id: str) -> door.SetupSnapshot:
        """The consent to a means of payment as it stands now."""
        with translated():
            setup = self._stripe.setup_intents.retrieve(named(setup_intent_id))
        return snapshots.setup(plain(setup))

    def fetch_method(self, method_id: str) -> door.MethodSnapshot:
        """What may be shown of a means of payment."""
        with translated():
            method = self._stripe.payment_methods.retrieve(named(method_id))
        return snapshots.method(plain(method))

    def default_method(self, customer_id: str) -> door.MethodSnapshot | None:
        """The means of payment debits use when a plan names none; a deleted customer has none."""
        with translated():
            customer = self._stripe.customers.retrieve(
                named(customer_id), {"expand": ["invoice_settings.default_payment_method"]}
            )
        settings = nested(plain(customer).get("invoice_settings"))
        method = nested(settings.get("default_payment_method"))
        return snapshots.method(method) if method else None

    def fetch_mandate(self, mandate_id: str) -> door.MandateSnapshot:
        """A direct debit mandate as it stands now."""
        with translated():
            mandate = self._stripe.mandates.retrieve(named(mandate_id))
        return snapshots.mandate(plain(mandate))

"""Disputes and early fraud warnings."""

from __future__ import annotations

from portal.donations import gateway as door
from portal.donations.stripe_gateway import snapshots
from portal.donations.stripe_gateway.connection import PAGE, Connection, named, plain
from portal.donations.stripe_gateway.refusals import translated


class Disputes(Connection):
    """What donors' banks question."""

    def fetch_dispute(self, dispute_id: str) -> door.DisputeSnapshot:
        """A dispute as it stands now, with what it moved on the balance."""
        with translated():
            dispute = self._stripe.disputes.retrieve(named(dispute_id))
        return snapshots.dispute(plain(dispute))

    def list_disputes(self, payment_intent_id: str) -> list[door.DisputeSnapshot]:
        """The disputes of a payment, oldest first."""
        with translated():
            page = self._stripe.disputes.list(
                {"payment_intent": named(payment_intent_id), "limit": PAGE}
            )
            found = [plain(each) for each in page.auto_paging_iter()]
        return [snapshots.dispute(each) for each in reversed(found)]

    def fetch_fraud_warning(self, warning_id: str) -> door.FraudWarningSnapshot:
        """An early fraud warning as it stands now."""
        with translated():
            warning = self._stripe.radar.early_fraud_warnings.retrieve(named(warning_id))
        return snapshots.fraud_warning(plain(warning))

"""What donors' banks do later: disputes, direct debits returned, suspicions of fraud."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from portal.core.money import Money
from portal.donations.gateway import DisputeSnapshot, FraudWarningSnapshot
from tests.fakes.payments.charges import Charges
from tests.fakes.payments.kept import found

ANSWER_WITHIN = timedelta(days=7)
DISPUTE_FEE = 2_000
RETURN_FEE = 1_500
NO_MONEY = ("warning_needs_response", "warning_under_review", "warning_closed", "prevented")


@dataclass
class GoingBack(Charges):
    """Disputes and early fraud warnings."""

    # What the portal asks ------------------------------------------------------------------

    def fetch_dispute(self, dispute_id: str) -> DisputeSnapshot:
        self._called("fetch_dispute")
        return found(self.disputes, dispute_id)

    def list_disputes(self, payment_intent_id: str) -> list[DisputeSnapshot]:
        self._called("list_disputes")
        kept = self.disputes.values()
        return [each for each in kept if each.payment_intent_id == payment_intent_id]

    def fetch_fraud_warning(self, warning_id: str) -> FraudWarningSnapshot:
        self._called("fetch_fraud_warning")
        return found(self.warnings, warning_id)

    # What happens there --------------------------------------------------------------------

    def dispute_opens(
        self,
        payment_intent_id: str,
        amount: Money | None = None,
        *,
        status: str = "needs_response",
        reason: str = "fraudulent",
        fee: int = DISPUTE_FEE,
    ) -> str:
        """The donor's bank questions a payment or part of it; gives the dispute's id.

        The money leaves at once, with a fee in cents, unless it is an inquiry (``warning_…``) or
        was prevented.
        """
        payment = found(self.payments, payment_intent_id)
        dispute_id = self._id("dp")
        self.disputes[dispute_id] = DisputeSnapshot(
            id=dispute_id,
            payment_intent_id=payment_intent_id,
            amount=amount or payment.amount,
            status=status,
            reason=reason,
            created_at=self.now,
            answer_by=self.now + ANSWER_WITHIN if status.endswith("needs_response") else None,
        )
        if status not in NO_MONEY:
            self._takes(dispute_id, -1, fee)
        disputed = replace(self.payments[payment_intent_id], disputed=status != "prevented")
        self.payments[payment_intent_id] = disputed
        return dispute_id

    def debit_comes_back(
        self, payment_intent_id: str, reason: str = "insufficient_funds", fee: int = RETURN_FEE
    ) -> str:
        """A direct debit that had succeeded is returned: a dispute that is lost at once."""
        return self.dispute_opens(payment_intent_id, status="lost", reason=reason, fee=fee)

    def dispute_moves(self, dispute_id: str, status: str, *, fee: int = DISPUTE_FEE) -> None:
        """The dispute goes a step on; an inquiry that becomes a dispute takes the money."""
        before = self.disputes[dispute_id]
        self.disputes[dispute_id] = replace(before, status=status)
        if before.status in NO_MONEY and status not in NO_MONEY:
            self._takes(dispute_id, -1, fee)

    def dispute_won(self, dispute_id: str, amount: Money | None = None) -> None:
        """We were right: the money, or part of it, comes back; the fee does not."""
        self.disputes[dispute_id] = replace(self.disputes[dispute_id], status="won")
        self._takes(dispute_id, 1, 0, amount)

    def dispute_lost(self, dispute_id: str) -> None:
        """The donor was right: the money stays away."""
        self.disputes[dispute_id] = replace(self.disputes[dispute_id], status="lost")

    def suspects(
        self,
        payment_intent_id: str,
        kind: str = "made_with_stolen_card",
        *,
        actionable: bool = True,
    ) -> str:
        """A bank believes that a payment was not its holder's; gives the warning's id."""
        warning_id = self._id("issfr")
        self.warnings[warning_id] = FraudWarningSnapshot(
            warning_id, payment_intent_id, kind, actionable, self.now
        )
        return warning_id

    # How it is kept ------------------------------------------------------------------------

    def _takes(self, dispute_id: str, sign: int, fee: int, amount: Money | None = None) -> None:
        dispute = self.disputes[dispute_id]
        settled, rate = self.in_euros(amount or dispute.amount)
        category = "dispute" if sign < 0 else "dispute_reversal"
        line = self.moves(category, sign * settled.minor, dispute_id, fee=fee, rate=rate)
        self.disputes[dispute_id] = replace(dispute, lines=(*dispute.lines, line))

"""Payments, and the money that goes back of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from portal.core.money import Money
from portal.donations.gateway import (
    MethodSnapshot,
    ObjectUnknown,
    PaymentMethod,
    PaymentSnapshot,
    PaymentStatus,
    RefundSnapshot,
    RefundTooLarge,
)
from tests.fakes.payments.kept import Kept, found

CAME_BACK = ("failed", "canceled")


@dataclass
class Charges(Kept):
    """Payments and refunds."""

    # What the portal asks ------------------------------------------------------------------

    def fetch_payment(self, payment_intent_id: str) -> PaymentSnapshot:
        self._called("fetch_payment")
        payment = found(self.payments, payment_intent_id)
        if self.fee_known:
            return payment
        unknown = replace(payment, fee=None, settled=None, exchange_rate=None)
        return replace(unknown, balance_transaction_id=None)

    def refund(
        self, payment_intent_id: str, amount: Money, idempotency_key: str, reference: str = ""
    ) -> RefundSnapshot:
        self._called("refund")
        wanted = (payment_intent_id, amount, self.refunds_arrive, reference)
        return self._once(idempotency_key, wanted, lambda: self.gives_back(*wanted))

    def list_refunds(self, payment_intent_id: str) -> list[RefundSnapshot]:
        self._called("list_refunds")
        return list(self.refunds.get(payment_intent_id, []))

    def fetch_refund(self, refund_id: str) -> RefundSnapshot:
        self._called("fetch_refund")
        return self._refund(refund_id)

    # What happens there --------------------------------------------------------------------

    def settles(
        self,
        payment_intent_id: str,
        status: PaymentStatus = "succeeded",
        *,
        failure_code: str = "",
    ) -> None:
        """The bank answers about a payment on its way."""
        payment = self.payments[payment_intent_id]
        self.payments[payment_intent_id] = self._told(payment, status, failure_code)

    def bank_asks(self, payment_intent_id: str) -> None:
        """The donor's bank wants the donor to confirm before anything is paid."""
        waiting = replace(self.payments[payment_intent_id], status="pending", needs_action=True)
        self.payments[payment_intent_id] = waiting

    def gives_back(
        self,
        payment_intent_id: str,
        amount: Money,
        status: str = "succeeded",
        reference: str = "",
    ) -> RefundSnapshot:
        """Money goes back, asked for here or in the provider's own pages."""
        payment = found(self.payments, payment_intent_id)
        if payment.refunded + amount > payment.amount:
            raise RefundTooLarge("more than is left")
        refund_id = self._id("re")
        settled, rate = self.in_euros(amount)
        line = self.moves("refund", -settled.minor, refund_id, rate=rate)
        made = RefundSnapshot(
            refund_id,
            payment_intent_id,
            amount,
            status,
            self.now,
            line.id,
            settled,
            reference=reference,
        )
        self.refunds.setdefault(payment_intent_id, []).append(made)
        self._counts_refunds(payment_intent_id)
        return made

    def refund_ends(
        self, refund_id: str, status: str = "succeeded", reason: str = "expired_or_canceled_card"
    ) -> RefundSnapshot:
        """The donor's bank takes a refund, or sends it back: ``failed``."""
        refund = self._refund(refund_id)
        back = status in CAME_BACK
        ended = replace(refund, status=status, failure_reason=reason if back else "")
        kept = self.refunds[refund.payment_intent_id]
        kept[kept.index(refund)] = ended
        if back and refund.status not in CAME_BACK:
            settled, rate = self.in_euros(refund.amount)
            self.moves("refund_failure", settled.minor, refund_id, rate=rate)
        self._counts_refunds(refund.payment_intent_id)
        return ended

    # How it is kept ------------------------------------------------------------------------

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
            refunded=Money(0, amount.currency),
            failure_code=None,
            reference=reference,
            invoice_id=None,
            subscription_id=None,
            customer_id="cus_1",
        )
        self.payments[intent] = self._told(made, status)
        return intent

    def _told(
        self, payment: PaymentSnapshot, status: PaymentStatus, failure_code: str = ""
    ) -> PaymentSnapshot:
        number = payment.payment_intent_id.removeprefix("pi_")
        told = replace(payment, status=status, charge_id=f"ch_{number}", needs_action=False)
        if status == "failed":
            return replace(told, failure_code=failure_code or "card_declined")
        if status != "succeeded":
            return told
        settled, rate = self.in_euros(payment.amount)
        fee = settled.minor * 15 // 1000 + 25
        line = self.moves(
            "charge", settled.minor, f"ch_{number}", fee=fee, line_id=f"txn_{number}", rate=rate
        )
        return replace(
            told,
            fee=Money(fee),
            settled=settled,
            exchange_rate=rate,
            balance_transaction_id=line.id,
            succeeded_at=self.now,
            failure_code=None,
        )

    def _method(self, kind: PaymentMethod, last4: str, customer_id: str) -> MethodSnapshot:
        made = MethodSnapshot(
            id=self._id("pm"),
            method=kind,
            brand="visa" if kind == "card" else "20041",
            last4=last4,
            expires=(self.now.year + 3, 12) if kind == "card" else None,
            customer_id=customer_id,
        )
        self.methods[made.id] = made
        return made

    def _refund(self, refund_id: str) -> RefundSnapshot:
        for refund in (each for kept in self.refunds.values() for each in kept):
            if refund.id == refund_id:
                return refund
        raise ObjectUnknown(f"no {refund_id}")

    def _counts_refunds(self, payment_intent_id: str) -> None:
        payment = self.payments[payment_intent_id]
        kept = self.refunds[payment_intent_id]
        gone = sum(each.amount.minor for each in kept if each.status not in CAME_BACK)
        refunded = Money(gone, payment.amount.currency)
        self.payments[payment_intent_id] = replace(payment, refunded=refunded)

"""Plans and their debits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from portal.core.money import Money
from portal.donations.gateway import (
    GatewayRefused,
    InvoiceSnapshot,
    PaymentMethod,
    PaymentStatus,
    SubscriptionSnapshot,
)
from tests.fakes.payments.charges import Charges
from tests.fakes.payments.kept import PERIODS, found

TRIED_AGAIN_AFTER = timedelta(days=3)


@dataclass
class Debits(Charges):
    """Subscriptions and their invoices."""

    # What the portal asks ------------------------------------------------------------------

    def fetch_subscription(self, subscription_id: str) -> SubscriptionSnapshot:
        self._called("fetch_subscription")
        return found(self.subscriptions, subscription_id)

    def fetch_invoice(self, invoice_id: str) -> InvoiceSnapshot:
        self._called("fetch_invoice")
        return found(self.invoices, invoice_id)

    def list_invoices(self, subscription_id: str) -> list[InvoiceSnapshot]:
        self._called("list_invoices")
        return [each for each in self.invoices.values() if each.subscription_id == subscription_id]

    def pay_invoice(self, invoice_id: str, idempotency_key: str) -> InvoiceSnapshot:
        self._called("pay_invoice")
        return self._once(idempotency_key, invoice_id, lambda: self._tries(invoice_id))

    def forgive_invoice(self, invoice_id: str, idempotency_key: str) -> InvoiceSnapshot:
        self._called("forgive_invoice")
        return self._once(
            idempotency_key, ("forgive", invoice_id), lambda: self._gives_up(invoice_id)
        )

    def change_amount(
        self, subscription_id: str, amount: Money, idempotency_key: str
    ) -> SubscriptionSnapshot:
        self._called("change_amount")
        present = found(self.subscriptions, subscription_id)
        if present.amount.currency != amount.currency:
            raise GatewayRefused("the currency of a plan does not change", "currency")
        return self._changes(
            idempotency_key, subscription_id, amount, amount=self.amount_taken or amount
        )

    def change_next_debit(
        self, subscription_id: str, at: datetime, idempotency_key: str
    ) -> SubscriptionSnapshot:
        self._called("change_next_debit")
        if at <= self.now:
            raise GatewayRefused("the next debit lies ahead", "trial_end")
        return self._changes(
            idempotency_key,
            subscription_id,
            ("next", at),
            lambda: self._invoice_over_nothing(subscription_id),
            current_period_end=at,
        )

    def pause_subscription(
        self, subscription_id: str, until: datetime, idempotency_key: str
    ) -> SubscriptionSnapshot:
        self._called("pause_subscription")
        return self._changes(
            idempotency_key, subscription_id, ("pause", until), paused=True, paused_until=until
        )

    def resume_subscription(
        self, subscription_id: str, idempotency_key: str
    ) -> SubscriptionSnapshot:
        self._called("resume_subscription")
        return self._changes(
            idempotency_key,
            subscription_id,
            "resume",
            paused=False,
            paused_until=None,
            cancel_at_period_end=False,
        )

    def use_method(
        self, subscription_id: str, method_id: str, idempotency_key: str
    ) -> SubscriptionSnapshot:
        self._called("use_method")
        method = found(self.methods, method_id)
        if method.customer_id != found(self.subscriptions, subscription_id).customer_id:
            raise GatewayRefused("somebody else's means of payment", "resource_missing")
        return self._changes(idempotency_key, subscription_id, method_id, method_id=method_id)

    def cancel_subscription(
        self, subscription_id: str, at_period_end: bool, idempotency_key: str
    ) -> SubscriptionSnapshot:
        self._called("cancel_subscription")
        del idempotency_key
        present = found(self.subscriptions, subscription_id)
        if self.deaf:
            return present
        ended = (
            replace(present, cancel_at_period_end=True)
            if at_period_end
            else replace(present, status="canceled")
        )
        self.subscriptions[subscription_id] = ended
        return ended

    # What happens there --------------------------------------------------------------------

    def month_passes(
        self, subscription_id: str, status: PaymentStatus = "succeeded", **how: Any
    ) -> str:
        """The plan's interval goes by and its next debit is due; gives its invoice.

        While a plan is paused its invoice is void and nothing is taken.
        """
        present = self.subscriptions[subscription_id]
        self.now += PERIODS[present.interval]
        if present.paused and present.paused_until and present.paused_until <= self.now:
            present = replace(present, paused=False, paused_until=None)
        due = replace(present, current_period_end=self.now + PERIODS[present.interval])
        self.subscriptions[subscription_id] = due
        if due.paused:
            return self._invoice(subscription_id, "void", None)
        method = self.methods.get(due.method_id or "")
        kind = how.get("method") or (method.method if method else "card")
        return self._debit(subscription_id, kind, status)

    def attempt_fails(
        self,
        invoice_id: str,
        *,
        again: bool = True,
        failure_code: str = "card_declined",
        needs_action: bool = False,
    ) -> None:
        """One more try to collect a debit fails; ``again``: the provider will try once more."""
        invoice = self.invoices[invoice_id]
        assert invoice.payment_intent_id is not None
        assert invoice.subscription_id is not None
        self.settles(invoice.payment_intent_id, "failed", failure_code=failure_code)
        if needs_action:
            self.bank_asks(invoice.payment_intent_id)
        self.invoices[invoice_id] = replace(
            invoice,
            attempts=invoice.attempts + 1,
            next_attempt_at=self.now + TRIED_AGAIN_AFTER if again else None,
        )
        self._plan_is(invoice.subscription_id, "past_due" if again else "unpaid")

    def attempt_succeeds(self, invoice_id: str) -> None:
        """A debit that had failed is collected after all."""
        invoice = self.invoices[invoice_id]
        assert invoice.payment_intent_id is not None
        self.invoices[invoice_id] = replace(invoice, attempts=invoice.attempts + 1)
        self.settles(invoice.payment_intent_id)

    def settles(
        self,
        payment_intent_id: str,
        status: PaymentStatus = "succeeded",
        *,
        failure_code: str = "",
    ) -> None:
        """The bank answers about a payment on its way; a debit's invoice and plan follow."""
        super().settles(payment_intent_id, status, failure_code=failure_code)
        invoice = self.invoices.get(self.payments[payment_intent_id].invoice_id or "")
        if invoice is None or invoice.subscription_id is None:
            return
        if status == "succeeded":
            paid = replace(invoice, status="paid", paid_at=self.now, next_attempt_at=None)
            self.invoices[invoice.id] = paid
            self._plan_is(invoice.subscription_id, "active")
        elif status == "failed":
            self._plan_is(invoice.subscription_id, "past_due")

    def subscription_ends(self, subscription_id: str) -> None:
        """The plan is over, ended in the provider's own pages or after the last try."""
        self._plan_is(subscription_id, "canceled")

    # How it is kept ------------------------------------------------------------------------

    def _changes(
        self,
        key: str,
        subscription_id: str,
        wanted: object,
        then: Callable[[], object] | None = None,
        **fields: Any,
    ) -> SubscriptionSnapshot:
        present = found(self.subscriptions, subscription_id)
        if present.status == "canceled":
            raise GatewayRefused("a plan that is over does not change", "subscription_canceled")

        def change() -> SubscriptionSnapshot:
            if not self.deaf:
                self.subscriptions[subscription_id] = replace(present, **fields)
                if then is not None:
                    then()
            return self.subscriptions[subscription_id]

        return self._once(key, (subscription_id, wanted), change)

    def _tries(self, invoice_id: str) -> InvoiceSnapshot:
        invoice = found(self.invoices, invoice_id)
        if invoice.status == "paid":
            return invoice
        if invoice.status != "open":
            raise GatewayRefused("this debit is not open")
        if self.pays_now == "succeeded":
            self.attempt_succeeds(invoice_id)
        elif self.pays_now == "failed":
            self.attempt_fails(invoice_id)
        elif invoice.payment_intent_id is not None:
            self.settles(invoice.payment_intent_id, self.pays_now)
        return self.invoices[invoice_id]

    def _gives_up(self, invoice_id: str) -> InvoiceSnapshot:
        invoice = found(self.invoices, invoice_id)
        if invoice.status == "open" and invoice.subscription_id is not None:
            self.invoices[invoice_id] = replace(
                invoice, status="uncollectible", next_attempt_at=None
            )
            self._plan_is(invoice.subscription_id, "active")
        return self.invoices[invoice_id]

    def _plan_is(self, subscription_id: str, status: str) -> None:
        present = self.subscriptions[subscription_id]
        if present.status != "canceled":
            self.subscriptions[subscription_id] = replace(present, status=status)

    def _debit(self, subscription_id: str, method: PaymentMethod, status: PaymentStatus) -> str:
        subscription = self.subscriptions[subscription_id]
        intent = self._payment(subscription.amount, "", method, status)
        self._plan_is(subscription_id, "past_due" if status == "failed" else "active")
        invoice_id = self._invoice(
            subscription_id, "paid" if status == "succeeded" else "open", intent
        )
        self.payments[intent] = replace(
            self.payments[intent],
            reference=subscription.reference,
            invoice_id=invoice_id,
            subscription_id=subscription_id,
            method_id=subscription.method_id,
        )
        if status == "failed":
            self.invoices[invoice_id] = replace(
                self.invoices[invoice_id], next_attempt_at=self.now + TRIED_AGAIN_AFTER
            )
        return invoice_id

    def _invoice(
        self, subscription_id: str, status: str, intent: str | None, amount: Money | None = None
    ) -> str:
        subscription = self.subscriptions[subscription_id]
        invoice_id = self._id("in")
        self.invoices[invoice_id] = InvoiceSnapshot(
            invoice_id,
            subscription_id,
            status,
            subscription.amount if amount is None else amount,
            self.now if status == "paid" else None,
            intent,
            subscription.reference,
            created_at=self.now,
            attempts=1 if intent else 0,
            pay_url=f"https://pay.example.org/{invoice_id}",
        )
        self.subscriptions[subscription_id] = replace(subscription, latest_invoice_id=invoice_id)
        return invoice_id

    def _invoice_over_nothing(self, subscription_id: str) -> None:
        """The provider writes one whenever the day of the debit is moved."""
        currency = self.subscriptions[subscription_id].amount.currency
        self._invoice(subscription_id, "paid", None, Money(0, currency))

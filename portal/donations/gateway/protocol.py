"""The verbs of the payment provider."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Protocol

from portal.core.money import Money
from portal.donations.gateway.requests import CheckoutRequest, MethodRequest
from portal.donations.gateway.snapshots import (
    CheckoutSnapshot,
    CheckoutStarted,
    DisputeSnapshot,
    FraudWarningSnapshot,
    InvoiceSnapshot,
    LedgerLine,
    MandateSnapshot,
    MethodSnapshot,
    PaymentSnapshot,
    PayoutSnapshot,
    RefundSnapshot,
    SetupSnapshot,
    SubscriptionSnapshot,
    VerifiedEvent,
)


class PaymentGateway(Protocol):
    """What the portal asks of a payment provider.

    Every verb but `verify` may raise `GatewayUnavailable`, `GatewayRefused` (with its named kinds)
    and `GatewayMisconfigured`. A verb that changes something takes an idempotency key: the same key
    with the same request does it once and answers the same, within 24 hours.
    """

    def start_checkout(self, request: CheckoutRequest) -> CheckoutStarted:
        """Open a hosted payment page for a gift or a plan."""

    def fetch_checkout(self, session_id: str) -> CheckoutSnapshot:
        """The checkout as it stands now."""

    def expire_checkout(self, session_id: str) -> CheckoutSnapshot:
        """Close a payment page nobody paid on; raises GatewayRefused for one that is not open."""

    def fetch_payment(self, payment_intent_id: str) -> PaymentSnapshot:
        """The payment as it stands now, with its fee and what was given back."""

    def fetch_subscription(self, subscription_id: str) -> SubscriptionSnapshot:
        """The plan as it stands now."""

    def fetch_invoice(self, invoice_id: str) -> InvoiceSnapshot:
        """One debit of a plan as it stands now."""

    def list_invoices(self, subscription_id: str) -> list[InvoiceSnapshot]:
        """The debits of a plan's last year, oldest first; 14 at most."""

    def pay_invoice(self, invoice_id: str, idempotency_key: str) -> InvoiceSnapshot:
        """Try an open debit again now; a decline is no error, the snapshot tells it."""

    def forgive_invoice(self, invoice_id: str, idempotency_key: str) -> InvoiceSnapshot:
        """Never try an open debit again; one that is paid or given up is answered as it is."""

    def refund(
        self, payment_intent_id: str, amount: Money, idempotency_key: str, reference: str = ""
    ) -> RefundSnapshot:
        """Give back all or part; raises RefundTooLarge when less than that is left.

        ``reference`` is our name of it: the refund says it whenever it is told again.
        """

    def list_refunds(self, payment_intent_id: str) -> list[RefundSnapshot]:
        """Everything given back of a payment, oldest first."""

    def change_amount(
        self, subscription_id: str, amount: Money, idempotency_key: str
    ) -> SubscriptionSnapshot:
        """Take another amount from the next debit on; nothing is charged or given back now."""

    def change_next_debit(
        self, subscription_id: str, at: datetime, idempotency_key: str
    ) -> SubscriptionSnapshot:
        """Take the next debit at that instant, later ones from there; nothing is charged in between."""

    def pause_subscription(
        self, subscription_id: str, until: datetime, idempotency_key: str
    ) -> SubscriptionSnapshot:
        """Take no debit until that instant; what would have been due meanwhile is never asked for."""

    def resume_subscription(
        self, subscription_id: str, idempotency_key: str
    ) -> SubscriptionSnapshot:
        """End a pause, or take back a cancellation that is not in force yet."""

    def start_method_update(self, request: MethodRequest) -> CheckoutStarted:
        """Open a hosted page where the donor gives another card or IBAN; nothing is charged."""

    def fetch_setup(self, setup_intent_id: str) -> SetupSnapshot:
        """The consent to a means of payment as it stands now."""

    def use_method(
        self, subscription_id: str, method_id: str, idempotency_key: str
    ) -> SubscriptionSnapshot:
        """Take the debits of a plan from another card or IBAN from now on."""

    def fetch_method(self, method_id: str) -> MethodSnapshot:
        """What may be shown of a means of payment."""

    def default_method(self, customer_id: str) -> MethodSnapshot | None:
        """The means of payment debits use when a plan names none."""

    def fetch_mandate(self, mandate_id: str) -> MandateSnapshot:
        """A direct debit mandate as it stands now."""

    def cancel_subscription(
        self, subscription_id: str, at_period_end: bool, idempotency_key: str
    ) -> SubscriptionSnapshot:
        """End a plan, now or when the period already paid for is over."""

    def fetch_refund(self, refund_id: str) -> RefundSnapshot:
        """One refund as it stands now."""

    def fetch_dispute(self, dispute_id: str) -> DisputeSnapshot:
        """A dispute as it stands now, with what it moved on the balance."""

    def list_disputes(self, payment_intent_id: str) -> list[DisputeSnapshot]:
        """The disputes of a payment, oldest first."""

    def fetch_fraud_warning(self, warning_id: str) -> FraudWarningSnapshot:
        """An early fraud warning as it stands now."""

    def ledger(self, since: datetime) -> Iterator[LedgerLine]:
        """The lines of the balance made since that instant, newest first, page by page."""

    def ledger_of_payout(self, payout_id: str) -> Iterator[LedgerLine]:
        """The lines an automatic payout pays out, its own line included, page by page."""

    def payouts(self, since: datetime) -> Iterator[PayoutSnapshot]:
        """The payouts made since that instant, newest first."""

    def fetch_payout(self, payout_id: str) -> PayoutSnapshot:
        """A payout as it stands now."""

    def balance(self) -> tuple[Money, ...]:
        """What the provider holds for us now, available and pending together, a sum a currency."""

    def events(self, since: datetime) -> Iterator[tuple[VerifiedEvent, dict[str, Any]]]:
        """What the provider would have told since that instant (30 days at most), newest first."""

    def verify(self, raw: bytes, header: str) -> VerifiedEvent:
        """Read an event from the bytes and the signature header; raises WebhookRefused's kinds."""

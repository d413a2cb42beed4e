"""The verbs of the gateway, as calls to Stripe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

import requests
import stripe

from portal.core.clock import Clock, SystemClock
from portal.core.money import Money
from portal.donations import gateway as door
from portal.donations.stripe_gateway import asks, events, snapshots
from portal.donations.stripe_gateway.refusals import translated

API_VERSION = "2026-10-28.endive"
"""What the snapshots are read by; the webhook endpoint is made with the same."""
RETRIES = 2
CONNECT_WITHIN = 3.0
SIMULATOR_KEY = "sk_test_sim"
_KEYS = ("sk_test_", "rk_test_", "sk_live_", "rk_live_")
_PAYMENT_EXPANDED = ["latest_charge.balance_transaction"]
_INVOICE_EXPANDED = ["payments"]
_A_YEAR_OF_DEBITS = 14


class StripeGateway:
    """Speaks to Stripe, or to the simulator when `api_base` says so.

    `webhook_secrets` are the secrets in force, two while one is being replaced; `timeout` is how many
    seconds an answer may take. Raises GatewayMisconfigured when the key and the address do not belong
    together: a live key never goes anywhere but to Stripe, a simulator key never goes there.
    """

    def __init__(
        self,
        secret_key: str,
        webhook_secrets: tuple[str, ...],
        api_base: str | None,
        timeout: float,
        clock: Clock | None = None,
    ) -> None:
        _check_key(secret_key, api_base)
        self._livemode = "_live_" in secret_key
        self._webhook_secrets = tuple(secret for secret in webhook_secrets if secret.strip())
        self._clock = clock or SystemClock()
        stripe.enable_telemetry = False
        self._http = stripe.RequestsClient(
            timeout=(CONNECT_WITHIN, timeout), session=_session(api_base)
        )
        self._client = stripe.StripeClient(
            secret_key,
            stripe_version=API_VERSION,
            max_network_retries=RETRIES,
            base_addresses=cast(Any, {"api": api_base} if api_base else {}),
            http_client=self._http,
        )

    def close(self) -> None:
        """Let go of the connections."""
        cast(Any, self._http).close()

    def start_checkout(self, request: door.CheckoutRequest) -> door.CheckoutStarted:
        """Open a hosted payment page for a gift or a plan."""
        with translated():
            session = self._client.v1.checkout.sessions.create(
                cast(Any, asks.checkout(request)), {"idempotency_key": request.idempotency_key}
            )
        return snapshots.checkout_started(session.to_dict(for_json=True))

    def fetch_checkout(self, session_id: str) -> door.CheckoutSnapshot:
        """The checkout as it stands now."""
        with translated():
            session = self._client.v1.checkout.sessions.retrieve(_named(session_id))
        return snapshots.checkout(session.to_dict(for_json=True))

    def fetch_payment(self, payment_intent_id: str) -> door.PaymentSnapshot:
        """The payment as it stands now; a plan's payment is led back to its invoice and plan."""
        with translated():
            intent = self._client.v1.payment_intents.retrieve(
                _named(payment_intent_id), {"expand": _PAYMENT_EXPANDED}
            )
        found = intent.to_dict(for_json=True)
        # A gift's payment carries our reference; a plan's does not, but its invoice does.
        invoice = None if snapshots.reference_of(found) else self._invoice_paid_by(found["id"])
        return snapshots.payment(found, invoice)

    def fetch_subscription(self, subscription_id: str) -> door.SubscriptionSnapshot:
        """The plan as it stands now."""
        return snapshots.subscription(self._subscription(subscription_id))

    def fetch_invoice(self, invoice_id: str) -> door.InvoiceSnapshot:
        """One debit of a plan as it stands now."""
        with translated():
            invoice = self._client.v1.invoices.retrieve(
                _named(invoice_id), {"expand": _INVOICE_EXPANDED}
            )
        return snapshots.invoice(invoice.to_dict(for_json=True))

    def list_invoices(self, subscription_id: str) -> list[door.InvoiceSnapshot]:
        """The debits of a plan's last year, oldest first; 14 at most."""
        with translated():
            page = self._client.v1.invoices.list(
                {
                    "subscription": _named(subscription_id),
                    "limit": _A_YEAR_OF_DEBITS,
                    "expand": ["data.payments"],
                }
            )
        found = page.to_dict(for_json=True)["data"]
        return [snapshots.invoice(each) for each in reversed(found)]

    def refund(
        self, payment_intent_id: str, amount: Money, idempotency_key: str
    ) -> door.RefundSnapshot:
        """Give back all or part; raises RefundTooLarge when less than that is left."""
        _named(payment_intent_id)
        with translated(refund=True):
            intent = self._client.v1.payment_intents.retrieve(payment_intent_id)
            _same_currency(intent.to_dict(for_json=True), amount)
            refund = self._client.v1.refunds.create(
                {"payment_intent": payment_intent_id, "amount": amount.minor},
                {"idempotency_key": _named(idempotency_key)},
            )
        return snapshots.refund(refund.to_dict(for_json=True))

    def list_refunds(self, payment_intent_id: str) -> list[door.RefundSnapshot]:
        """Everything given back of a payment, oldest first."""
        with translated():
            page = self._client.v1.refunds.list(
                {"payment_intent": _named(payment_intent_id), "limit": 100}
            )
            found = [each.to_dict(for_json=True) for each in page.auto_paging_iter()]
        return [snapshots.refund(each) for each in reversed(found)]

    def change_amount(
        self, subscription_id: str, amount: Money, idempotency_key: str
    ) -> door.SubscriptionSnapshot:
        """Take another amount from the next debit on; nothing is charged or given back now."""
        present = self._subscription(subscription_id)
        _same_currency(present, amount)
        with translated():
            changed = self._client.v1.subscriptions.update(
                subscription_id,
                cast(Any, asks.new_amount(present, amount)),
                {"idempotency_key": _named(idempotency_key)},
            )
        return snapshots.subscription(changed.to_dict(for_json=True))

    def cancel_subscription(
        self, subscription_id: str, at_period_end: bool, idempotency_key: str
    ) -> door.SubscriptionSnapshot:
        """End a plan, now or when the period already paid for is over."""
        _named(subscription_id)
        if not at_period_end:
            return self._cancel_now(subscription_id)
        with translated():
            ending = self._client.v1.subscriptions.update(
                subscription_id,
                {"cancel_at_period_end": True},
                {"idempotency_key": _named(idempotency_key)},
            )
        return snapshots.subscription(ending.to_dict(for_json=True))

    def verify(self, raw: bytes, header: str) -> door.VerifiedEvent:
        """Read an event from the bytes and the signature header; raises WebhookRefused's kinds."""
        events.check_signature(raw, header, self._webhook_secrets, self._clock.now())
        event = events.read(raw)
        if event.livemode != self._livemode:
            raise door.LivemodeMismatch(f"event {event.id} is of the other world")
        return event

    def _cancel_now(self, subscription_id: str) -> door.SubscriptionSnapshot:
        # Stripe takes no idempotency key here and refuses a second time: look whether it is done.
        try:
            with translated():
                ended = self._client.v1.subscriptions.cancel(subscription_id)
        except door.GatewayRefused:
            present = self.fetch_subscription(subscription_id)
            if present.status != "canceled":
                raise
            return present
        return snapshots.subscription(ended.to_dict(for_json=True))

    def _subscription(self, subscription_id: str) -> dict[str, Any]:
        with translated():
            found = self._client.v1.subscriptions.retrieve(_named(subscription_id))
        return found.to_dict(for_json=True)

    def _invoice_paid_by(self, payment_intent_id: str) -> dict[str, Any] | None:
        with translated():
            page = self._client.v1.invoice_payments.list(
                {
                    "payment": {"type": "payment_intent", "payment_intent": payment_intent_id},
                    "expand": ["data.invoice"],
                    "limit": 1,
                }
            )
        found = page.to_dict(for_json=True)["data"]
        return cast("dict[str, Any]", found[0]["invoice"]) if found else None


def _named(object_id: str) -> str:
    # With an empty id the library would ask for the whole list instead of one object.
    if not object_id.strip():
        raise ValueError("an id or key is empty")
    return object_id


def _check_key(secret_key: str, api_base: str | None) -> None:
    if not secret_key.startswith(_KEYS):
        raise door.GatewayMisconfigured("this is not a secret key of Stripe")
    simulated = secret_key.startswith(SIMULATOR_KEY)
    if simulated != (api_base is not None):
        raise door.GatewayMisconfigured(
            "a simulator key goes with the simulator's address, Stripe's own keys with none"
        )


def _session(api_base: str | None) -> requests.Session | None:
    if api_base is None:
        return None
    session = requests.Session()
    # Loopback is never asked for through a proxy, whatever the environment says.
    session.trust_env = urlsplit(api_base).hostname not in ("127.0.0.1", "localhost", "::1")
    return session


def _same_currency(found: Mapping[str, Any], amount: Money) -> None:
    if str(found["currency"]).upper() != amount.currency:
        raise door.GatewayRefused("the currency of a payment does not change", "currency")
    if amount.minor <= 0:
        raise door.GatewayRefused("the amount must be more than nothing", "amount")

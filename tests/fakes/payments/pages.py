"""The provider's own pages: a gift or a plan is paid there, another card or IBAN is given there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from portal.donations.gateway import (
    CheckoutRequest,
    CheckoutSnapshot,
    CheckoutStarted,
    GatewayRefused,
    MandateSnapshot,
    MethodRequest,
    MethodSnapshot,
    PaymentMethod,
    PaymentStatus,
    SetupSnapshot,
    SubscriptionSnapshot,
)
from tests.fakes.payments.debits import Debits
from tests.fakes.payments.kept import PERIODS, found


@dataclass
class Pages(Debits):
    """Checkouts, and the means of payment donors leave there."""

    # What the portal asks ------------------------------------------------------------------

    def start_checkout(self, request: CheckoutRequest) -> CheckoutStarted:
        self._called("start_checkout")
        return self._once(request.idempotency_key, request, lambda: self._opens(request))

    def start_method_update(self, request: MethodRequest) -> CheckoutStarted:
        self._called("start_method_update")
        return self._once(request.idempotency_key, request, lambda: self._opens_setup(request))

    def fetch_checkout(self, session_id: str) -> CheckoutSnapshot:
        self._called("fetch_checkout")
        return found(self.checkouts, session_id)

    def expire_checkout(self, session_id: str) -> CheckoutSnapshot:
        self._called("expire_checkout")
        if found(self.checkouts, session_id).status != "open":
            raise GatewayRefused("only an open page can be closed")
        self.expires(session_id)
        return self.checkouts[session_id]

    def fetch_setup(self, setup_intent_id: str) -> SetupSnapshot:
        self._called("fetch_setup")
        return found(self.setups, setup_intent_id)

    def fetch_method(self, method_id: str) -> MethodSnapshot:
        self._called("fetch_method")
        return found(self.methods, method_id)

    def default_method(self, customer_id: str) -> MethodSnapshot | None:
        self._called("default_method")
        return self.methods.get(self.default_methods.get(customer_id, ""))

    def fetch_mandate(self, mandate_id: str) -> MandateSnapshot:
        self._called("fetch_mandate")
        return found(self.mandates, mandate_id)

    # What happens there --------------------------------------------------------------------

    def donor_pays(
        self, session_id: str, method: PaymentMethod = "card", status: PaymentStatus = "succeeded"
    ) -> str:
        """Somebody pays the gift of that checkout; gives the payment's id."""
        request = self.asked[session_id]
        intent = self._payment(request.amount, request.reference, method, status)
        self.checkouts[session_id] = replace(
            self.checkouts[session_id],
            status="open" if status == "failed" else "complete",
            payment_status="paid" if status == "succeeded" else "unpaid",
            payment_intent_id=intent,
            customer_id="cus_1",
        )
        return intent

    def donor_subscribes(
        self, session_id: str, method: PaymentMethod = "card", status: PaymentStatus = "succeeded"
    ) -> tuple[str, str]:
        """Somebody begins the plan of that checkout; gives the subscription and first invoice."""
        request = self.asked[session_id]
        interval = request.interval or "month"
        subscription_id = self._id("sub")
        self.subscriptions[subscription_id] = SubscriptionSnapshot(
            subscription_id,
            "active",
            request.amount,
            interval,
            self.now + PERIODS[interval],
            False,
            request.reference,
            "cus_1",
            method_id=self._method(method, "4242", "cus_1").id,
        )
        invoice_id = self._debit(subscription_id, method, status)
        self.checkouts[session_id] = replace(
            self.checkouts[session_id],
            status="complete",
            payment_status="paid" if status == "succeeded" else "unpaid",
            subscription_id=subscription_id,
            customer_id="cus_1",
        )
        return subscription_id, invoice_id

    def donor_gives_method(
        self, session_id: str, method: PaymentMethod = "card", *, last4: str = "4444"
    ) -> str:
        """Somebody gives another card or IBAN on that page; gives the means of payment's id."""
        request = self.methods_asked[session_id]
        made = self._method(method, last4, request.customer_id)
        mandate_id = self._mandate(made.id) if method == "sepa" else None
        setup = SetupSnapshot(
            id=self._id("seti"),
            status="succeeded",
            method_id=made.id,
            mandate_id=mandate_id,
            customer_id=request.customer_id,
            reference=request.reference,
        )
        self.setups[setup.id] = setup
        self.checkouts[session_id] = replace(
            self.checkouts[session_id], status="complete", setup_intent_id=setup.id
        )
        return made.id

    def method_refused(self, session_id: str, failure_code: str = "card_declined") -> str:
        """The bank does not accept what somebody gave on that page; gives the consent's id."""
        request = self.methods_asked[session_id]
        setup = SetupSnapshot(
            id=self._id("seti"),
            status="requires_payment_method",
            method_id=None,
            mandate_id=None,
            customer_id=request.customer_id,
            reference=request.reference,
            failure_code=failure_code,
        )
        self.setups[setup.id] = setup
        self.checkouts[session_id] = replace(self.checkouts[session_id], setup_intent_id=setup.id)
        return setup.id

    def mandate_ends(self, mandate_id: str) -> None:
        """The account's holder has ended the mandate at the bank."""
        self.mandates[mandate_id] = replace(self.mandates[mandate_id], status="inactive")

    def expires(self, session_id: str) -> None:
        """Nobody paid in time."""
        self.checkouts[session_id] = replace(self.checkouts[session_id], status="expired")

    def session_of(self, reference: object) -> str:
        """The latest page of a gift or plan."""
        pages: dict[str, CheckoutRequest | MethodRequest] = {**self.asked, **self.methods_asked}
        wanted = [name for name, page in pages.items() if page.reference == str(reference)]
        return max(wanted, key=list(self.checkouts).index)

    # How it is kept ------------------------------------------------------------------------

    def _opens(self, request: CheckoutRequest) -> CheckoutStarted:
        session_id = self._id("cs")
        self.checkouts[session_id] = CheckoutSnapshot(
            session_id, "open", "unpaid", request.reference, request.customer_id, None, None
        )
        self.asked[session_id] = request
        return CheckoutStarted(session_id, f"https://pay.example.org/{session_id}")

    def _opens_setup(self, request: MethodRequest) -> CheckoutStarted:
        session_id = self._id("cs")
        free = "no_payment_required"
        self.checkouts[session_id] = CheckoutSnapshot(
            session_id, "open", free, request.reference, request.customer_id, None, None
        )
        self.methods_asked[session_id] = request
        return CheckoutStarted(session_id, f"https://pay.example.org/{session_id}")

    def _mandate(self, method_id: str) -> str:
        mandate_id = self._id("mandate")
        self.mandates[mandate_id] = MandateSnapshot(
            mandate_id, "active", method_id, f"RUM-{mandate_id}", "https://pay.example.org/mandate"
        )
        return mandate_id

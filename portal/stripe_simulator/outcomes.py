"""What the person at the payment page, or the next debit of a plan, can make happen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DAY = 86_400
DISPUTED_AFTER = 10 * DAY
RETURNED_AFTER = 49 * DAY
WARNED_AFTER = 3 * DAY


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a payment failed, in Stripe's words."""

    code: str
    decline_code: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way a payment can end.

    `failure` is what the bank answers: at once, or days later for a direct debit that is not
    `refused`. `disputed_after` seconds later the money is taken back, `warned_after` the issuer
    suspects fraud. `offered`: the payment page offers it, not only the next debit of a plan.
    """

    code: str
    method: Literal["card", "sepa_debit"]
    failure: Failure | None = None
    authenticates: bool = False
    disputed_after: int | None = None
    warned_after: int | None = None
    wallet: Literal["apple_pay", "google_pay"] | None = None
    refused: bool = False
    offered: bool = True


_DECLINED = "Your card was declined."
AUTHENTICATION_FAILED = Failure(
    "payment_intent_authentication_failure",
    None,
    "The provided PaymentMethod has failed authentication. "
    "You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this "
    "PaymentIntent again.",
)

OUTCOMES = {
    outcome.code: outcome
    for outcome in (
        Outcome("paid", "card"),
        Outcome("apple_pay", "card", wallet="apple_pay"),
        Outcome("google_pay", "card", wallet="google_pay"),
        Outcome("declined", "card", Failure("card_declined", "generic_decline", _DECLINED)),
        Outcome(
            "insufficient_funds",
            "card",
            Failure("card_declined", "insufficient_funds", "Your card has insufficient funds."),
        ),
        Outcome(
            "expired_card",
            "card",
            Failure("expired_card", "expired_card", "Your card has expired."),
        ),
        Outcome("three_d_secure", "card", authenticates=True),
        Outcome("disputed", "card", disputed_after=DISPUTED_AFTER),
        Outcome("fraud_warning", "card", warned_after=WARNED_AFTER),
        Outcome(
            "authentication_required",
            "card",
            Failure(
                "authentication_required",
                "authentication_required",
                "Your card was declined. This transaction requires authentication.",
            ),
            offered=False,
        ),
        Outcome("sepa", "sepa_debit"),
        Outcome(
            "sepa_fails",
            "sepa_debit",
            Failure(
                "insufficient_funds",
                None,
                "The customer's account has insufficient funds to cover this payment.",
            ),
        ),
        Outcome("sepa_returned", "sepa_debit", disputed_after=RETURNED_AFTER),
        Outcome(
            "mandate_ended",
            "sepa_debit",
            Failure(
                "debit_not_authorized",
                None,
                "The customer has notified their bank that this payment was unauthorized.",
            ),
            refused=True,
            offered=False,
        ),
    )
}


def offered(methods: list[str], currency: str) -> tuple[str, ...]:
    """What a page that takes these methods offers; direct debits are in euros only."""
    return tuple(
        each.code
        for each in OUTCOMES.values()
        if each.offered and each.method in methods and (each.method == "card" or currency == "eur")
    )

"""What the person at the payment page, or the next debit of a plan, can make happen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DAY = 86_400
SEPA_SETTLES_AFTER = 5 * DAY
SEPA_FAILS_AFTER = 14 * DAY
DISPUTED_AFTER = 10 * DAY


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a payment failed, in Stripe's words."""

    code: str
    decline_code: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way a payment can end.

    `failure` is what the bank answers at once, or for a direct debit after `SEPA_FAILS_AFTER`.
    """

    code: str
    method: Literal["card", "sepa_debit"]
    failure: Failure | None = None
    authenticates: bool = False
    disputed: bool = False


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
        Outcome("disputed", "card", disputed=True),
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
    )
}

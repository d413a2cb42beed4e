"""Stripe's objects, read into our own. Plain dictionaries in, frozen snapshots out; no call is made.

Every field Stripe calls optional may be missing, and every word may be a new one: what is not known
never counts as paid.
"""

from portal.donations.stripe_gateway.snapshots.balance import balance, ledger_line, payout
from portal.donations.stripe_gateway.snapshots.checkouts import checkout, checkout_started
from portal.donations.stripe_gateway.snapshots.disputes import dispute, fraud_warning
from portal.donations.stripe_gateway.snapshots.methods import mandate, method, setup
from portal.donations.stripe_gateway.snapshots.payments import payment, refund
from portal.donations.stripe_gateway.snapshots.plans import invoice, subscription
from portal.donations.stripe_gateway.snapshots.values import reference_of

__all__ = [
    "balance",
    "checkout",
    "checkout_started",
    "dispute",
    "fraud_warning",
    "invoice",
    "ledger_line",
    "mandate",
    "method",
    "payment",
    "payout",
    "reference_of",
    "refund",
    "setup",
    "subscription",
]

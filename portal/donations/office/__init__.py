"""The head office's pages of gifts and of the payment provider's messages."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("gifts_office", __name__, url_prefix="/office")

from portal.donations.office import (  # noqa: E402
    appeals,
    cheques,  # noqa: F401
    deposits,  # noqa: F401
    direct_debits,
    entry,
    gifts,  # noqa: F401
    guard,  # noqa: F401
    kind,  # noqa: F401
    membership,  # noqa: F401
    payouts,  # noqa: F401
    plan_calls,
    plans,
    reconciliation,  # noqa: F401
    refunds,  # noqa: F401
    stripe_events,  # noqa: F401
)

entering = entry.bp
appeal_pages = appeals.appeals
debits = direct_debits.bp
regular_gifts = plans.bp
calls = plan_calls.bp

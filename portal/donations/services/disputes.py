"""A donor's bank questions a payment: how the dispute stands is read from the provider itself.

What a message says about a dispute is never believed: it names the dispute, which is then read and
brought into the gift under the gift's row lock, whatever order the messages come in.
"""

from __future__ import annotations

from portal.donations.services.converge import refresh_payment
from portal.donations.services.provider import payments


def refresh_dispute(dispute_id: str) -> bool:
    """Bring the gift to where the dispute stands. Gives False when the payment is none of ours."""
    found = payments().fetch_dispute(dispute_id)
    return refresh_payment(found.payment_intent_id, dispute_id=dispute_id)

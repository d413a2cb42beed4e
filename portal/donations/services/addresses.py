"""Addresses handed to others: unguessable, and the same each time they are made."""

from __future__ import annotations

import hashlib
import hmac
import uuid

from portal.donations.models import Gift, Plan, ProviderOrder
from portal.donations.services.provider import settings

_LETTERS = 32


def thanks_token(public_id: uuid.UUID) -> str:
    """What only we can put beside a public id: who has both was sent by us."""
    key = settings().secret_key.encode()
    proof = hmac.new(key, f"donations.thanks:{public_id}".encode(), hashlib.sha256)
    return proof.hexdigest()[:_LETTERS]


def token_fits(public_id: uuid.UUID, token: str) -> bool:
    """Whether the token belongs to that public id (compared in constant time)."""
    return hmac.compare_digest(thanks_token(public_id).encode(), token.encode())


def thanks_url(commitment: Gift | Plan) -> str:
    """The page that says what became of it."""
    return f"{_stem('thanks', commitment)}/{thanks_token(commitment.public_id)}"


def again_url(commitment: Gift | Plan) -> str:
    """The page for somebody who left the payment: nothing was taken, try again."""
    return f"{_stem('give/again', commitment)}/{thanks_token(commitment.public_id)}"


def plan_url(plan: Plan) -> str:
    """The donor's own page of a plan: change it, pause, stop, replace the card."""
    return f"{settings().public_url}/me/plans/{plan.public_id}"


def method_back_url(page: ProviderOrder) -> str:
    """Where the provider's page for another card or IBAN leads back to, used or left.

    It names the page's own row and holds no secret: whoever opens it reads what became of the page,
    nothing about the donor.
    """
    return f"{settings().public_url}/{page.params['language']}/plan/back/{page.public_id}"


def _stem(page: str, commitment: Gift | Plan) -> str:
    place = f"{settings().public_url}/{commitment.language}"
    return f"{place}/{page}/{commitment.public_id}"

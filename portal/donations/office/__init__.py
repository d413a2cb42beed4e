"""The head office's pages of gifts and of the payment provider's messages."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("gifts_office", __name__, url_prefix="/office")

from portal.donations.office import gifts, stripe_events  # noqa: E402, F401

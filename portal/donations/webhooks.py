"""The door through which the payment provider tells: proved by its signature, kept once, answered."""

from __future__ import annotations

import json
import logging

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from portal.core.web.audience import machine
from portal.donations import tasks
from portal.donations.gateway import WebhookRefused
from portal.donations.services.provider import payments

log = logging.getLogger(__name__)
bp = Blueprint("webhooks", __name__)
LARGEST = 256 * 1024


@bp.post("/webhooks/stripe")
@machine
def stripe() -> ResponseReturnValue:
    """Verify the raw bytes, keep the message once, queue its job; 400 for what is not to be believed."""
    request.max_content_length = LARGEST
    raw = request.get_data(cache=False)
    try:
        event = payments().verify(raw, request.headers.get("Stripe-Signature", ""))
        body = json.loads(raw)
    except (WebhookRefused, ValueError) as error:
        log.warning("webhook refused: %s", type(error).__name__)
        return "", 400
    tasks.receive(event, body)
    return "", 200

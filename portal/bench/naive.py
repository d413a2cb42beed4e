"""The webhook's door as it is often written: it works a message off before it answers.

The same portal and the same gunicorn; only the view is another. It is the baseline of
``portal bench giving`` and is served from nowhere else.
"""

from __future__ import annotations

import json

from flask import Flask, request
from flask.typing import ResponseReturnValue

from portal import create_app
from portal.donations import services
from portal.donations.gateway import WebhookRefused
from portal.donations.services.provider import payments


def inline() -> ResponseReturnValue:
    """Verify, keep, work off, answer."""
    raw = request.get_data(cache=False)
    try:
        event = payments().verify(raw, request.headers.get("Stripe-Signature", ""))
    except WebhookRefused:
        return "", 400
    if services.keep_event(event, json.loads(raw)):
        services.process_event(event.id)
    return "", 200


def naive_app() -> Flask:
    """The portal with that door."""
    app = create_app()
    app.view_functions["webhooks.stripe"] = inline
    return app

"""What the use cases stand on: the payment provider, the portal's clock, keys that name an act."""

from __future__ import annotations

import datetime as dt

from flask import current_app

from portal.config import Settings
from portal.core.clock import paris_date
from portal.donations.gateway import PaymentGateway


def payments() -> PaymentGateway:
    """The payment provider of this application."""
    gateway: PaymentGateway = current_app.extensions["payments"]
    return gateway


def settings() -> Settings:
    """The settings of this application."""
    told: Settings = current_app.extensions["settings"]
    return told


def now() -> dt.datetime:
    """The instant by the portal's clock."""
    instant: dt.datetime = current_app.extensions["clock"].now()
    return instant


def today() -> dt.date:
    """The civil day in Paris."""
    return paris_date(now())


def idempotency_key(*parts: object) -> str:
    """``<mode>:<kind>:<our row>:<attempt>``: the same act has the same key, whatever crashes."""
    return ":".join([str(settings().mode), *(str(part) for part in parts)])

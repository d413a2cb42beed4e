"""What the provider told while nobody listened: asked for, and put into the inbox like the rest."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import sqlalchemy as sa

from portal.core.db import db
from portal.donations.gateway import VerifiedEvent
from portal.donations.models import WebhookEvent
from portal.donations.services.inbox import keep_event
from portal.donations.services.ledger import parts
from portal.donations.services.provider import payments

log = logging.getLogger(__name__)
AT_ONCE: Final = 100
Message: TypeAlias = tuple[VerifiedEvent, dict[str, Any]]


def fill_gap(since: dt.datetime) -> list[str]:
    """Keep every message made since that instant which the inbox lacks.

    Gives the ids of those that say something about gifts, plans or payouts, the oldest first. One
    that cannot be kept never stops the others. Raises GatewayError when the provider does not
    answer to the end: what came is kept, and worked off by the sweep.
    """
    found: list[str] = []
    for part in parts(payments().events(since), AT_ONCE):
        known = _known([event.id for event, _body in part])
        found += [event.id for event, body in part if event.id not in known and _keep(event, body)]
    return found[::-1]


def _known(ids: Sequence[str]) -> set[str]:
    return set(db.session.scalars(sa.select(WebhookEvent.id).where(WebhookEvent.id.in_(ids))))


def _keep(event: VerifiedEvent, body: dict[str, Any]) -> bool:
    try:
        return keep_event(event, body)
    except Exception:
        log.exception("message %s could not be kept", event.id)
        return False

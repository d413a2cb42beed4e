"""How long a child may be held."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.sponsorships.rules.errors import NoMoreExtensions

HOLD_DAYS = 15
MOST_EXTENSIONS = 2
ENDING_SOON = timedelta(hours=48)


def end_of_hold(now: datetime) -> datetime:
    """When a hold that begins now lapses."""
    return now + timedelta(days=HOLD_DAYS)


def extended(expires_at: datetime, extensions: int) -> datetime:
    """The new end of a hold. Raises NoMoreExtensions after two."""
    if extensions >= MOST_EXTENSIONS:
        raise NoMoreExtensions
    return expires_at + timedelta(days=HOLD_DAYS)


def has_lapsed(expires_at: datetime | None, now: datetime) -> bool:
    """Whether the hold's time is over; one without an end never lapses."""
    return expires_at is not None and expires_at <= now

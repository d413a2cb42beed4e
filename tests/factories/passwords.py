"""Accounts that can sign in by themselves, and the mails they get."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Account
from portal.accounts.services.passwords import hash_password
from portal.core.db import db
from portal.core.mail import OutboxMail
from tests.factories.people import make_account

PASSWORD = "trois chevaux verts"
CONFIRMED = datetime(2026, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=4)
def _kept(password: str) -> str:
    return hash_password(password)


def make_member(**given: Any) -> Account:
    """An account with a confirmed address and ``PASSWORD``."""
    values: dict[str, Any] = {"confirmed_at": CONFIRMED, "password_hash": _kept(PASSWORD)} | given
    return make_account(**values)


def mails_to(email: str) -> list[OutboxMail]:
    """What was written to an address, oldest first."""
    wanted = sa.select(OutboxMail).where(OutboxMail.recipient == email).order_by(OutboxMail.id)
    return list(db.session.scalars(wanted))


def link_in(mail: OutboxMail) -> str:
    """The path of the first link in a mail's text."""
    found = re.search(r"https?://[^/\s]+(/\S+)", mail.text)
    assert found, mail.text
    return found[1]

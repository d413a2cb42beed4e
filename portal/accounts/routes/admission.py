"""After the password: straight in, or over the second step first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import redirect, session, url_for
from werkzeug.wrappers import Response

from portal.accounts.models import Account
from portal.accounts.rules import safe_next
from portal.accounts.services import second_factor
from portal.accounts.services.entering import enter
from portal.accounts.services.links import hash_of
from portal.core.db import db

KEY = "second_step"
PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Pending:
    """Somebody who gave the right password and has not shown the second factor yet."""

    account: Account
    next: str


def admit(account: Account, now: datetime, target: str | None = None) -> Response:
    """Sign in, or ask for the second factor; where the reader goes next."""
    if account.totp_secret or second_factor.is_required(account):
        _remember(account, now, target or "")
        page = "second_step" if account.totp_secret else "enrol_second_factor"
        return redirect(url_for(f"accounts.{page}"), 303)
    enter(account, now)
    return redirect(target or home_of(account), 303)


def home_of(account: Account) -> str:
    """Where somebody who just came in begins."""
    return "/office/" if account.roles else "/me/"


def _remember(account: Account, now: datetime, target: str) -> None:
    session[KEY] = {
        "account": account.id,
        "until": int((now + PATIENCE).timestamp()),
        "mark": _mark(account),
        "next": target,
    }


def _mark(account: Account) -> str:
    """Changes with the password, so that an older first step is worth nothing after it."""
    return hash_of(account.password_hash)[:24]


def pending(now: datetime) -> Pending | None:
    """Who is between the two steps in this browser, if anybody still is."""
    kept: dict[str, Any] | None = session.get(KEY)
    if not kept or kept["until"] < now.timestamp():
        return None
    account = db.session.get(Account, kept["account"])
    if account is None or account.disabled_at or kept["mark"] != _mark(account):
        return None
    return Pending(account, safe_next(kept["next"]) or home_of(account))

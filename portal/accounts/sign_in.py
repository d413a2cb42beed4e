"""Signed-in browsers: a server-side session row, its random secret in the signed cookie.

Signing out, changing the password or disabling the account deletes the rows, so a stolen
cookie is worth nothing afterwards.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app, request
from flask import session as cookie
from flask_login import LoginManager, UserMixin, login_user, logout_user

from portal.accounts.models import Account, AccountSession
from portal.core.db import db
from portal.core.roles import Role

SPONSOR_FOR, OFFICE_FOR = timedelta(days=30), timedelta(hours=10)
login_manager = LoginManager()


class SignedIn(UserMixin):
    """The reader of this page: an account through one of its sessions."""

    def __init__(self, row: AccountSession) -> None:
        self.session_id = row.id
        self.account = row.account
        self.id = row.account.id
        self.authenticated_at: datetime = row.authenticated_at
        self.language = str(row.account.language)
        self.donor_id = row.account.donor_id
        self.role_set = frozenset(Role(role) for role in row.account.roles)

    @property
    def display_name(self) -> str:
        account = self.account
        return account.display_name or (account.donor.name if account.donor else account.email)

    @property
    def of_the_office(self) -> bool:
        return bool(self.role_set)

    def get_id(self) -> str:
        return str(cookie.get("sid", ""))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def open_session(account: Account, now: datetime) -> None:
    """Sign this browser in, under a new secret (in the open transaction)."""
    secret = secrets.token_urlsafe(32)
    row = AccountSession(
        token_hash=_hash(secret),
        account_id=account.id,
        created_at=now,
        authenticated_at=now,
        expires_at=now + (OFFICE_FOR if account.roles else SPONSOR_FOR),
        browser=(request.user_agent.string or "")[:200],
    )
    row.account = account
    db.session.add(row)
    db.session.flush()
    kept = cookie.get("language")
    cookie.clear()
    if kept:
        cookie["language"] = kept
    cookie["sid"] = secret
    cookie.permanent = True
    login_user(SignedIn(row), force=True)
    cookie["sid"] = secret


def close_session(session_id: int) -> None:
    """Sign this browser out (in the open transaction)."""
    db.session.execute(sa.delete(AccountSession).where(AccountSession.id == session_id))
    logout_user()
    cookie.clear()


def close_all_sessions(account_id: int, but: int | None = None) -> None:
    """Sign the account out everywhere, except perhaps in this browser."""
    which = sa.delete(AccountSession).where(AccountSession.account_id == account_id)
    db.session.execute(which if but is None else which.where(AccountSession.id != but))


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load(secret: str) -> SignedIn | None:
    """The reader behind a cookie, or None when the session ended or the account is disabled."""
    if not secret:
        return None
    now = current_app.extensions["clock"].now()
    row: Any = db.session.scalar(
        sa.select(AccountSession)
        .join(AccountSession.account)
        .where(
            AccountSession.token_hash == _hash(secret),
            AccountSession.expires_at > now,
            Account.disabled_at.is_(None),
        )
    )
    return SignedIn(row) if row else None

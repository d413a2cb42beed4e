"""Signing in and out."""

from __future__ import annotations

from datetime import datetime

from portal.accounts import queries
from portal.accounts.models import Account
from portal.accounts.services.password_changes import WrongPassword
from portal.accounts.services.passwords import hash_password, is_outdated, matches
from portal.accounts.sign_in import close_all_sessions, close_session, open_session
from portal.core import audit
from portal.core.db import db, transaction


def account_for(email: str, password: str) -> Account:
    """The account these open; raises WrongPassword for every reason there may be.

    An address nobody has, a closed account and one that waits for its confirmation take as long
    as a wrong password.
    """
    account = queries.account_by_email(email)
    if not matches(password, account.password_hash if account else ""):
        raise WrongPassword
    if account is None or account.disabled_at or account.confirmed_at is None:
        raise WrongPassword
    return account


def enter(account: Account, now: datetime) -> None:
    """Open a session for this browser; the identity was proved before."""
    with transaction():
        current = db.session.get_one(Account, account.id, with_for_update=True)
        open_session(current, now)
        audit.record("account.signed_in", f"account:{current.public_id}", actor_id=current.id)


def refresh_password_hash(account: Account, password: str) -> None:
    """Hash again with today's parameters when the kept hash is older."""
    if not is_outdated(account.password_hash):
        return
    kept = hash_password(password)
    with transaction():
        db.session.get_one(Account, account.id, with_for_update=True).password_hash = kept


def check_password(account: Account, password: str) -> None:
    """The same person is still there; raises WrongPassword."""
    if not matches(password, account.password_hash):
        raise WrongPassword


def renew(session_id: int, account_id: int, now: datetime) -> None:
    """Replace this browser's session by a new one, proved now."""
    with transaction():
        close_session(session_id)
        open_session(db.session.get_one(Account, account_id), now)


def sign_out(session_id: int) -> None:
    """End this browser's session; its cookie is worth nothing afterwards."""
    with transaction():
        close_session(session_id)


def sign_out_elsewhere(account_id: int, session_id: int) -> None:
    """End all sessions but this one."""
    with transaction():
        close_all_sessions(account_id, but=session_id)
        account = db.session.get_one(Account, account_id)
        audit.record("account.signed_out_elsewhere", f"account:{account.public_id}")


__all__ = [
    "WrongPassword",
    "account_for",
    "check_password",
    "enter",
    "refresh_password_hash",
    "renew",
    "sign_out",
    "sign_out_elsewhere",
]

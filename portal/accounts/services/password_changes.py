"""Choosing a password: by a link sent by mail, or knowing the one before."""

from __future__ import annotations

import secrets
from datetime import datetime

from portal.accounts.models import Account, TokenPurpose
from portal.accounts.rules import password_faults
from portal.accounts.services.binding import confirm
from portal.accounts.services.links import address_of, find_link, forget_links
from portal.accounts.services.passwords import PasswordRefused, hash_password, matches
from portal.accounts.sign_in import close_all_sessions
from portal.core import audit, mail
from portal.core.db import db, transaction


class WrongPassword(Exception):
    """The password given is not the account's."""


def account_behind(secret: str, purpose: TokenPurpose, now: datetime) -> Account:
    """Whose link it is, for the page that asks before it acts; raises LinkNotValid."""
    row = find_link(secret, purpose, now)
    return db.session.get_one(Account, row.account_id)


def confirm_address(secret: str, password: str, now: datetime) -> Account:
    """Use the link: the address is proved and the password chosen.

    Raises LinkNotValid or PasswordRefused.
    """
    return _set_by_link(secret, TokenPurpose.CONFIRM_ADDRESS, password, now)


def reset_password(secret: str, password: str, now: datetime) -> Account:
    """Choose a new password by the link; every browser is signed out. Raises as confirm_address."""
    return _set_by_link(secret, TokenPurpose.RESET_PASSWORD, password, now)


def _set_by_link(secret: str, purpose: TokenPurpose, password: str, now: datetime) -> Account:
    kept = checked_hash(password, account_behind(secret, purpose, now).email)
    with transaction():
        row = find_link(secret, purpose, now, lock=True)
        account = db.session.get_one(Account, row.account_id, with_for_update=True)
        row.used_at = now
        _replace(account, kept, now)
        confirm(account, now)
        return account


def change_password(
    account_id: int, old: str, new: str, now: datetime, *, keep_session: int
) -> None:
    """Replace the password; every other browser is signed out.

    Raises WrongPassword or PasswordRefused.
    """
    account = db.session.get_one(Account, account_id)
    if not matches(old, account.password_hash):
        raise WrongPassword
    kept = checked_hash(new, account.email)
    with transaction():
        account = db.session.get_one(Account, account_id, with_for_update=True)
        _replace(account, kept, now, keep_session)


def _replace(account: Account, kept: str, now: datetime, keep_session: int | None = None) -> None:
    had_one, account.password_hash = bool(account.password_hash), kept
    close_all_sessions(account.id, but=keep_session)
    forget_links(account.id, TokenPurpose.RESET_PASSWORD, now)
    forget_links(account.id, TokenPurpose.CONFIRM_ADDRESS, now)
    if had_one:
        audit.record(
            "account.password_changed", f"account:{account.public_id}", actor_id=account.id
        )
        notify_of_change(account, "password", now)


def checked_hash(password: str, email: str) -> str:
    """The hash of a password that may be used; raises PasswordRefused before any hashing."""
    if faults := password_faults(password, email):
        raise PasswordRefused(faults)
    return hash_password(password)


def notify_of_change(account: Account, what: str, now: datetime) -> None:
    """Tell the owner about a change they would want to hear of if it was not theirs.

    ``what`` is password, second_factor_on, second_factor_off or recovery_codes.
    """
    mail.post(
        "accounts/mail/security_notice",
        to=account.email,
        language=str(account.language),
        key=f"accounts:notice:{secrets.token_hex(16)}",
        what=what,
        at=now,
        forgotten=address_of("accounts.forgotten_password", str(account.language)),
    )

"""The second factor: a six-digit code of a phone (RFC 6238), and codes on paper when it is lost."""

from __future__ import annotations

import secrets
from datetime import datetime

import pyotp
import sqlalchemy as sa
from flask import current_app

from portal.accounts.models import Account, AccountRecoveryCode
from portal.accounts.services.links import hash_of
from portal.accounts.services.password_changes import notify_of_change
from portal.accounts.sign_in import close_all_sessions
from portal.core import audit
from portal.core.db import db, transaction

STEP = 30
CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that can be mistaken for another


class CodeRefused(Exception):
    """The code is wrong, too old, or was used before."""


class SecondFactorRequired(Exception):
    """People of the head office can not be without a second factor."""


def is_required(account: Account) -> bool:
    """Whether the account must have a second factor: the head office, except in a demonstration."""
    return bool(account.roles) and not current_app.extensions["settings"].demo


def new_secret() -> str:
    """A secret for a phone that is being enrolled; kept only once a code proves it."""
    return pyotp.random_base32()


def provisioning_uri(account: Account, secret: str) -> str:
    """What the phone reads from the square."""
    issuer = current_app.extensions["settings"].organisation.name
    return str(pyotp.TOTP(secret).provisioning_uri(name=account.email, issuer_name=issuer))


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step the code is for, one step early or late allowed; None when for neither."""
    typed = "".join(code.split())
    if not (len(typed) == 6 and typed.isascii() and typed.isdigit()):
        return None
    current = int(now.timestamp()) // STEP
    totp = pyotp.TOTP(secret)
    for step in (current, current - 1, current + 1):
        if secrets.compare_digest(totp.generate_otp(step), typed):
            return step
    return None


def enrol(account_id: int, secret: str, code: str, now: datetime) -> list[str]:
    """Keep the secret once a code proves that the phone has it; gives the recovery codes.

    They are shown once and never again. Raises CodeRefused.
    """
    step = step_of(secret, code, now) if secret else None
    if step is None:
        raise CodeRefused
    with transaction():
        account = db.session.get_one(Account, account_id, with_for_update=True)
        account.totp_secret, account.totp_last_step = secret, step
        _note(account, "second_factor_on", now)
        return _new_recovery_codes(account)


def check_code(account_id: int, code: str, now: datetime) -> None:
    """Accept a phone's code, or a recovery code, once; raises CodeRefused."""
    with transaction():
        account = db.session.get_one(Account, account_id, with_for_update=True)
        step = step_of(account.totp_secret, code, now) if account.totp_secret else None
        if step is not None and step > account.totp_last_step:
            account.totp_last_step = step
            return
        if step is not None or not _use_recovery_code(account, code, now):
            raise CodeRefused


def _use_recovery_code(account: Account, code: str, now: datetime) -> bool:
    used = db.session.scalar(
        sa.update(AccountRecoveryCode)
        .where(
            AccountRecoveryCode.account_id == account.id,
            AccountRecoveryCode.code_hash == hash_of(_plain(code)),
            AccountRecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(AccountRecoveryCode.id)
    )
    if used is not None:
        audit.record(
            "account.recovery_code_used", f"account:{account.public_id}", actor_id=account.id
        )
    return used is not None


def _plain(code: str) -> str:
    return "".join(c for c in code.lower() if c.isalnum())


def renew_recovery_codes(account_id: int, now: datetime) -> list[str]:
    """Ten new codes; those before stop working."""
    with transaction():
        account = db.session.get_one(Account, account_id, with_for_update=True)
        _note(account, "recovery_codes", now)
        return _new_recovery_codes(account)


def _new_recovery_codes(account: Account) -> list[str]:
    old = sa.delete(AccountRecoveryCode).where(AccountRecoveryCode.account_id == account.id)
    db.session.execute(old)
    codes = ["-".join(_letters() for _ in range(4)) for _ in range(CODES)]
    rows = [AccountRecoveryCode(account_id=account.id, code_hash=hash_of(_plain(c))) for c in codes]
    db.session.add_all(rows)
    db.session.flush()
    return codes


def _letters() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(4))


def remove(account_id: int, now: datetime) -> None:
    """Do without; raises SecondFactorRequired for people of the head office."""
    with transaction():
        account = db.session.get_one(Account, account_id, with_for_update=True)
        if is_required(account):
            raise SecondFactorRequired
        _forget(account)
        _note(account, "second_factor_off", now)


def reset_for(account_id: int, *, by: int, now: datetime) -> None:
    """A colleague lost phone and codes: they enrol again at their next sign-in."""
    with transaction():
        account = db.session.get_one(Account, account_id, with_for_update=True)
        _forget(account)
        close_all_sessions(account.id)
        _note(account, "second_factor_off", now, by=by)


def _forget(account: Account) -> None:
    account.totp_secret, account.totp_last_step = "", 0
    old = sa.delete(AccountRecoveryCode).where(AccountRecoveryCode.account_id == account.id)
    db.session.execute(old)


def _note(account: Account, what: str, now: datetime, by: int | None = None) -> None:
    audit.record(f"account.{what}", f"account:{account.public_id}", actor_id=by or account.id)
    notify_of_change(account, what, now)

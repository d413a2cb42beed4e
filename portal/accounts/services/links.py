"""Links sent by mail: a random secret in the address, its hash in the table, used once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from portal.accounts.models import Account, AccountToken, Donor, TokenPurpose
from portal.accounts.rules import normalised_email
from portal.core.db import db

VALID_FOR = {
    TokenPurpose.CONFIRM_ADDRESS: timedelta(days=3),
    TokenPurpose.RESET_PASSWORD: timedelta(hours=1),
    TokenPurpose.CLAIM_DONOR: timedelta(days=30),
}
INVITATION_FOR = timedelta(days=3)
PAGE = {
    TokenPurpose.CONFIRM_ADDRESS: "accounts.confirm_address",
    TokenPurpose.RESET_PASSWORD: "accounts.reset_password",
    TokenPurpose.CLAIM_DONOR: "accounts.claim",
}


class LinkNotValid(Exception):
    """The link was used, is too old, was replaced by a newer one, or never existed."""


def address_of(endpoint: str, language: str, **values: Any) -> str:
    """The absolute address of a page, also from a background job."""
    url = current_app.url_map.bind("localhost").build(endpoint, {"lang_code": language, **values})
    return f"{current_app.extensions['settings'].public_url}{url}"


def hash_of(secret: str) -> str:
    """What is kept of a secret of 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_link(
    purpose: TokenPurpose,
    now: datetime,
    *,
    language: str,
    account: Account | None = None,
    donor: Donor | None = None,
    valid_for: timedelta | None = None,
) -> str:
    """A fresh link in the open transaction; earlier ones of its kind for an account stop working."""
    secret = secrets.token_urlsafe(32)
    if account is not None:
        forget_links(account.id, purpose, now)
    db.session.add(
        AccountToken(
            token_hash=hash_of(secret),
            purpose=purpose,
            account_id=account.id if account else None,
            donor_id=donor.id if donor else None,
            email=normalised_email(account.email if account else donor.email if donor else ""),
            expires_at=now + (valid_for or VALID_FOR[purpose]),
        )
    )
    db.session.flush()
    return address_of(PAGE[purpose], language, token=secret)


def forget_links(account_id: int, purpose: TokenPurpose, now: datetime) -> None:
    """Make the links of that kind worthless (in the open transaction)."""
    db.session.execute(
        sa.update(AccountToken)
        .where(
            AccountToken.account_id == account_id,
            AccountToken.purpose == purpose,
            AccountToken.used_at.is_(None),
        )
        .values(used_at=now)
    )


def find_link(secret: str, purpose: TokenPurpose, now: datetime, *, lock: bool = False) -> Any:
    """The link's row, locked when it is about to be used; raises LinkNotValid."""
    wanted = sa.select(AccountToken).where(
        AccountToken.token_hash == hash_of(secret),
        AccountToken.purpose == purpose,
        AccountToken.used_at.is_(None),
        AccountToken.expires_at > now,
    )
    row = db.session.scalar(wanted.with_for_update() if lock else wanted)
    if row is None or row.email != normalised_email(_address_now(row)):
        raise LinkNotValid
    return row


def _address_now(row: AccountToken) -> str:
    if row.account_id is not None:
        account = db.session.get_one(Account, row.account_id)
        return "" if account.disabled_at else account.email
    return db.session.get_one(Donor, row.donor_id).email


def link_of_any_age(secret: str) -> AccountToken | None:
    """The row of a link, also when it was used or is too old: only to write to its address again."""
    return db.session.scalar(
        sa.select(AccountToken).where(AccountToken.token_hash == hash_of(secret))
    )

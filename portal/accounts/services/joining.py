"""Signing up and forgotten passwords. Every case sends one mail; only the mail says which it was.

The password is chosen on the page the mail leads to: whoever signs up with somebody else's
address never has a password that works there.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from portal.accounts import queries
from portal.accounts.codes import Language
from portal.accounts.models import Account, AccountToken, Donor, TokenPurpose
from portal.accounts.rules import normalised_email
from portal.accounts.services.donors import claim_link
from portal.accounts.services.links import address_of, link_of_any_age, new_link
from portal.core import mail
from portal.core.db import db, transaction


def sign_up(email: str, name: str, language: str, now: datetime) -> None:
    """Make an account that waits for its address to be proved, unless there is one already."""
    address = normalised_email(email)
    with transaction():
        _insert_account(address, name, language)
        account = queries.account_by_email(address)
        if account and _waits(account):
            account.display_name, account.language = name, Language(language)
        _write_about(account, address, language, now, asked="sign_up")


def _insert_account(address: str, name: str, language: str) -> None:
    new = insert(Account).values(
        public_id=uuid.uuid4(),
        email=address,
        display_name=name,
        language=language,
        roles=[],
        password_hash="",
        totp_secret="",
        totp_last_step=0,
    )
    db.session.execute(new.on_conflict_do_nothing(index_elements=["email"]))


def _waits(account: Account) -> bool:
    """Whether nobody proved the address yet."""
    return account.confirmed_at is None and not account.password_hash and not account.disabled_at


def send_confirmation_again(email: str, language: str, now: datetime) -> None:
    """Another link to prove an address."""
    with transaction():
        account = queries.account_by_email(email)
        _write_about(account, normalised_email(email), language, now, asked="confirm")


def forgot_password(email: str, language: str, now: datetime) -> None:
    """A link to choose a new password; to prove the address first when that was never done."""
    with transaction():
        account = queries.account_by_email(email)
        _write_about(account, normalised_email(email), language, now, asked="password")


def _write_about(
    account: Account | None, address: str, language: str, now: datetime, *, asked: str
) -> None:
    template = "no_account"
    context: dict[str, Any] = {"sign_up": address_of("accounts.sign_up", language)}
    if account is not None:
        language = str(account.language)
        template, context = _situation(account, now, asked)
    mail.post(
        f"accounts/mail/{template}",
        to=address,
        language=language,
        key=f"accounts:{asked}:{secrets.token_hex(16)}",
        **context,
    )


def _situation(account: Account, now: datetime, asked: str) -> tuple[str, dict[str, Any]]:
    """The mail that fits what the house knows of the address."""
    language = str(account.language)
    if account.disabled_at:
        return "account_closed", {}
    if _waits(account):
        link = new_link(TokenPurpose.CONFIRM_ADDRESS, now, language=language, account=account)
        return "confirm_address", {"link": link, "name": account.display_name}
    if asked == "password":
        link = new_link(TokenPurpose.RESET_PASSWORD, now, language=language, account=account)
        return "reset_password", {"link": link}
    return "already_known", {
        "sign_in": address_of("accounts.sign_in", language),
        "forgotten": address_of("accounts.forgotten_password", language),
    }


def send_link_again(secret: str, now: datetime) -> None:
    """A new link to the address the old one was sent to; nothing for a link that never was."""
    with transaction():
        row = link_of_any_age(secret)
        if row is None:
            return
        if row.account_id is None:
            _claim_again(row, now)
            return
        account = db.session.get_one(Account, row.account_id)
        asked = "password" if row.purpose is TokenPurpose.RESET_PASSWORD else "confirm"
        _write_about(account, account.email, str(account.language), now, asked=asked)


def _claim_again(row: AccountToken, now: datetime) -> None:
    donor = db.session.get_one(Donor, row.donor_id)
    if not donor.email or row.email != normalised_email(donor.email):
        return
    mail.post(
        "accounts/mail/claim",
        to=donor.email,
        language=str(donor.language),
        key=f"accounts:claim:{secrets.token_hex(16)}",
        link=claim_link(donor, now),
        name=donor.name,
    )

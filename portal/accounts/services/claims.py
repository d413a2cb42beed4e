"""Following one's gifts from the link in a thank-you mail."""

from __future__ import annotations

from datetime import datetime

from portal.accounts import queries
from portal.accounts.models import Account, Donor, TokenPurpose
from portal.accounts.rules import normalised_email
from portal.accounts.services.binding import (
    AccountHasAnotherDonor,
    DonorHasAnAccount,
    bind,
    confirm,
)
from portal.accounts.services.links import LinkNotValid, find_link
from portal.accounts.services.password_changes import checked_hash
from portal.core.db import db, transaction


def donor_behind(secret: str, now: datetime) -> tuple[Donor, bool]:
    """Whose link it is, and whether the address has a password already; raises LinkNotValid."""
    row = find_link(secret, TokenPurpose.CLAIM_DONOR, now)
    donor = db.session.get_one(Donor, row.donor_id)
    if queries.account_of_donor(donor.id):
        raise LinkNotValid
    account = queries.account_by_email(row.email)
    if account and account.disabled_at:
        raise LinkNotValid
    return donor, bool(account and account.password_hash)


def claim_with_password(secret: str, password: str, now: datetime) -> Account:
    """Open an account at the donor's address with this password, and show it the gifts.

    For an account that has a password already, the password stays and only the gifts are added.
    Raises LinkNotValid, PasswordRefused or AccountHasAnotherDonor.
    """
    donor, has_password = donor_behind(secret, now)
    kept = "" if has_password else checked_hash(password, donor.email)
    with transaction():
        row = find_link(secret, TokenPurpose.CLAIM_DONOR, now, lock=True)
        row.used_at = now
        account = _account_of(donor, row.email)
        if kept and not account.password_hash:
            account.password_hash = kept
        account.confirmed_at = account.confirmed_at or now
        _bind(account, donor)
        confirm(account, now)
        return account


def _account_of(donor: Donor, email: str) -> Account:
    address = normalised_email(email)
    account = queries.account_by_email(address)
    if account is None:
        account = Account(email=address, display_name=donor.name, language=donor.language, roles=[])
        db.session.add(account)
        db.session.flush()
    return account


def _bind(account: Account, donor: Donor) -> None:
    try:
        bind(account, donor)
    except DonorHasAnAccount as taken:
        raise LinkNotValid from taken


__all__ = ["AccountHasAnotherDonor", "claim_with_password", "donor_behind"]

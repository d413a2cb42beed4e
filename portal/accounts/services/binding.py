"""Which donor an account may see."""

from __future__ import annotations

from datetime import datetime

from portal.accounts import events, queries
from portal.accounts.models import Account, Donor
from portal.core import audit
from portal.core.db import db


class AccountHasAnotherDonor(Exception):
    """The account shows other gifts already; the office must join the two donors first."""


class DonorHasAnAccount(Exception):
    """Somebody follows these gifts already."""


def confirm(account: Account, now: datetime) -> None:
    """The address is proved (in the open transaction): gifts known under it become visible."""
    first_time = account.confirmed_at is None
    account.confirmed_at = account.confirmed_at or now
    bind_by_address(account)
    if first_time:
        audit.record("account.confirmed", f"account:{account.public_id}", actor_id=account.id)
        events.account_confirmed.send(account)


def bind_by_address(account: Account) -> None:
    """Bind the only donor nobody claimed under this address; two or more are left to the office."""
    if account.donor_id is not None or account.confirmed_at is None:
        return
    found = queries.unclaimed_donors_of(account.email)
    if len(found) == 1:
        bind(account, found[0])


def bind(account: Account, donor: Donor) -> None:
    """Let the account see the donor (in the open transaction)."""
    if account.donor_id == donor.id:
        return
    if account.donor_id is not None:
        raise AccountHasAnotherDonor
    if queries.account_of_donor(donor.id):
        raise DonorHasAnAccount
    account.donor_id = donor.id
    db.session.flush()
    db.session.refresh(account, ["donor"])
    audit.record(
        "donor.claimed",
        f"donor:{donor.ref}",
        after={"account": str(account.public_id)},
        actor_id=account.id,
    )
    events.donor_claimed.send(donor, account=account)

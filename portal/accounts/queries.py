"""Reads about people and accounts."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask_login import current_user

from portal.accounts.models import Account, AccountRecoveryCode, AccountSession, Donor
from portal.accounts.rules import normalised_email
from portal.core.db import db


def account_by_email(email: str) -> Account | None:
    """The account of an address, however it is typed."""
    return db.session.scalar(sa.select(Account).where(Account.email == normalised_email(email)))


def account_by_public_id(public_id: object) -> Account | None:
    """A person of the head office or a sponsor, by the identifier in the address."""
    return db.session.scalar(sa.select(Account).where(Account.public_id == public_id))


def account_of_donor(donor_id: int) -> Account | None:
    """The account that may see a donor's gifts, if there is one."""
    return db.session.scalar(sa.select(Account).where(Account.donor_id == donor_id))


def donor_of_current_user() -> Donor | None:
    """The reader's own donor; None for visitors and for accounts to which no gift belongs.

    An account gets its donor only once its address was proved, so what this gives may be shown.
    """
    if not current_user.is_authenticated or current_user.donor_id is None:
        return None
    return db.session.get(Donor, current_user.donor_id)


def donor_by_public_id(public_id: object) -> Donor | None:
    """A donor, for the head office."""
    return db.session.scalar(sa.select(Donor).where(Donor.public_id == public_id))


def donor_by_ref(ref: str) -> Donor | None:
    """A donor by the reference people write down."""
    return db.session.scalar(sa.select(Donor).where(sa.func.upper(Donor.ref) == ref.upper()))


def sessions_of(account_id: int, now: datetime) -> list[AccountSession]:
    """The browsers that are signed in, the newest first."""
    return list(
        db.session.scalars(
            sa.select(AccountSession)
            .where(AccountSession.account_id == account_id, AccountSession.expires_at > now)
            .order_by(AccountSession.created_at.desc(), AccountSession.id.desc())
        )
    )


def recovery_codes_left(account_id: int) -> int:
    """How many recovery codes still work."""
    left = sa.select(sa.func.count()).where(
        AccountRecoveryCode.account_id == account_id, AccountRecoveryCode.used_at.is_(None)
    )
    return int(db.session.scalar(left) or 0)


def people_of_the_office() -> list[Account]:
    """Everybody with a role, those who may enter first."""
    return list(
        db.session.scalars(
            sa.select(Account)
            .where(sa.func.cardinality(Account.roles) > 0)
            .order_by(Account.disabled_at.is_not(None), sa.func.lower(Account.display_name))
        )
    )


def unclaimed_donors_of(email: str) -> list[Donor]:
    """The donors of an address that no account sees yet."""
    return list(
        db.session.scalars(
            sa.select(Donor)
            .outerjoin(Account, Account.donor_id == Donor.id)
            .where(sa.func.lower(Donor.email) == normalised_email(email), Account.id.is_(None))
            .where(Donor.merged_into_id.is_(None))
            .order_by(Donor.id)
        )
    )


def donors_of(email: str) -> list[Donor]:
    """All donors of an address: a couple, a person and their company, a double."""
    if not email:
        return []
    wanted = sa.select(Donor).where(sa.func.lower(Donor.email) == normalised_email(email))
    wanted = wanted.where(Donor.merged_into_id.is_(None))
    return list(db.session.scalars(wanted.order_by(Donor.id)))


def names_of_accounts(ids: set[int]) -> dict[int, str]:
    """Who acted, for a history."""
    rows = db.session.execute(
        sa.select(Account.id, Account.display_name, Account.email).where(Account.id.in_(ids))
    )
    return {row.id: row.display_name or row.email for row in rows}

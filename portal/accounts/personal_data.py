"""What the accounts keep of a person, for the file they may download."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Account, Donor
from portal.accounts.queries import sessions_of
from portal.core import personal_data
from portal.core.db import db
from portal.core.mail import OutboxMail

DONOR = (
    "ref", "kind", "title", "first_name", "last_name", "company_name", "legal_form", "siren",
    "email", "address1", "address2", "postcode", "city", "country", "language", "phone", "since",
)  # fmt: skip


def register() -> None:
    """Have the donor's details in the file."""
    personal_data.register("donor", details_of_donor)


def details_of_donor(donor_id: int) -> dict[str, str]:
    """Name, address and the rest, as the house has them."""
    donor = db.session.get_one(Donor, donor_id)
    return {name: str(getattr(donor, name) or "") for name in DONOR}


def details_of_account(account: Account, now: datetime) -> dict[str, Any]:
    """The account, the browsers signed in, the mails of the last months."""
    return {
        "email": account.email,
        "name": account.display_name,
        "language": str(account.language),
        "created_at": account.created_at.isoformat(),
        "confirmed_at": account.confirmed_at.isoformat() if account.confirmed_at else None,
        "second_factor": bool(account.totp_secret),
        "roles": list(account.roles),
        "signed_in": [
            {"since": row.created_at.isoformat(), "browser": row.browser}
            for row in sessions_of(account.id, now)
        ],
        "mails": _mails_to(account.email),
    }


def _mails_to(email: str) -> list[dict[str, str]]:
    rows = db.session.execute(
        sa.select(OutboxMail.created_at, OutboxMail.subject)
        .where(sa.func.lower(OutboxMail.recipient) == email)
        .order_by(OutboxMail.id)
    )
    return [{"at": row.created_at.isoformat(), "subject": row.subject} for row in rows]

"""What people correct about themselves, and what the house knows of them, as a file."""

from __future__ import annotations

from typing import Any

from portal.accounts.codes import Language
from portal.accounts.models import Account
from portal.accounts.services.donors import update_donor
from portal.core import audit
from portal.core.db import db, transaction


def update_account(account_id: int, *, display_name: str, language: str) -> Account:
    """How the portal greets the person, and the language it writes in."""
    with transaction():
        account = db.session.get_one(Account, account_id, with_for_update=True)
        before = {"display_name": account.display_name, "language": str(account.language)}
        after = {"display_name": display_name, "language": language}
        if before != after:
            account.display_name, account.language = display_name, Language(language)
            audit.record(
                "account.changed", f"account:{account.public_id}", before=before, after=after
            )
        return account


def update_profile(account_id: int, values: dict[str, Any]) -> Account:
    """Correct one's own name, address, phone and language."""
    with transaction():
        account = db.session.get_one(Account, account_id)
        if account.donor_id is not None:
            donor = update_donor(account.donor_id, values, by=account_id)
            name = donor.name
        else:
            name = str(values.get("display_name", account.display_name))
        return update_account(account_id, display_name=name, language=str(values["language"]))

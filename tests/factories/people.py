"""People for tests."""

from __future__ import annotations

from itertools import count
from typing import Any

from portal.accounts.codes import DonorKind, Language
from portal.accounts.models import Account, Donor
from portal.core.db import db
from portal.core.roles import Role

_numbers = count(1)


def make_donor(**given: Any) -> Donor:
    """A person in Versailles with a complete address, unless told otherwise."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "ref": f"T{number:06}",
        "kind": DonorKind.PERSON,
        "title": "Mme",
        "first_name": "Claire",
        "last_name": f"Essai{number}",
        "email": f"donor{number}@example.org",
        "address1": "12 rue des Essais",
        "postcode": "78000",
        "city": "Versailles",
        "country": "FR",
        "language": Language.FR,
    } | given
    donor = Donor(**values)
    db.session.add(donor)
    db.session.commit()
    return donor


def make_account(
    *, roles: list[Role] | None = None, with_donor: bool = False, **given: Any
) -> Account:
    """An account with a confirmed address."""
    number = next(_numbers)
    donor = make_donor() if with_donor else None
    values: dict[str, Any] = {
        "email": f"account{number}@example.org",
        "display_name": f"Account {number}",
        "roles": [role.value for role in roles or []],
        "donor": donor,
        "confirmed_at": None,
    } | given
    account = Account(**values)
    db.session.add(account)
    db.session.commit()
    return account

"""Who keeps the signed heads outside the portal: those an administrator named, else all accountants."""

from __future__ import annotations

import datetime as dt

from portal.accounts.codes import Language
from portal.accounts.queries import people_of_the_office
from portal.core.dated_rules import rule_book
from portal.core.roles import Role

HEAD_READERS = "register_readers"
EVERY_SERIES = "receipts"


def addresses_told(on: dt.date) -> list[str]:
    """The addresses written down for that day, one a line; none for all accountants."""
    value = rule_book().on(HEAD_READERS, EVERY_SERIES, on).version.value
    return [line.strip() for line in value["addresses"].splitlines() if line.strip()]


def head_readers(on: dt.date) -> list[tuple[str, Language]]:
    """Address and language of whoever gets the heads signed on that day."""
    known = {account.email: account for account in people_of_the_office()}
    told = addresses_told(on)
    if not told:
        return [
            (account.email, account.language)
            for account in known.values()
            if account.disabled_at is None and Role.ACCOUNTANT in account.roles
        ]
    return [
        (address, known[address.lower()].language if address.lower() in known else Language.FR)
        for address in dict.fromkeys(told)
    ]

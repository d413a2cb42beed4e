"""Statements brought in, for tests."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from portal.accounting.models import BankLine
from portal.accounting.rules.bank import MatchKind
from portal.accounting.services import bank
from portal.accounting.services.bank import GiftPart, Imported, MatchOrder
from portal.accounts.models import Donor
from portal.core.db import db
from portal.core.money import Money
from portal.core.roles import Role
from tests.factories.people import make_account
from tests.factories.statements import Wire, camt

NOVEMBER = dt.date(2026, 11, 2)


def bring_in(*wires: Wire, **given: Any) -> Imported:
    """A CAMT of these movements, imported by an accountant."""
    by = given.pop("by", None) or make_account(roles=[Role.ACCOUNTANT]).id
    return bank.import_statements(camt(wires, **given), "releve.xml", by=by)


def line_of(imported: Imported, place: int = 0) -> BankLine:
    """A line of what was imported."""
    return db.session.get_one(BankLine, imported.line_ids[place])


def one_line(**given: Any) -> BankLine:
    """The line of one movement."""
    values: dict[str, Any] = {
        "minor": 5_000,
        "on": NOVEMBER,
        "name": "PERSONNE",
        "text": "VIREMENT",
    }
    return line_of(bring_in(Wire(**(values | given))))


def to_donor(line: BankLine, donor: Donor, **given: Any) -> MatchOrder:
    """The whole line is a gift of the donor."""
    aims = {name: given.pop(name) for name in ("purpose", "programme", "another") if name in given}
    part = GiftPart(amount=line.amount, donor_id=donor.id, **aims)
    return MatchOrder(kind=MatchKind.GIFT, parts=(part,), **given)


def all_lines() -> list[BankLine]:
    return list(db.session.scalars(sa.select(BankLine).order_by(BankLine.id)))


def euros(minor: int) -> Money:
    return Money(minor)

"""The entries that book a gift, for the page of the gift."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import selectinload

from portal.accounting.models import Entry
from portal.accounting.queries.bank import line_of_gift
from portal.core import i18n
from portal.core.db import db
from portal.core.money import Money
from portal.donations.traces import Happening


def entries_of(gift_id: int) -> Iterator[Happening]:
    """Each entry on the day it is booked on, with what it moves."""
    wanted = sa.select(Entry).where(Entry.gift_id == gift_id).options(selectinload(Entry.lines))
    for entry in db.session.scalars(wanted.order_by(Entry.id)):
        moved = Money(sum(line.debit_minor for line in entry.lines))
        yield Happening(
            entry.date,
            _("Booked: %(label)s", label=entry.label),
            " · ".join(_side(line.account, line.debit_minor) for line in entry.lines)
            + f" · {i18n.money(moved)}",
            entry.number,
            icon="book-open",
            url=url_for("accounting.journal", year=entry.year, q=entry.number),
            noted_at=entry.created_at,
        )


def _side(account: str, debit_minor: int) -> str:
    """``D 517100``: which side of which account, as accountants write it."""
    return f"{'D' if debit_minor else 'C'} {account}"


def bank_line_of(gift_id: int) -> Iterator[Happening]:
    """The line of the bank's statement that shows the gift."""
    line = line_of_gift(gift_id)
    if line is not None:
        yield Happening(
            line.booked_on,
            _("On the bank's statement"),
            i18n.money(line.amount),
            line.ref,
            icon="landmark",
            url=url_for("bank.line", public_id=line.public_id),
        )

"""Gifts as the books meet them: settled, told to whoever listens, committed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import count
from typing import Any

import sqlalchemy as sa

from portal.accounting.models import Entry, EntryLine
from portal.core.db import db, transaction
from portal.core.money import Money
from portal.donations import events
from portal.donations.codes import GiftMode, PurposeKind
from portal.donations.models import Gift, Origin, Refund
from portal.donations.rules.gift import GiftState
from tests.factories.people import make_donor

_numbers = count(1)


def unbooked_gift(**given: Any) -> Gift:
    """A settled gift of 50 € by transfer, of which nobody was told yet."""
    number = next(_numbers)
    on = given.pop("on", date(2026, 3, 14))
    values: dict[str, Any] = {
        "ref": f"B{number:06}",
        "origin": Origin.IMPORT,
        "state": GiftState.SETTLED,
        "amount_minor": 5_000,
        "mode": GiftMode.TRANSFER,
        "purpose": PurposeKind.GENERAL,
        "received_on": on,
        "tax_on": on,
    } | given
    if "donor" not in values and "donor_id" not in values:
        values["donor"] = make_donor()
    gift = Gift(**values)
    db.session.add(gift)
    db.session.flush()
    return gift


def booked_gift(**given: Any) -> Gift:
    """A settled gift that went into the books."""
    with transaction():
        gift = unbooked_gift(**given)
        events.gift_settled.send(gift)
    return gift


def online_gift(**given: Any) -> Gift:
    """A gift by card through Stripe, with its fee of 0,96 €, booked."""
    number = next(_numbers)
    stripe = {
        "origin": Origin.ONLINE,
        "mode": GiftMode.CARD,
        "amount_minor": 4_700,
        "fee_minor": 96,
        "stripe_payment_intent_id": f"pi_books_{number}",
        "stripe_charge_id": f"ch_books_{number}",
    }
    return booked_gift(**(stripe | given))


def refund(gift: Gift, minor: int, on: date = date(2026, 4, 2), **given: Any) -> Refund:
    """That much of the gift went back."""
    with transaction():
        row = Refund(
            gift_id=gift.id,
            amount_minor=minor,
            state="succeeded",
            refunded_on=on,
            stripe_refund_id=f"re_books_{next(_numbers)}",
            **given,
        )
        db.session.add(row)
        db.session.flush()
        events.gift_refunded.send(gift, refund=row)
        gift.refunded_minor += minor
        whole = gift.refunded_minor == gift.amount_minor
        gift.state = GiftState.REFUNDED if whole else GiftState.PARTIALLY_REFUNDED
    return row


def entries_about(gift: Gift) -> Sequence[Entry]:
    """The entries of a gift, in the order they were posted."""
    chosen = sa.select(Entry).where(Entry.gift_id == gift.id).order_by(Entry.id)
    return db.session.scalars(chosen.execution_options(populate_existing=True)).all()


def as_written(entry: Entry) -> list[tuple[str, Money, Money]]:
    """The lines of an entry: account, debit, credit."""
    return [(x.account, Money(x.debit_minor), Money(x.credit_minor)) for x in entry.lines]


def balance_of(account: str) -> Money:
    """Debit less credit of an account over all the books."""
    net = sa.func.coalesce(sa.func.sum(EntryLine.debit_minor - EntryLine.credit_minor), 0)
    return Money(int(db.session.scalar(sa.select(net).where(EntryLine.account == account)) or 0))

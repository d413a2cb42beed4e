"""What the accountant of the demonstration has on the desk: cheques, a slip, cash, mandates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from portal.accounts.codes import DonorKind
from portal.accounts.models import Donor
from portal.core.clock import paris_date
from portal.core.db import db
from portal.core.money import Money
from portal.donations.codes import GiftMode, PurposeKind
from portal.donations.models import Gift, PlanInterval
from portal.donations.services import cheques, deposits, direct_debits, kind
from portal.donations.services.entry import HandedOver

IBANS = (
    "FR7630006000011234567890189",
    "FR7630004000031234567890143",
    "FR7610107001011234567890129",
    "FR7611315000011234567890138",
    "FR7614410000011234567890163",
    "FR7630001007941234567890185",
)
"""Accounts banks publish as examples."""
ACCOUNT = "FR14 2004 1010 0505 0001 3M02 606"


def put_on_the_desk(by: int, now: dt.datetime) -> None:
    """Two piles of cheques, one on a slip and one half entered; cash; mandates that are announced."""
    today, givers = paris_date(now), persons(10)
    if len(givers) < 10:
        return
    _slip(givers[:3], by, today)
    _half_a_pile(givers[3:5], by, today)
    _cash(givers[5], by, today)
    _mandates(givers[4:], by, today)


def persons(count: int) -> list[int]:
    """Persons in France with an address and a mail address, the newest records first."""
    known = sa.select(Donor.id).where(
        Donor.kind == DonorKind.PERSON,
        Donor.address1 != "",
        Donor.country == "FR",
        Donor.email != "",
    )
    return list(db.session.scalars(known.order_by(Donor.id.desc()).limit(count)))


def _pile(givers: Sequence[int], counted: int, by: int, on: dt.date, name: str) -> int:
    amounts = [5_000 + 1_500 * number for number in range(len(givers))]
    missing = 4_000 * (counted - len(givers))
    total = Money(sum(amounts) + missing)
    batch = cheques.open_batch(on, counted, total, by=by, form_token=f"demonstration-{name}")
    for number, (giver, minor) in enumerate(zip(givers, amounts, strict=True)):
        order = cheques.ChequeOrder(
            donor=giver,
            amount=Money(minor),
            number=f"{4_100_001 + number}",
            bank="Banque Exemple",
            arrived_on=on,
            form_token=f"demonstration-{name}-{number}",
        )
        cheques.add_cheque(batch.id, order)
    return batch.id


def _slip(givers: Sequence[int], by: int, today: dt.date) -> None:
    batch_id = _pile(givers, len(givers), by, today - dt.timedelta(days=6), "slip")
    cheques.close_batch(batch_id, by=by)
    new = sa.select(Gift.id).where(Gift.cheque_number.between("4100001", "4100009"))
    deposits.deposit_cheques(
        list(db.session.scalars(new)),
        ACCOUNT,
        today - dt.timedelta(days=4),
        by=by,
        form_token="demonstration-deposit",  # noqa: S106 - the name of a form
    )


def _half_a_pile(givers: Sequence[int], by: int, today: dt.date) -> None:
    _pile(givers, len(givers) + 1, by, today - dt.timedelta(days=1), "pile")


def _cash(giver: int, by: int, today: dt.date) -> None:
    given = HandedOver(
        donor_id=giver,
        amount=Money(2_000),
        mode=GiftMode.CASH,
        received_on=today - dt.timedelta(days=2),
        form_token="demonstration-cash",  # noqa: S106 - the name of a form
    )
    kind.record_cash(giver, given, "A-0001", by=by)


def _mandates(givers: Sequence[int], by: int, today: dt.date) -> None:
    for number, (giver, iban) in enumerate(zip(givers, IBANS, strict=False)):
        promise = direct_debits.Promise(
            amount=Money(2_500 + 500 * number),
            interval=PlanInterval.MONTH,
            first_due_on=today + dt.timedelta(days=17 + number),
            purpose=PurposeKind.GENERAL,
            last_collected_on=today - dt.timedelta(days=13 - number),
        )
        account = direct_debits.Account(
            holder="", iban=iban, signed_on=dt.date(today.year - 3, 3, 4), notice_days=14
        )
        direct_debits.register_mandate(
            giver, promise, account, by=by, form_token=f"demonstration-mandate-{number}"
        )
    direct_debits.plan_and_announce()

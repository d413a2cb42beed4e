"""Standing orders are recognised by their transfers, and each month is compared with what was promised."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask import Flask

from portal.accounting.models import StandingOrder
from portal.accounting.queries.bank_promises import month_report
from portal.accounting.rules.promises import Concern
from portal.accounting.services import bank
from portal.accounts.models import Donor
from portal.core.db import db
from portal.core.money import Money
from portal.donations.codes import PurposeKind
from tests.factories.bank import all_lines, bring_in, one_line, to_donor
from tests.factories.books import booked_gift
from tests.factories.handed_over import make_accountant
from tests.factories.people import make_donor
from tests.factories.statements import PAYER_IBAN, Wire

MONTHS = [dt.date(2026, month, 5) for month in range(6, 10)]
OCTOBER = dt.date(2026, 10, 1)


def sponsor_by_transfer(days: list[dt.date], minor: int = 4_700) -> Donor:
    """A donor whose transfers of those days came for her sponsorship."""
    donor, by = make_donor(), make_accountant().id
    first = one_line(iban=PAYER_IBAN, minor=minor, on=days[0])
    order = to_donor(first, donor, purpose=PurposeKind.SPONSORSHIP, learn=True)
    bank.match_line(first.id, order, by=by)
    bring_in(*(Wire(minor, on=day, iban=PAYER_IBAN, text="VIR PERM") for day in days[1:]), by=by)
    return donor


def the_order() -> StandingOrder:
    return db.session.scalars(sa.select(StandingOrder)).one()


def named(concern: Concern, month: dt.date = OCTOBER) -> list[int]:
    return [each.donor.id for each in month_report(month).lists[concern]]


def test_three_months_make_a_standing_order(app: Flask) -> None:
    donor = sponsor_by_transfer(MONTHS)
    order = the_order()
    assert (order.donor_id, order.amount, order.every_months) == (donor.id, Money(4_700), 1)
    assert (order.started_on, order.last_on) == (MONTHS[0], MONTHS[-1])


def test_two_transfers_make_none(app: Flask) -> None:
    sponsor_by_transfer(MONTHS[:2])
    assert db.session.scalars(sa.select(StandingOrder)).all() == []


def test_a_quarterly_order_is_due_every_third_month(app: Flask) -> None:
    donor = sponsor_by_transfer([dt.date(2026, month, 3) for month in (1, 4, 7)], 14_100)
    assert the_order().every_months == 3
    assert named(Concern.NO_MONEY, dt.date(2026, 9, 1)) == []
    assert named(Concern.NO_MONEY, OCTOBER) == [donor.id]


def test_a_month_that_agrees_says_so(app: Flask) -> None:
    sponsor_by_transfer(MONTHS)
    report = month_report(dt.date(2026, 9, 1))
    assert report.agrees
    assert (report.promised, report.received) == (Money(4_700), Money(4_700))


def test_no_money_for_a_sponsorship(app: Flask) -> None:
    donor = sponsor_by_transfer(MONTHS)
    assert named(Concern.NO_MONEY) == [donor.id]


def test_another_amount(app: Flask) -> None:
    donor = sponsor_by_transfer(MONTHS)
    booked_gift(
        donor=donor,
        purpose=PurposeKind.SPONSORSHIP,
        amount_minor=3_000,
        on=dt.date(2026, 10, 6),
    )
    assert named(Concern.OTHER_AMOUNT) == [donor.id]
    assert named(Concern.NO_MONEY) == []


def test_money_without_a_sponsorship(app: Flask) -> None:
    gift = booked_gift(purpose=PurposeKind.SPONSORSHIP, on=dt.date(2026, 10, 6))
    booked_gift(on=dt.date(2026, 10, 6))
    assert named(Concern.NO_PROMISE) == [gift.donor_id]


def test_money_after_the_end(app: Flask) -> None:
    donor = sponsor_by_transfer(MONTHS)
    by = make_accountant().id
    bank.end_standing_order(the_order().id, dt.date(2026, 9, 30), reason="arrêt", by=by)
    assert named(Concern.NO_MONEY) == []
    bring_in(Wire(4_700, on=dt.date(2026, 10, 5), iban=PAYER_IBAN, text="VIR PERM"), by=by)
    assert named(Concern.AFTER_END) == [donor.id]
    assert len(db.session.scalars(sa.select(StandingOrder)).all()) == 1
    assert len(all_lines()) == 5


def test_who_gives_by_standing_order_is_not_thanked_every_month(app: Flask) -> None:
    from portal.core.mail.models import OutboxMail

    days = [dt.date(2026, month, 20) for month in (7, 8, 9, 10)]
    sponsor_by_transfer(days)
    before = db.session.scalar(sa.select(sa.func.count()).select_from(OutboxMail))
    bring_in(Wire(4_700, on=dt.date(2026, 11, 20), iban=PAYER_IBAN, text="VIR PERM"))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) == before

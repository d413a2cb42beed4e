"""What is closed takes nothing any more, nor does what lies before it; the database sees to it."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from portal.accounting.models import Entry, EntryLine
from portal.accounting.queries.closing import first_month
from portal.accounting.rules.closing import Month
from portal.accounting.services import closing
from portal.accounting.services.manual import first_day_for
from portal.core.db import db, violated
from tests.factories.books import booked_gift, entries_about
from tests.factories.closing import close_through
from tests.factories.people import make_account


@pytest.fixture
def winter(app: Flask) -> None:
    """Gifts of January, February and March 2026."""
    for month in (1, 2, 3):
        booked_gift(on=date(2026, month, 14))


def write_in_sql(
    on: str, source: str, journal: str = "OD", accounts: tuple[str, ...] = ("471000", "580000")
) -> None:
    """An entry by somebody who has the database."""
    day, number = date.fromisoformat(on), f"{journal}-{on[:4]}-000099"
    entry = Entry(
        journal=journal, year=day.year, sequence=99, number=number, date=day, piece_ref="x",
        piece_date=day, label="x", validated_on=day, source=source,
    )  # fmt: skip
    db.session.add(entry)
    db.session.flush()
    for place, account in enumerate(accounts):
        minor = (0, 500) if place else (500, 0)
        line = EntryLine(
            entry_id=entry.id, position=place + 1, account=account, debit_minor=minor[0],
            credit_minor=minor[1], tag="",
        )  # fmt: skip
        db.session.add(line)
    db.session.flush()


def test_the_database_refuses_an_entry_in_a_closed_month(winter: None) -> None:
    close_through(2026, 1)
    with pytest.raises(IntegrityError) as caught, db.session.begin_nested():
        write_in_sql("2026-01-31", "raw")

    assert violated(caught.value) == "period_is_closed"


def test_what_lies_before_the_first_closing_is_closed_with_it(winter: None) -> None:
    january, _february = close_through(2026, 2)
    gift = booked_gift(on=date(2025, 12, 20))

    (entry,) = entries_about(gift)
    assert (entry.date, entry.fact_on) == (date(2026, 3, 1), date(2025, 12, 20))
    assert first_month() == Month(2026, 1)
    with pytest.raises(IntegrityError) as caught, db.session.begin_nested():
        write_in_sql("2025-12-20", "raw")
    assert violated(caught.value) == "period_is_closed"

    request = closing.ask_to_reopen(january.id, reason="x", by=make_account().id)
    closing.agree_to_reopen(request.id, by=make_account().id)
    # January is open again, the days before it are not
    assert first_day_for(date(2026, 1, 15)) is None
    assert first_day_for(date(2025, 12, 31)) == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("on", "journal", "accounts"),
    [
        ("2025-12-30", "OD", ("689600", "196000")),
        ("2025-12-31", "BNQ", ("689600", "196000")),
        ("2025-12-31", "OD", ("689600", "512100")),
    ],
)
def test_nothing_enters_a_closed_month_under_the_name_of_a_fund(
    app: Flask, on: str, journal: str, accounts: tuple[str, str]
) -> None:
    booked_gift(on=date(2025, 12, 3))
    close_through(2025, 12)
    source = "dedicated:2025:food:carried"
    with pytest.raises(IntegrityError) as caught, db.session.begin_nested():
        write_in_sql(on, source, journal, accounts)
    assert violated(caught.value) == "period_is_closed"

    write_in_sql("2025-12-31", source, "OD", ("689600", "196000"))  # as the closing of a year does

"""Months and years are closed, snapshots kept, and two people open them again."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from portal.accounting.models import BankAccount, ClosedPeriod, Entry, PeriodKind, Reopening
from portal.accounting.queries.closing import StillOpen, still_open
from portal.accounting.queries.snapshots import closed_periods_unchanged
from portal.accounting.rules.closing import Month
from portal.accounting.services import closing
from portal.accounting.services.closing import ClosingRefused
from portal.accounting.services.locking import take_the_books
from portal.core import audit
from portal.core.clock import FrozenClock
from portal.core.db import db, violated
from tests.factories.books import booked_gift, unbooked_gift
from tests.factories.closing import close_through, close_whole_year
from tests.factories.people import make_account

FEBRUARY = Month(2026, 2)


def refused(reason: str) -> pytest.RaisesExc[ClosingRefused]:
    return pytest.raises(ClosingRefused, match=reason[:20])


@pytest.fixture
def winter(app: Flask) -> None:
    """Gifts of January, February and March 2026."""
    for month in (1, 2, 3):
        booked_gift(on=date(2026, month, 14))


def test_closing_a_month_closes_every_open_month_before_it(winter: None) -> None:
    closed = close_through(2026, 2)

    assert [(each.first_on, each.entries) for each in closed] == [
        (date(2026, 1, 1), 1),
        (date(2026, 2, 1), 1),
    ]
    assert closed[1].last_numbers == {"BNQ": "BNQ-2026-000002"}
    assert closed[1].debit_minor == 5_000
    assert audit.history("books:2026")[0].action == "books.closed"


def test_each_month_keeps_what_was_open_at_its_own_end(winter: None) -> None:
    booked_gift(on=date(2026, 2, 20), mode="cheque")

    closed = close_through(2026, 3)

    assert [[item["detail"] for item in each.open_items] for each in closed] == [
        [],
        ["511200"],
        ["511200"],
    ]


def test_a_month_that_is_not_over_stays_open(winter: None, clock: FrozenClock) -> None:
    clock.instant = datetime.fromisoformat("2026-03-31T21:59:00+00:00")
    with refused(closing.NOT_OVER):
        close_through(2026, 3)

    clock.instant += timedelta(minutes=1)  # midnight in Paris
    assert close_through(2026, 3)


def test_nothing_is_closed_while_a_gift_is_not_booked(winter: None) -> None:
    unbooked_gift(on=date(2026, 1, 3))

    with refused(closing.BOOKS_DO_NOT_HOLD):
        close_through(2026, 1)


def test_who_closes_has_seen_what_is_open_now(winter: None) -> None:
    seen = still_open(FEBRUARY.last_on)
    booked_gift(on=date(2026, 2, 20), mode="cheque")

    with refused(closing.SOMETHING_CHANGED):
        closing.close_months(FEBRUARY, seen=seen.seen, note="", by=make_account().id)

    now: StillOpen = still_open(FEBRUARY.last_on)
    (cheque,) = [item for item in now.items if item.detail == "511200"]
    assert cheque.minor == 5_000
    (_january, period) = close_through(2026, 2)
    assert cheque.plain in period.open_items


def test_the_books_are_looked_at_while_nobody_can_post(
    winter: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def after_who_was_posting() -> None:
        take_the_books()
        unbooked_gift(on=date(2026, 1, 20))

    monkeypatch.setattr(closing, "take_the_books", after_who_was_posting)
    with refused(closing.BOOKS_DO_NOT_HOLD):
        close_through(2026, 1)


def test_a_bank_account_without_any_statement_stays_open(winter: None) -> None:
    account = BankAccount(iban="FR7630006000011234567890189", ledger_code="512900")
    db.session.add(account)
    db.session.flush()
    named = [
        item.detail for item in still_open(date(2026, 1, 31)).items if item.code == "statements"
    ]
    assert named == [account.shown]


def test_a_year_is_closed_after_its_months_and_the_years_before(app: Flask) -> None:
    booked_gift(on=date(2024, 11, 3))
    booked_gift(on=date(2025, 6, 3))
    close_through(2025, 11)
    seen, by = still_open(date(2025, 12, 31)).seen, make_account().id
    with refused(closing.MONTHS_FIRST):
        closing.close_year(2025, seen=seen, note="", by=by)
    close_through(2025, 12)
    with refused(closing.YEAR_BEFORE_FIRST):
        closing.close_year(2025, seen=seen, note="", by=by)

    close_whole_year(2024)

    assert close_whole_year(2025).kind is PeriodKind.YEAR
    with refused(closing.CLOSED_ALREADY):
        close_whole_year(2025)


def test_a_closed_period_that_changed_fails_the_check(winter: None) -> None:
    close_through(2026, 2)
    assert closed_periods_unchanged()[0]

    db.session.execute(sa.text("set local session_replication_role = replica"))
    db.session.execute(sa.update(Entry).values(label="Autre").where(Entry.date < date(2026, 2, 1)))
    db.session.execute(sa.text("set local session_replication_role = origin"))

    ok, told = closed_periods_unchanged()
    assert not ok
    assert "2026" in told


class TestOpeningAgain:
    """Two people, in time, each with her name."""

    @pytest.fixture
    def asked(self, winter: None) -> Reopening:
        (_january, february) = close_through(2026, 2)
        return closing.ask_to_reopen(february.id, reason="Un relevé oublié", by=make_account().id)

    def test_another_person_opens_it(self, asked: Reopening) -> None:
        period = closing.agree_to_reopen(asked.id, by=make_account().id)

        assert not period.live
        assert period.reopened_at is not None
        booked_gift(on=date(2026, 2, 27))
        assert db.session.scalar(sa.select(Entry.fact_on).order_by(Entry.id.desc())) is None
        assert [row.action for row in audit.history("books:2026")][:2] == [
            "books.reopened",
            "books.reopening_asked",
        ]

    def test_nobody_agrees_with_herself(self, asked: Reopening) -> None:
        with refused(closing.ANOTHER_PERSON):
            closing.agree_to_reopen(asked.id, by=asked.asked_by)

        with pytest.raises(IntegrityError) as caught, db.session.begin_nested():
            db.session.execute(
                sa.update(Reopening).values(
                    decided_at=asked.asked_at, decided_by=asked.asked_by, agreed=True
                )
            )
        assert violated(caught.value) == "ck_reopening_two_people"

    def test_the_database_opens_nothing_without_an_agreed_request(self, asked: Reopening) -> None:
        with pytest.raises(IntegrityError) as caught, db.session.begin_nested():
            db.session.execute(
                sa.update(ClosedPeriod).values(live=False, reopened_at=asked.asked_at)
            )
        assert violated(caught.value) == "kept_closed_period"

    def test_the_database_takes_no_request_that_is_decided_already(self, asked: Reopening) -> None:
        decided = {"decided_at": asked.asked_at, "decided_by": make_account().id, "agreed": True}
        names = ("period_id", "reason", "asked_at", "asked_by", "expires_at")
        made = Reopening(**{name: getattr(asked, name) for name in names}, **decided)
        db.session.add(made)
        with pytest.raises(IntegrityError) as caught:
            db.session.flush()
        assert violated(caught.value) == "asked_first"

    def test_a_request_expires_and_makes_room_for_another(
        self, asked: Reopening, clock: FrozenClock
    ) -> None:
        with refused(closing.ASKED_ALREADY):
            closing.ask_to_reopen(asked.period_id, reason="Encore", by=make_account().id)
        clock.instant += timedelta(days=7)
        with refused(closing.NO_LONGER_WAITS):
            closing.agree_to_reopen(asked.id, by=make_account().id)

        again = closing.ask_to_reopen(asked.period_id, reason="Encore", by=make_account().id)
        assert again.id != asked.id

    def test_a_refused_request_leaves_it_closed(self, asked: Reopening) -> None:
        closing.refuse_to_reopen(asked.id, by=make_account().id)

        assert asked.period.live
        with refused(closing.NO_LONGER_WAITS):
            closing.agree_to_reopen(asked.id, by=make_account().id)

    def test_it_is_closed_again_with_what_it_holds_then(self, asked: Reopening) -> None:
        closing.agree_to_reopen(asked.id, by=make_account().id)
        booked_gift(on=date(2026, 2, 27))

        (again,) = close_through(2026, 2)

        assert again.entries == 2
        assert closed_periods_unchanged()[0]

    def test_a_month_of_a_closed_year_waits_for_the_year(self, app: Flask) -> None:
        booked_gift(on=date(2025, 12, 3))
        (december,) = close_through(2025, 12)
        close_whole_year(2025)

        with refused(closing.YEAR_FIRST):
            closing.ask_to_reopen(december.id, reason="Un don oublié", by=make_account().id)

"""The books prove themselves; each way of damaging them is named by the check that sees it."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounting.queries.recorded import last_check
from portal.accounting.services.checking import check_and_record
from portal.accounting.tasks import check_books
from portal.core.checks import CheckResult, register_check, run_checks
from portal.core.db import db, transaction
from portal.core.money import Money
from portal.donations import events
from portal.donations.rules.gift import GiftState
from tests.factories.books import booked_gift, online_gift, refund, unbooked_gift

BOOKS = {
    "entries_balance",
    "debit_equals_credit",
    "numbers_without_gaps",
    "gifts_booked_once",
    "entries_have_a_fact",
    "stripe_balance",
    "income_is_gifts",
    "fees_are_fees",
}


def results() -> dict[str, CheckResult]:
    return {result.name: result for result in run_checks() if result.name in BOOKS}


def failed() -> set[str]:
    return {name for name, result in results().items() if not result.ok}


def damage(statement: str, **values: Any) -> None:
    """Change rows behind the back of the triggers that keep them."""
    db.session.execute(sa.text("set local session_replication_role = replica"))
    db.session.execute(sa.text(statement), values)
    db.session.execute(sa.text("set local session_replication_role = origin"))


@pytest.fixture
def books(app: Flask) -> None:
    """Three gifts: by transfer, on line with a fee, on line and given back in part."""
    booked_gift()
    online_gift()
    refund(online_gift(), 1_700)


def test_empty_books_hold(app: Flask) -> None:
    assert failed() == set()


def test_sound_books_hold_and_say_what_was_compared(books: None) -> None:
    found = results()

    assert set(found) == BOOKS
    assert failed() == set()
    assert "75,08" in found["stripe_balance"].detail
    assert "127,00" in found["income_is_gifts"].detail


def test_a_line_that_was_altered_is_seen(books: None) -> None:
    damage("update entry_line set debit_minor = debit_minor + 1 where account = '512100'")

    assert failed() == {"entries_balance", "debit_equals_credit"}
    assert "BNQ-2026-000001" in results()["entries_balance"].detail


def test_two_errors_that_cancel_out_are_seen_in_their_entries(books: None) -> None:
    damage("update entry_line set debit_minor = debit_minor + 1 where account = '512100'")
    damage("update entry_line set debit_minor = debit_minor - 1 where account = '754110'"
           " and debit_minor > 0")  # fmt: skip

    assert "entries_balance" in failed()
    assert results()["debit_equals_credit"].ok


def test_an_entry_that_vanished_is_seen(books: None) -> None:
    damage(
        "delete from entry_line where entry_id = (select id from entry where number = 'DON-2026-000002')"
    )
    damage("delete from entry where number = 'DON-2026-000002'")

    assert failed() >= {"numbers_without_gaps", "stripe_balance", "fees_are_fees"}
    assert "DON 2026" in results()["numbers_without_gaps"].detail


def test_a_counter_ahead_of_its_journal_is_seen(books: None) -> None:
    damage("update journal_counter set last = last + 1 where journal = 'BNQ'")

    assert failed() == {"numbers_without_gaps"}


def test_a_number_that_says_something_else_is_seen(books: None) -> None:
    damage("update entry set number = 'BNQ-2026-000007' where number = 'BNQ-2026-000001'")

    assert failed() == {"numbers_without_gaps"}


def test_a_gift_that_is_not_booked_is_named(books: None) -> None:
    gift = unbooked_gift(ref="FORGOTTEN-1")

    assert failed() == {"gifts_booked_once", "income_is_gifts"}
    assert gift.ref in results()["gifts_booked_once"].detail


def test_a_gift_booked_twice_is_named(books: None) -> None:
    gift = booked_gift(ref="TWICE-1")
    damage("update entry set source = 'gift:' || :id || '\\:settled\\:2', gift_id = :id"
           " where number = 'BNQ-2026-000001'", id=gift.id)  # fmt: skip

    assert "gifts_booked_once" in failed()
    assert "TWICE-1" in results()["gifts_booked_once"].detail


def test_a_gift_whose_amount_was_altered_is_named(books: None) -> None:
    gift = booked_gift(ref="ALTERED-1")
    damage("update gift set amount_minor = 9999 where id = :id", id=gift.id)

    assert failed() == {"gifts_booked_once", "income_is_gifts"}
    assert "ALTERED-1" in results()["gifts_booked_once"].detail


def test_an_entry_without_a_gift_is_named(books: None) -> None:
    damage("update entry set gift_id = null where number = 'BNQ-2026-000001'")

    assert "entries_have_a_fact" in failed()
    assert "BNQ-2026-000001" in results()["entries_have_a_fact"].detail


def test_an_entry_of_a_refund_that_is_not_there_is_named(books: None) -> None:
    damage("delete from refund")

    assert failed() == {"entries_have_a_fact"}


def test_a_fee_the_gifts_do_not_know_is_seen_at_stripe(books: None) -> None:
    damage("update gift set fee_minor = 0 where fee_minor = 96")

    assert failed() == {"stripe_balance", "fees_are_fees"}
    assert "1,92" in results()["fees_are_fees"].detail


def test_income_that_moved_to_another_account_is_seen(books: None) -> None:
    damage("update entry_line set account = '758000' where account = '754110'")

    assert failed() == {"income_is_gifts", "gifts_booked_once"}


def test_a_check_that_breaks_has_not_held_and_hides_no_other(
    books: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.core.checks._CHECKS", {})
    register_check("broken", lambda: (1 / 0 > 0, ""))
    register_check("sound", lambda: (True, "all is well"))

    assert [(r.name, r.ok) for r in run_checks()] == [("broken", False), ("sound", True)]


def test_the_nightly_check_writes_its_result_down(books: None) -> None:
    check_books(timestamp=0)

    kept = last_check()
    assert kept is not None
    assert kept.after is not None
    assert {row["name"] for row in kept.after["checks"]} >= BOOKS


def test_a_failed_check_is_written_down_as_failed(books: None) -> None:
    unbooked_gift()

    assert check_and_record() is False
    kept = last_check()
    assert kept is not None
    assert kept.after is not None
    assert kept.after["ok"] is False


def test_books_with_a_dispute_of_a_part_hold(books: None) -> None:
    gift = online_gift()
    with transaction():
        gift.state = GiftState.DISPUTED
        events.gift_disputed.send(gift, amount=Money(2_000))

    assert failed() == set()
    assert "467" in results()["stripe_balance"].detail

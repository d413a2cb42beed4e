"""The books prove themselves; each way of damaging them is named by the check that sees it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounting.queries.gift_records import gift_records
from portal.accounting.queries.recorded import last_check
from portal.accounting.rules.gifts import (
    DisputeEnd,
    entry_for_dispute_end,
    entry_for_dispute_movement,
)
from portal.accounting.services.booking import book_gifts
from portal.accounting.services.checking import check_and_record
from portal.accounting.services.posting import post
from portal.accounting.tasks import check_books
from portal.core.checks import CheckResult, register_check, run_checks
from portal.core.db import db, transaction
from portal.core.money import Money
from portal.donations.models import Dispute
from portal.donations.rules.gift import GiftState
from tests.conftest import TODAY
from tests.factories.books import booked_gift, online_gift, refund, unbooked_gift
from tests.factories.disputes import decide, make_dispute

BOOKS = {
    "entries_balance",
    "debit_equals_credit",
    "numbers_without_gaps",
    "gifts_booked_once",
    "entries_have_a_fact",
    "stripe_balance",
    "disputes_held",
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

    assert failed() == {"entries_have_a_fact", "stripe_balance"}


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


@pytest.mark.parametrize("ends", [None, True, False])
def test_books_with_a_dispute_of_a_part_hold(books: None, ends: bool | None) -> None:
    dispute = make_dispute(online_gift(), 2_000)
    if ends is not None:
        decide(dispute, won=ends)

    assert failed() == set()
    held = "20,00" if ends is None else "0,00"
    assert held in results()["disputes_held"].detail


def test_a_line_a_dispute_moved_and_nobody_booked_is_seen(books: None) -> None:
    make_dispute(online_gift(), 2_000, fee=0)
    damage("delete from dispute_movement")

    assert failed() == {"entries_have_a_fact", "stripe_balance", "disputes_held"}


def test_books_with_gifts_in_other_currencies_hold(books: None) -> None:
    gift = online_gift(
        currency="USD", amount_minor=10_000, euro_minor=9_210, exchange_rate=Decimal("0.921")
    )
    refund(gift, 3_333, currency="USD", euro_minor=3_050)
    unbooked_gift(currency="CHF", stripe_payment_intent_id="pi_chf")

    assert failed() == set()


def test_a_dispute_lost_before_disputes_were_facts_of_their_own_still_holds(books: None) -> None:
    gift = online_gift()
    with transaction():
        facts = gift_records([gift.id])[0].facts
        assert facts is not None
        held = entry_for_dispute_movement(facts, Money(-4_700), TODAY.date(), "ch_1")
        post(held, f"gift:{gift.id}:dispute", TODAY, gift.id)
        lost = entry_for_dispute_end(
            DisputeEnd(facts, Money(4_700), Money(4_700), Money(0), TODAY.date(), "ch_1")
        )
        assert lost is not None
        post(lost, f"gift:{gift.id}:dispute:undone", TODAY, gift.id)
        gift.state, gift.refunded_minor = GiftState.REFUNDED, 4_700
        row = {"stripe_dispute_id": "dp_old", "status": "lost", "opened_at": TODAY}
        sums = {"amount_minor": 4_700, "taken_minor": 4_700, "euro_minor": 4_700}
        db.session.add(Dispute(gift_id=gift.id, closed_at=TODAY, **row, **sums))

    assert failed() == set()
    assert book_gifts([gift.id], TODAY) == 0

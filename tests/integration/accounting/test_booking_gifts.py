"""What happens to a gift goes into the books, in the same transaction."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from portal.accounting.models import Entry, EntryLine, JournalCounter
from portal.accounting.services.booking import book_gifts
from portal.accounts.codes import DonorKind
from portal.core.clock import FrozenClock
from portal.core.db import db, transaction
from portal.core.money import Money
from portal.donations import events
from portal.donations.codes import GiftMode, PurposeKind
from portal.donations.rules.gift import GiftState
from portal.programmes.codes import Programme
from tests.factories.books import (
    as_written,
    balance_of,
    booked_gift,
    entries_about,
    online_gift,
    refund,
    unbooked_gift,
)
from tests.factories.disputes import decide, make_dispute
from tests.factories.people import make_donor

NOTHING = Money(0)
TODAY = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
RATE = {"euro_minor": 9_210, "exchange_rate": Decimal("0.921"), "rate_source": "Stripe, txn_1"}


def test_a_settled_gift_becomes_a_balanced_numbered_entry(app: Flask) -> None:
    gift = booked_gift(donor=make_donor(ref="D000123"), mode=GiftMode.TRANSFER)

    (entry,) = entries_about(gift)

    assert (entry.number, entry.source) == ("BNQ-2026-000001", f"gift:{gift.id}:settled")
    assert (entry.date, entry.validated_on) == (date(2026, 3, 14), date(2026, 11, 22))
    assert (entry.label, entry.piece_ref) == ("Don D000123", gift.ref)
    assert as_written(entry) == [
        ("512100", Money(5_000), NOTHING),
        ("754110", NOTHING, Money(5_000)),
    ]


def test_a_gift_on_line_is_booked_gross_and_its_fee_apart(app: Flask) -> None:
    gift = online_gift()

    settled, fee = entries_about(gift)

    assert as_written(settled)[0] == ("517100", Money(4_700), NOTHING)
    assert as_written(fee) == [("627800", Money(96), NOTHING), ("517100", NOTHING, Money(96))]
    assert balance_of("517100") == Money(4_604)


@pytest.mark.parametrize(
    ("mode", "number", "account"),
    [
        (GiftMode.CARD, "BNQ-2026-000001", "512100"),
        (GiftMode.SEPA, "BNQ-2026-000001", "512100"),
        (GiftMode.TRANSFER, "BNQ-2026-000001", "512100"),
        (GiftMode.CHEQUE, "CHQ-2026-000001", "511200"),
        (GiftMode.CASH, "CAI-2026-000001", "530000"),
    ],
)
def test_each_mode_has_its_journal_and_account(
    app: Flask, mode: GiftMode, number: str, account: str
) -> None:
    (entry,) = entries_about(booked_gift(mode=mode))

    assert entry.number == number
    assert as_written(entry)[0][0] == account


def test_a_company_gives_mecenat_and_a_programme_tags_the_income(app: Flask) -> None:
    company = make_donor(kind=DonorKind.COMPANY, company_name="Essai SARL")
    gift = booked_gift(donor=company, purpose=PurposeKind.PROGRAMME, programme=Programme.FOOD)

    income = entries_about(gift)[0].lines[1]

    assert (income.account, income.tag) == ("754200", "dedicated:food")


def test_a_gift_told_twice_is_booked_once(app: Flask) -> None:
    gift = booked_gift()
    with transaction():
        events.gift_settled.send(gift)

    assert len(entries_about(gift)) == 1


def test_what_is_undone_leaves_neither_entry_nor_number(app: Flask) -> None:
    def break_off() -> None:
        with transaction():
            events.gift_settled.send(unbooked_gift())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    gift = booked_gift()

    assert [entry.number for entry in entries_about(gift)] == ["BNQ-2026-000001"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Entry)) == 1


def test_a_fee_that_is_known_later_is_booked_when_it_is(app: Flask) -> None:
    gift = online_gift(fee_minor=0)
    with transaction():
        gift.fee_minor = 96
        events.gift_fee_known.send(gift)

    assert [entry.source.rpartition(":")[2] for entry in entries_about(gift)] == ["settled", "fee"]


def test_a_refund_reverses_the_income_on_its_own_day(app: Flask) -> None:
    gift = online_gift()
    row = refund(gift, 1_700)

    entry = entries_about(gift)[-1]

    assert (entry.source, entry.date) == (f"refund:{row.id}", date(2026, 4, 2))
    assert as_written(entry) == [
        ("754110", Money(1_700), NOTHING),
        ("517100", NOTHING, Money(1_700)),
    ]


def test_a_refund_that_fails_is_undone(app: Flask) -> None:
    gift = online_gift()
    row = refund(gift, 4_700)
    with transaction():
        row.state, gift.refunded_minor, gift.state = "failed", 0, GiftState.SETTLED
        events.refund_failed.send(gift, refund=row)

    assert entries_about(gift)[-1].source == f"refund:{row.id}:undone"
    assert balance_of("754110") == Money(-4_700)


def test_a_dispute_waits_on_467_and_comes_back_when_it_is_won(app: Flask) -> None:
    dispute = make_dispute(online_gift())
    held = balance_of("467000"), balance_of("517100")
    decide(dispute, won=True)

    assert held == (Money(4_700), Money(-96 - 2_000))
    assert (balance_of("467000"), balance_of("517100")) == (NOTHING, Money(4_604 - 2_000))
    assert balance_of("627800") == Money(96 + 2_000)


def test_a_lost_dispute_gives_up_the_income(app: Flask) -> None:
    dispute = make_dispute(online_gift())
    for _twice in range(2):
        decide(dispute, won=False) if dispute.closed_at is None else book_gifts(
            [dispute.gift_id], TODAY
        )

    assert (balance_of("467000"), balance_of("754110")) == (NOTHING, NOTHING)
    assert [entry.source for entry in entries_about(dispute.gift)][
        -1
    ] == f"dispute:{dispute.id}:end"


def test_a_gift_in_another_currency_is_booked_in_euros_and_says_what_was_paid(app: Flask) -> None:
    gift = online_gift(currency="USD", amount_minor=10_000, **RATE)

    settled = entries_about(gift)[0]

    assert as_written(settled)[0] == ("517100", Money(9_210), NOTHING)
    assert {line.foreign for line in settled.lines} == {Money(10_000, "USD")}


def test_a_gift_whose_euros_are_unknown_waits_until_they_are(app: Flask) -> None:
    gift = online_gift(currency="USD", amount_minor=10_000, fee_minor=0)
    before = list(entries_about(gift))
    with transaction():
        gift.fee_minor = 156
        for name, value in RATE.items():
            setattr(gift, name, value)
        events.gift_euros_known.send(gift)

    assert before == []
    assert balance_of("517100") == Money(9_210 - 156)


def test_three_thirds_of_a_gift_in_another_currency_go_back_to_the_cent(app: Flask) -> None:
    gift = online_gift(currency="USD", amount_minor=10_000, fee_minor=0, **RATE)
    for minor, left in ((3_333, 3_050), (3_333, 3_090), (3_334, 3_100)):
        refund(gift, minor, currency="USD", euro_minor=left)

    assert balance_of("754110") == NOTHING
    assert balance_of("517100") == Money(9_210 - 3_050 - 3_090 - 3_100)
    assert balance_of("656000") + balance_of("757000") == Money(30)


def test_a_bounced_cheque_leaves_the_cheques_in_hand(app: Flask) -> None:
    gift = booked_gift(mode=GiftMode.CHEQUE, cheque_number="0012345")
    with transaction():
        gift.state = GiftState.FAILED
        events.gift_bounced.send(gift, on=date(2026, 11, 22), reason="no_funds")

    bounced = entries_about(gift)[-1]
    assert (bounced.label[:6], bounced.date) == ("Impayé", date(2026, 11, 22))
    assert (balance_of("511200"), balance_of("754110")) == (NOTHING, NOTHING)


def test_a_corrected_gift_is_reversed_on_its_day_and_booked_anew(app: Flask) -> None:
    gift = booked_gift(mode=GiftMode.CHEQUE, on=date(2025, 12, 30))
    with transaction():
        gift.mode, gift.amount_minor = GiftMode.CASH, 4_000
        events.gift_changed.send(gift)

    sources = {entry.source for entry in entries_about(gift)}
    settled = f"gift:{gift.id}:settled"
    assert sources == {settled, f"{settled}:undone", f"{settled}:2"}
    assert {entry.year for entry in entries_about(gift)} == {2025}
    assert (balance_of("511200"), balance_of("530000")) == (NOTHING, Money(4_000))


def test_a_donor_whose_number_changes_rewrites_no_books(app: Flask) -> None:
    gift = online_gift()
    gift.donor_id = make_donor().id
    refund(gift, 1_000)

    assert [entry.source.split(":")[0] for entry in entries_about(gift)] == [
        "gift",
        "gift",
        "refund",
    ]


def test_gifts_older_than_the_chart_stand_in_older_books(app: Flask) -> None:
    assert entries_about(booked_gift(on=date(2019, 12, 31))) == []


def test_many_gifts_of_a_file_are_numbered_by_day_without_a_gap(app: Flask) -> None:
    days = [date(2025, 5, 1), date(2026, 1, 2), date(2025, 4, 30), date(2025, 5, 2)]
    with transaction():
        gifts = [unbooked_gift(on=day) for day in days]
        events.gifts_settled_in_bulk.send(None, gift_ids=[gift.id for gift in gifts])

    numbers = {entries_about(gift)[0].date: entries_about(gift)[0].number for gift in gifts}
    assert numbers == {
        date(2025, 4, 30): "BNQ-2025-000001",
        date(2025, 5, 1): "BNQ-2025-000002",
        date(2025, 5, 2): "BNQ-2025-000003",
        date(2026, 1, 2): "BNQ-2026-000001",
    }


def test_booking_the_same_gifts_again_posts_nothing(app: Flask, clock: FrozenClock) -> None:
    gifts = [booked_gift().id, online_gift().id]

    assert book_gifts(gifts, clock.now()) == 0


def test_a_clock_set_back_does_not_break_the_order_of_validation(
    app: Flask, clock: FrozenClock
) -> None:
    booked_gift()
    clock.instant = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    (later,) = entries_about(booked_gift())

    assert later.validated_on == date(2026, 11, 22)


def test_the_counter_says_the_last_number(app: Flask) -> None:
    booked_gift()
    booked_gift()

    counter = db.session.get(JournalCounter, ("BNQ", 2026))
    assert counter is not None
    assert counter.last == 2
    assert db.session.scalar(sa.select(sa.func.count()).select_from(EntryLine)) == 4


def test_an_entry_that_does_not_balance_is_refused_by_the_database(app: Flask) -> None:
    entry = entries_about(booked_gift())[0]
    db.session.add(EntryLine(entry_id=entry.id, position=3, account="530000", debit_minor=1))
    db.session.flush()

    with pytest.raises(IntegrityError, match="does not balance"):
        db.session.execute(sa.text("set constraints all immediate"))


def test_an_entry_is_never_changed(app: Flask) -> None:
    gift = booked_gift()

    with pytest.raises(IntegrityError, match="never changed"):
        db.session.execute(sa.update(Entry).where(Entry.gift_id == gift.id).values(label="x"))

"""A line becomes a gift, a payout, a deposit, or an entry; once; and can be undone whole."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounting.models import BankMatch
from portal.accounting.queries.bank_checks import bank_statement_matches_512, transfers_counted_once
from portal.accounting.rules.bank import MatchKind
from portal.accounting.services import bank
from portal.accounting.services.bank import (
    AlreadyMatched,
    DoesNotAddUp,
    GiftPart,
    MatchOrder,
    MatchRefused,
    NotMatched,
    OtherPart,
    TakenByAnother,
)
from portal.core.checks import run_checks
from portal.core.db import db
from portal.core.mail.models import OutboxMail
from portal.core.money import Money
from portal.donations.codes import GiftMode, PurposeKind
from portal.donations.models import Gift, Origin
from portal.donations.rules.gift import GiftState
from portal.receipts.services.issuing import issue_receipt
from tests.factories.bank import NOVEMBER, one_line, to_donor
from tests.factories.books import as_written, balance_of, booked_gift, entries_about
from tests.factories.handed_over import make_accountant
from tests.factories.people import make_donor
from tests.factories.receipts import NOW, plain_paper


def accountant_id() -> int:
    return make_accountant().id


def gift_of(match: BankMatch) -> Gift:
    gift = match.parts[0].gift
    assert gift is not None
    return gift


def broken() -> list[str]:
    return [check.name for check in run_checks() if not check.ok]


def test_a_transfer_becomes_a_gift_of_the_day_it_was_credited(app: Flask) -> None:
    line, donor = one_line(), make_donor()
    match = bank.match_line(line.id, to_donor(line, donor), by=accountant_id())
    gift = gift_of(match)
    assert (gift.mode, gift.origin, gift.tax_on) == (GiftMode.TRANSFER, Origin.STATEMENT, NOVEMBER)
    assert gift.state is GiftState.SETTLED
    (entry_,) = entries_about(gift)
    assert as_written(entry_) == [
        ("512100", Money(5_000), Money(0)),
        ("754110", Money(0), Money(5_000)),
    ]
    assert bank_statement_matches_512()[0]
    assert broken() == []


def test_its_donor_is_thanked_once_and_not_for_last_year(app: Flask) -> None:
    recent, old = one_line(), one_line(on=dt.date(2026, 8, 3), text="x")
    for line in (recent, old):
        bank.match_line(line.id, to_donor(line, make_donor()), by=accountant_id())
    thanked = db.session.scalars(sa.select(OutboxMail.key).where(OutboxMail.key.like("gift:%")))
    assert len(thanked.all()) == 1


def test_a_line_is_matched_once(app: Flask) -> None:
    line, donor = one_line(), make_donor()
    bank.match_line(line.id, to_donor(line, donor), by=accountant_id())
    with pytest.raises(AlreadyMatched):
        bank.match_line(line.id, to_donor(line, donor), by=accountant_id())
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Gift)) == 1


def test_a_gift_that_was_recorded_is_taken_instead_of_a_second_one(app: Flask) -> None:
    donor = make_donor()
    recorded = booked_gift(donor=donor, on=dt.date(2026, 10, 28))
    line = one_line()
    match = bank.match_line(line.id, to_donor(line, donor), by=accountant_id())
    assert gift_of(match).id == recorded.id
    assert not match.parts[0].settled_here
    assert balance_of("512100") == Money(5_000)
    bank.undo_match(match.id, reason="essai", by=accountant_id())
    assert recorded.state is GiftState.SETTLED


def test_another_gift_of_the_same_sum_can_be_said_to_be_another(app: Flask) -> None:
    donor = make_donor()
    booked_gift(donor=donor, on=NOVEMBER)
    line = one_line()
    match = bank.match_line(line.id, to_donor(line, donor, another=True), by=accountant_id())
    assert match.parts[0].settled_here
    assert not transfers_counted_once()[0]


def test_the_bank_decides_the_year_of_a_recorded_transfer(app: Flask) -> None:
    donor = make_donor()
    recorded = booked_gift(donor=donor, on=dt.date(2025, 12, 30))
    line = one_line(on=dt.date(2026, 1, 2))
    bank.match_line(line.id, to_donor(line, donor), by=accountant_id())
    assert recorded.tax_on == dt.date(2026, 1, 2)
    assert broken() == []


def test_two_lines_do_not_share_a_recorded_gift(app: Flask) -> None:
    donor = make_donor()
    recorded = booked_gift(donor=donor, on=NOVEMBER)
    first, second = one_line(), one_line(text="encore")
    part = GiftPart(amount=Money(5_000), gift_id=recorded.id)
    order = MatchOrder(kind=MatchKind.GIFT, parts=(part,))
    bank.match_line(first.id, order, by=accountant_id())
    with pytest.raises(TakenByAnother):
        bank.match_line(second.id, order, by=accountant_id())


def test_a_line_may_be_several_gifts_that_add_up(app: Flask) -> None:
    line, donors = one_line(minor=8_000), [make_donor(), make_donor()]
    wrong = tuple(GiftPart(amount=Money(3_000), donor_id=d.id) for d in donors)
    with pytest.raises(DoesNotAddUp):
        bank.match_line(line.id, MatchOrder(kind=MatchKind.GIFT, parts=wrong), by=accountant_id())
    right = (
        GiftPart(amount=Money(3_000), donor_id=donors[0].id, purpose=PurposeKind.SPONSORSHIP),
        GiftPart(amount=Money(5_100), donor_id=donors[1].id),
        OtherPart(amount=Money(-100), account="627800"),
    )
    match = bank.match_line(
        line.id, MatchOrder(kind=MatchKind.GIFT, parts=right), by=accountant_id()
    )
    assert [part.amount_minor for part in match.parts] == [3_000, 5_100, -100]
    assert balance_of("512100") == Money(8_000)
    assert broken() == []


def test_undoing_makes_the_gift_never_have_been(app: Flask) -> None:
    line, donor = one_line(), make_donor()
    match = bank.match_line(line.id, to_donor(line, donor), by=accountant_id())
    gift = gift_of(match)
    bank.undo_match(match.id, reason="un autre donateur", by=accountant_id())
    assert gift.state is GiftState.FAILED
    assert balance_of("512100") == Money(0)
    assert bank_statement_matches_512()[0]
    with pytest.raises(NotMatched):
        bank.undo_match(match.id, reason="", by=accountant_id())
    again = bank.match_line(line.id, to_donor(line, make_donor()), by=accountant_id())
    assert gift_of(again).id != gift.id
    assert broken() == []


def test_a_gift_on_a_receipt_is_not_undone(app: Flask) -> None:
    line, donor = one_line(), make_donor()
    match = bank.match_line(line.id, to_donor(line, donor), by=accountant_id())
    issue_receipt(donor.id, 2026, at=NOW, printer=plain_paper)
    with pytest.raises(MatchRefused):
        bank.undo_match(match.id, reason="essai", by=accountant_id())
    assert match.live
    assert balance_of("512100") == Money(5_000)


@pytest.mark.parametrize(
    ("minor", "account", "lines"),
    [
        (-1_235, "627800", [("627800", 1_235, 0), ("512100", 0, 1_235)]),
        (20_000, "471000", [("512100", 20_000, 0), ("471000", 0, 20_000)]),
        (-90_000, "580000", [("580000", 90_000, 0), ("512100", 0, 90_000)]),
    ],
)
def test_what_is_no_gift_is_a_balanced_entry(
    app: Flask, minor: int, account: str, lines: list[tuple[str, int, int]]
) -> None:
    line = one_line(minor=minor, text="divers")
    by = accountant_id()
    assert bank.put_on_account([line.id, line.id], account, note="", by=by) == (1, 0)
    for code, debit, credit in lines:
        assert balance_of(code) == Money(debit - credit)
    assert broken() == []
    match = db.session.scalars(sa.select(BankMatch)).one()
    bank.undo_match(match.id, reason="essai", by=by)
    assert {balance_of(code) for code, _d, _c in lines} == {Money(0)}
    assert broken() == []


def test_an_account_that_is_not_offered_is_refused(app: Flask) -> None:
    line = one_line()
    part = OtherPart(amount=line.amount, account="754110")
    with pytest.raises(MatchRefused):
        bank.match_line(
            line.id, MatchOrder(kind=MatchKind.ACCOUNT, parts=(part,)), by=accountant_id()
        )

"""A line may be a paper of ours: a payout, a slip, an entry, gifts recorded before."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounting.models import BankMatch, BankPart
from portal.accounting.queries.bank_checks import bank_statement_matches_512, transfers_counted_once
from portal.accounting.queries.bank_doubles import doubles
from portal.accounting.queries.bank_proposals import proposals_for
from portal.accounting.rules.bank import MatchKind
from portal.accounting.services import bank
from portal.accounting.services.bank import (
    MatchOrder,
    OtherPart,
    TakenByAnother,
)
from portal.core.checks import run_checks
from portal.core.db import db
from portal.core.money import Money
from portal.donations import in_hand
from portal.donations.codes import GiftMode
from portal.donations.events import ChangeRefused, GiftFacts
from portal.donations.models import Cheque, Gift, Origin, Payout, ReturnReason
from portal.donations.rules.gift import GiftState
from portal.donations.services import cheques, deposits, entry
from portal.donations.services.imported import facts_of
from tests.factories.bank import NOVEMBER, all_lines, bring_in, one_line, to_donor
from tests.factories.books import balance_of, booked_gift, entries_about
from tests.factories.handed_over import make_accountant, make_cheque_gift, make_deposit
from tests.factories.people import make_donor
from tests.factories.statements import Wire


def accountant_id() -> int:
    return make_accountant().id


def gift_of(match: BankMatch) -> Gift:
    gift = match.parts[0].gift
    assert gift is not None
    return gift


def broken() -> list[str]:
    return [check.name for check in run_checks() if not check.ok]


def make_payout(minor: int = 9_269, on: dt.date = NOVEMBER) -> Payout:
    payout = Payout(
        id=f"po_{minor}_{on}",
        amount_minor=minor,
        currency="EUR",
        status="paid",
        automatic=True,
        reconciled=False,
        created_at=dt.datetime.combine(on, dt.time(8), dt.UTC),
        arrives_on=on,
        statement_descriptor="STRIPE",
    )
    db.session.add(payout)
    db.session.flush()
    return payout


def test_a_payout_arrives_and_leaves_the_transfers_in_transit(app: Flask) -> None:
    payout = make_payout()
    line = one_line(minor=9_269, text="STRIPE TECHNOLOGY EUROPE", on=dt.date(2026, 11, 3))
    match = db.session.scalars(sa.select(BankMatch)).one()
    assert (match.line_id, match.kind, match.parts[0].payout_id) == (
        line.id,
        MatchKind.PAYOUT,
        payout.id,
    )
    assert (balance_of("512100"), balance_of("580000")) == (Money(9_269), Money(-9_269))
    assert bank_statement_matches_512()[0]


def test_a_slip_is_credited_by_its_number(app: Flask) -> None:
    deposit = make_deposit(make_cheque_gift(12_500))
    one_line(minor=12_500, text=f"REMISE CHEQUES {deposit.ref}", on=dt.date(2026, 11, 20))
    assert in_hand.deposits_in_transit() == []
    assert balance_of("511200") == Money(0)
    match = db.session.scalars(sa.select(BankMatch)).one()
    bank.undo_match(match.id, reason="essai", by=accountant_id())
    assert [each.ref for each in in_hand.deposits_in_transit()] == [deposit.ref]
    assert broken() == []


def test_a_slip_another_line_credited_is_refused(app: Flask) -> None:
    deposit = make_deposit(make_cheque_gift(12_500))
    deposits.deposit_credited(deposit.id, dt.date(2026, 11, 20), "RLV-OTHER")
    line = one_line(minor=12_500, on=dt.date(2026, 11, 20))
    part = OtherPart(amount=line.amount, deposit_id=deposit.id)
    with pytest.raises(TakenByAnother):
        bank.match_line(
            line.id, MatchOrder(kind=MatchKind.DEPOSIT, parts=(part,)), by=accountant_id()
        )


def test_what_stands_in_the_books_is_shown_and_not_booked_again(app: Flask) -> None:
    gift = make_cheque_gift(12_500)
    make_deposit(gift)
    cheque = db.session.scalars(sa.select(Cheque).where(Cheque.gift_id == gift.id)).one()
    order = cheques.ReturnOrder(
        on=dt.date(2026, 11, 20),
        reason=ReturnReason.NO_FUNDS,
        fee=Money(0),
        form_token="form-token-returned",
    )
    cheques.return_cheque(cheque.id, order, by=accountant_id())
    line = one_line(minor=-12_500, text="IMPAYE", on=dt.date(2026, 11, 21))
    (proposal,) = [p for p in proposals_for([line])[line.id] if p.kind is MatchKind.ENTRY]
    before = balance_of("512100")
    bank.match_line(line.id, bank.order_of(line, proposal), by=accountant_id())
    assert balance_of("512100") == before


def test_recorded_debits_of_one_day_come_as_one_sum(app: Flask) -> None:
    for minor in (4_700, 3_000, 2_500):
        booked_gift(amount_minor=minor, mode=GiftMode.SEPA, on=dt.date(2026, 11, 5))
    line = one_line(minor=10_200, text="PRLV SEPA REMISE", on=dt.date(2026, 11, 6))
    best = proposals_for([line])[line.id][0]
    assert len(best.gift_ids) == 3
    bank.match_line(line.id, bank.order_of(line, best), by=accountant_id())
    assert len(db.session.scalars(sa.select(BankPart)).all()) == 3
    assert balance_of("512100") == Money(10_200)


def test_money_recorded_beside_its_line_is_found_and_made_one(app: Flask) -> None:
    donor, by = make_donor(), accountant_id()
    line = one_line()
    match = bank.match_line(line.id, to_donor(line, donor), by=by)
    imported = booked_gift(donor=donor, on=dt.date(2026, 11, 4))
    (double,) = doubles()
    assert not transfers_counted_once()[0]
    bank.same_money(double.part_id, imported.id, by=by)
    assert gift_of(match).state is GiftState.FAILED
    assert transfers_counted_once()[0]
    assert balance_of("512100") == Money(5_000)
    assert broken() == []


def test_a_gift_the_bank_shows_keeps_its_sum(app: Flask) -> None:
    donor, by = make_donor(), accountant_id()
    recorded = booked_gift(donor=donor, on=NOVEMBER, origin=Origin.OFFICE)
    line = one_line()
    bank.match_line(line.id, to_donor(line, donor), by=by)
    facts = facts_of(recorded)
    other = GiftFacts(**{n: getattr(facts, n) for n in GiftFacts.__slots__} | {"amount": Money(1)})
    with pytest.raises(ChangeRefused):
        entry.correct_gift(recorded.id, other, reason="x", by=by)
    with pytest.raises(ChangeRefused):
        entry.withdraw_gift(recorded.id, reason="x", by=by)


def test_the_check_names_what_no_line_shows(app: Flask) -> None:
    bring_in(Wire(5_000), Wire(-5_000, text="y"))
    holds, words = bank_statement_matches_512()
    assert holds
    assert "2 lignes attendent" in words
    ids = [line.id for line in all_lines()]
    bank.put_on_account(ids, "471000", note="", by=accountant_id())
    entered = booked_gift(on=NOVEMBER)
    holds, words = bank_statement_matches_512()
    assert holds
    assert entries_about(entered)[0].number in words


def test_a_difference_nothing_explains_is_an_error(app: Flask) -> None:
    line, donor = one_line(), make_donor()
    bank.match_line(line.id, to_donor(line, donor), by=accountant_id())
    assert bank_statement_matches_512()[0]
    db.session.execute(sa.text("set local session_replication_role = replica"))
    db.session.execute(sa.text("update entry_line set debit_minor = 4900 where account = '512100'"))
    db.session.execute(sa.text("set local session_replication_role = origin"))
    holds, words = bank_statement_matches_512()
    assert not holds
    assert "-1,00" in words

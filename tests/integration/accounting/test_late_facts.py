"""What is learned of a closed period is booked on the first open day, whatever tells of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounting.models import Entry
from portal.accounting.rules.bank import MatchKind
from portal.accounting.services import bank
from portal.accounting.services.bank import MatchOrder, OtherPart
from portal.core.checks import run_checks
from portal.core.db import db, transaction
from portal.core.money import Money
from portal.donations import events
from portal.donations.codes import GiftMode
from portal.donations.gateway import LedgerLine
from portal.donations.models import Deposit, Gift, Origin, ReturnReason
from portal.donations.rules.gift import GiftState
from portal.donations.services import agreements, cheques, deposits, entry
from portal.donations.services.imported import facts_of
from tests.factories.bank import one_line
from tests.factories.books import booked_gift, entries_about, online_gift, refund, unbooked_gift
from tests.factories.closing import close_through
from tests.factories.disputes import decide, make_dispute
from tests.factories.handed_over import (
    ACCOUNT,
    cheque_of,
    make_accountant,
    make_cash,
    make_cheque_gift,
    make_company,
    proof,
    token,
)

OPEN_FROM = date(2026, 11, 1)
LATE = date(2026, 10, 20)
LATE_AT = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)
Scene = Iterator[None]
"""What stood before the closing; then, after it, the late fact."""


def gift_settled() -> Scene:
    yield
    booked_gift(on=LATE)


def many_gifts_of_a_file() -> Scene:
    yield
    with transaction():
        gifts = [unbooked_gift(on=LATE) for _ in range(3)]
        events.gifts_settled_in_bulk.send(object(), gift_ids=[gift.id for gift in gifts])


def fee_known() -> Scene:
    gift = online_gift(on=LATE, fee_minor=0)
    yield
    with transaction():
        gift.fee_minor = 96
        events.gift_fee_known.send(gift)


def refund_learnt_of() -> Scene:
    gift = online_gift(on=LATE)
    yield
    refund(gift, 1_700, on=LATE)


def refund_failed() -> Scene:
    gift = online_gift(on=LATE)
    row = refund(gift, 1_700, on=LATE)
    yield
    with transaction():
        row.state, gift.refunded_minor, gift.state = "failed", 0, GiftState.SETTLED
        events.refund_failed.send(gift, refund=row)


def dispute_opened_and_lost() -> Scene:
    gift = online_gift(on=LATE)
    yield
    decide(make_dispute(gift, at=LATE_AT), won=False, at=LATE_AT)


def direct_debit_collected() -> Scene:
    yield
    booked_gift(on=LATE, mode=GiftMode.SEPA, origin=Origin.DIRECT_DEBIT)


def direct_debit_came_back() -> Scene:
    gift = booked_gift(on=LATE, mode=GiftMode.SEPA, origin=Origin.DIRECT_DEBIT)
    yield
    with transaction():
        gift.state = GiftState.FAILED
        events.gift_bounced.send(gift, on=LATE, reason="AM04")


def gift_corrected() -> Scene:
    gift = booked_gift(on=LATE, origin=Origin.OFFICE)
    yield
    before = facts_of(gift)
    after = events.GiftFacts(
        donor_id=before.donor_id,
        amount=Money(7_000),
        received_on=before.received_on,
        mode=before.mode,
        purpose=before.purpose,
        programme=before.programme,
        cheque_number=before.cheque_number,
        deposit_ref=before.deposit_ref,
    )
    entry.correct_gift(gift.id, after, reason="Mal lu", by=make_accountant().id)


def gift_withdrawn() -> Scene:
    gift = booked_gift(on=LATE, origin=Origin.OFFICE)
    yield
    entry.withdraw_gift(gift.id, reason="Saisi deux fois", by=make_accountant().id)


def cheque_bounced() -> Scene:
    gift = make_cheque_gift(arrived_on=LATE)
    _deposited(gift)
    yield
    order = cheques.ReturnOrder(
        on=LATE, reason=ReturnReason.NO_FUNDS, fee=Money(1_200), form_token=token()
    )
    cheques.return_cheque(cheque_of(gift).id, order, by=make_accountant().id)


def slip_credited_and_not() -> Scene:
    slip = _deposited(make_cheque_gift(arrived_on=LATE))
    yield
    deposits.deposit_credited(slip.id, date(2026, 10, 22), "RLV-1")
    deposits.deposit_uncredited(slip.id, reason="Une autre ligne")
    deposits.deposit_credited(slip.id, date(2026, 10, 23), "RLV-2")


def cash_taken_to_the_bank() -> Scene:
    make_cash(received_on=LATE)
    yield
    deposits.deposit_cash(Money(2_000), ACCOUNT, LATE, by=make_accountant().id, form_token=token())


def company_signed() -> Scene:
    yield
    order = agreements.AgreementOrder(
        giver=make_company().id,
        signed_on=LATE,
        subject="Mécénat",
        amount=Money(100_000),
        proof=proof(),
        form_token=token(),
    )
    agreements.sign_agreement(order, by=make_accountant().id)


def payout_and_fee_of_the_account() -> Scene:
    online_gift(on=LATE)
    yield
    with transaction():
        for number, (signal, minor) in enumerate(
            (
                (events.payout_created, -1_000),
                (events.payout_failed, 1_000),
                (events.provider_fee_taken, -200),
                (events.provider_adjusted, 50),
            )
        ):
            signal.send(_line_of_stripe(number, minor))


def line_of_the_bank() -> Scene:
    yield
    line = one_line(minor=-3_000, on=LATE, text="ACHAT FOURNITURES")
    part = OtherPart(amount=line.amount, account="471000")
    by = make_accountant().id
    match = bank.match_line(line.id, MatchOrder(kind=MatchKind.ACCOUNT, parts=(part,)), by=by)
    bank.undo_match(match.id, reason="Erreur", by=by)


SCENES: tuple[Callable[[], Scene], ...] = (
    gift_settled,
    many_gifts_of_a_file,
    fee_known,
    refund_learnt_of,
    refund_failed,
    dispute_opened_and_lost,
    direct_debit_collected,
    direct_debit_came_back,
    gift_corrected,
    gift_withdrawn,
    cheque_bounced,
    slip_credited_and_not,
    cash_taken_to_the_bank,
    company_signed,
    payout_and_fee_of_the_account,
    line_of_the_bank,
)
DATED_TODAY = (refund_failed, direct_debit_came_back)
"""What the bank dates nowhere is booked on the day it is learnt of, which is open."""
NOT_HERE = {"stripe_balance", "fees_are_fees", "entries_have_a_fact"}
"""Lines of the provider are told without their rows in one scene: these three would miss them."""


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_it_is_booked_on_the_first_open_day(app: Flask, scene: Callable[[], Scene]) -> None:
    booked_gift(on=date(2026, 9, 1))
    story = scene()
    next(story)
    close_through(2026, 10)
    last = db.session.scalar(sa.select(sa.func.max(Entry.id))) or 0

    next(story, None)

    late = db.session.scalars(sa.select(Entry).where(Entry.id > last)).all()
    assert late
    for each in late:
        told = (each.source, each.date, each.fact_on)
        assert each.date >= OPEN_FROM, told
        if each.fact_on is not None:
            assert each.date == OPEN_FROM, told
            assert each.label.endswith(f"(du {each.fact_on:%d/%m/%Y})"), told
            assert each.piece_date <= each.fact_on, told
    assert any(each.fact_on for each in late) or scene in DATED_TODAY
    wrong = {check.name for check in run_checks() if not check.ok}
    assert wrong <= (NOT_HERE if scene is payout_and_fee_of_the_account else set())


def test_a_late_entry_is_the_same_fact_when_it_is_looked_at_again(app: Flask) -> None:
    booked_gift(on=date(2026, 9, 1))
    close_through(2026, 10)
    gift = booked_gift(on=LATE)

    with transaction():
        events.gift_changed.send(gift, before=None, after=None)

    (settled,) = entries_about(gift)
    assert (settled.date, settled.fact_on) == (OPEN_FROM, LATE)


def test_a_year_that_is_closed_sends_its_late_facts_into_the_next(app: Flask) -> None:
    booked_gift(on=date(2025, 3, 1))
    close_through(2025, 12)

    gift = booked_gift(on=date(2025, 12, 31))

    (settled,) = entries_about(gift)
    assert (settled.number, settled.date) == ("BNQ-2026-000001", date(2026, 1, 1))
    assert gift.tax_on == date(2025, 12, 31)


def _deposited(gift: Gift) -> Deposit:
    return make_deposit_on(LATE, gift)


def make_deposit_on(on: date, gift: Gift) -> Deposit:
    who = make_accountant()
    return deposits.deposit_cheques([gift.id], ACCOUNT, on, by=who.id, form_token=token())


def _line_of_stripe(number: int, minor: int) -> LedgerLine:
    values: dict[str, Any] = {
        "id": f"txn_late_{number}",
        "category": "payout",
        "gross": Money(minor),
        "fee": Money(0),
        "net": Money(minor),
        "source_id": f"po_late_{number}",
        "payout_id": None,
        "created_at": LATE_AT,
        "available_on": LATE_AT,
        "description": "Frais",
    }
    return LedgerLine(**values)

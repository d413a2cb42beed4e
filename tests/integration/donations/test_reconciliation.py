"""The provider's books beside ours: what agrees is silent, each difference is named once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core.checks import run_checks
from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.core.money import Money
from portal.donations import services
from portal.donations.models import (
    Finding,
    Gift,
    Payout,
    PayoutLine,
    ProviderLine,
    ReconciliationRun,
    Refund,
)
from portal.donations.rules.gift import GiftState
from portal.donations.rules.reconciliation import FindingKind, FindingState
from tests.factories.books import online_gift, refund
from tests.factories.people import make_account
from tests.fakes.payments import FakePayments

_numbers = count(1)


@pytest.fixture
def provider(app: Flask, clock: FrozenClock) -> Iterator[FakePayments]:
    """The provider, with its books, at the clock's instant."""
    before = app.extensions["payments"]
    app.extensions["payments"] = fake = FakePayments(now=clock.instant - timedelta(days=2))
    yield fake
    app.extensions["payments"] = before


def gift_on_both_sides(provider: FakePayments, **given: Any) -> Gift:
    """A gift of 47 € with its fee of 0,96 €, here and on the provider's balance."""
    number = next(_numbers)
    gift = online_gift(
        on=provider.now.date(),
        settled_at=provider.now,
        stripe_payment_intent_id=f"pi_b{number}",
        stripe_charge_id=f"ch_b{number}",
        stripe_balance_transaction_id=f"txn_b{number}",
        **given,
    )
    provider.moves(
        "charge",
        gift.amount_minor,
        f"ch_b{number}",
        fee=gift.fee_minor,
        line_id=f"txn_b{number}",
    )
    return gift


def given_back(gift: Gift, minor: int, refund_id: str) -> Refund:
    """Money of the gift went back, by our books."""
    row = refund(gift, minor, gift.tax_on or date(2026, 11, 20))
    row.stripe_refund_id = refund_id
    db.session.flush()
    return row


def findings(state: FindingState = FindingState.OPEN) -> list[tuple[FindingKind, str]]:
    db.session.expire_all()
    chosen = sa.select(Finding).where(Finding.state == state).order_by(Finding.kind)
    return [(found.kind, found.subject) for found in db.session.scalars(chosen)]


def found(kind: FindingKind) -> Finding:
    return db.session.scalars(sa.select(Finding).where(Finding.kind == kind)).one()


def check(name: str) -> bool:
    return next(result.ok for result in run_checks() if result.name == name)


def books_hold() -> bool:
    return all(result.ok for result in run_checks())


def test_what_agrees_is_silent(provider: FakePayments) -> None:
    gift_on_both_sides(provider)
    gift_on_both_sides(provider)
    provider.pays_out()
    services.reconcile()
    run = db.session.query(ReconciliationRun).one()
    assert findings() == []
    assert (run.lines_compared, run.payouts_compared, run.problem) == (3, 1, "")
    assert books_hold()


def test_a_payout_is_booked_to_the_cent_and_is_the_sum_of_its_lines(provider: FakePayments) -> None:
    gift_on_both_sides(provider)
    sent = provider.pays_out()
    services.reconcile()
    assert sent.amount == Money(4_700 - 96)
    moved = "select sum(debit_minor - credit_minor) from entry_line where account = :account"
    assert db.session.scalar(sa.text(moved), {"account": "580000"}) == sent.amount.minor
    assert db.session.scalar(sa.text(moved), {"account": "517100"}) == 0
    assert db.session.query(PayoutLine).count() == 2


def test_reading_again_changes_nothing(provider: FakePayments) -> None:
    gift_on_both_sides(provider)
    provider.pays_out()
    for _ in range(3):
        services.reconcile()
    entries = "select count(*) from entry where source like 'provider_line:%'"
    assert db.session.scalar(sa.text(entries)) == 1
    assert db.session.query(ProviderLine).count() == 2


def test_a_payout_that_comes_back_is_booked_back(provider: FakePayments) -> None:
    gift_on_both_sides(provider)
    sent = provider.pays_out()
    services.reconcile()
    provider.comes_back(sent.id)
    services.reconcile()
    moved = "select sum(debit_minor - credit_minor) from entry_line where account = '580000'"
    assert db.session.scalar(sa.text(moved)) == 0
    assert db.session.get_one(Payout, sent.id).came_back
    assert findings() == []
    assert books_hold()


def test_a_payout_that_is_not_the_sum_of_its_lines_is_named(provider: FakePayments) -> None:
    gift_on_both_sides(provider)
    sent = provider.pays_out(short_by=1)
    services.reconcile()
    assert findings() == [(FindingKind.PAYOUT_DIFFERS, sent.id)]
    difference = found(FindingKind.PAYOUT_DIFFERS)
    assert (difference.expected, difference.found) == (Money(4_604), Money(4_603))
    assert not check("payouts_are_their_lines")


def test_a_payout_by_hand_cannot_be_told_apart(provider: FakePayments) -> None:
    gift_on_both_sides(provider)
    sent = provider.pays_out(by_hand=True)
    services.reconcile()
    assert findings() == [(FindingKind.PAYOUT_BY_HAND, sent.id)]
    assert books_hold()


def test_money_the_provider_has_and_we_lack_is_named(provider: FakePayments) -> None:
    provider.moves("charge", 5_000, "ch_hidden", fee=100)
    services.reconcile()
    assert findings() == [(FindingKind.CHARGE_UNKNOWN, "ch_hidden")]
    assert not check("stripe_ledger_matches_517")


def test_money_we_show_and_the_provider_lacks_is_named(provider: FakePayments) -> None:
    gift = gift_on_both_sides(provider)
    provider.lines.clear()
    services.reconcile()
    assert findings() == [(FindingKind.CHARGE_MISSING, gift.ref)]
    assert found(FindingKind.CHARGE_MISSING).gift_id == gift.id


def test_another_amount_and_another_fee_are_named(provider: FakePayments) -> None:
    gift_on_both_sides(provider)
    line = next(iter(provider.lines.values()))
    provider.lines[line.id] = replace(
        line, gross=Money(4_800), fee=Money(97), net=Money(4_800 - 97)
    )
    services.reconcile()
    source = line.source_id
    assert findings() == [
        (FindingKind.CHARGE_DIFFERS, source),
        (FindingKind.FEE_DIFFERS, source),
    ]


def test_refunds_are_compared_both_ways(provider: FakePayments) -> None:
    given_back(gift_on_both_sides(provider), 1_700, "re_ours")
    provider.moves("refund", -1_000, "re_theirs")
    services.reconcile()
    assert findings() == [
        (FindingKind.REFUND_MISSING, "re_ours"),
        (FindingKind.REFUND_UNKNOWN, "re_theirs"),
    ]


def test_a_refund_that_came_back_moved_nothing(provider: FakePayments) -> None:
    gift = gift_on_both_sides(provider)
    back = given_back(gift, 1_700, "re_1")
    back.state = "failed"
    provider.moves("refund", -1_700, "re_1")
    provider.moves("refund_failure", 1_700, "re_1")
    services.reconcile()
    assert findings() == []


def test_a_debit_the_bank_took_back_counts_for_nothing(provider: FakePayments) -> None:
    gift = gift_on_both_sides(provider)
    provider.moves("charge_failure", -gift.amount_minor, str(gift.stripe_charge_id))
    services.reconcile()
    assert findings() == [(FindingKind.CHARGE_DIFFERS, gift.stripe_charge_id)]
    gift.state = GiftState.FAILED
    services.reconcile()
    assert findings() == []


def test_a_dispute_nobody_knows_here_is_named(provider: FakePayments) -> None:
    line = provider.moves("dispute", -4_700, "dp_1", fee=2_000)
    services.reconcile()
    assert findings() == [(FindingKind.DISPUTE_UNKNOWN, "dp_1")]
    assert found(FindingKind.DISPUTE_UNKNOWN).about == line.id


def test_fees_of_the_account_and_adjustments_go_into_the_books(provider: FakePayments) -> None:
    provider.moves("fee", -150)
    line = provider.moves("other_adjustment", 2_500)
    services.reconcile()
    balance = "select sum(debit_minor - credit_minor) from entry_line where account = :account"
    told = {
        account: db.session.scalar(sa.text(balance), {"account": account})
        for account in ("627800", "471000", "517100")
    }
    assert told == {"627800": 150, "471000": -2_500, "517100": 2_350}
    assert findings() == [(FindingKind.LINE_UNKNOWN, line.id)]
    assert books_hold()


def test_a_line_in_another_currency_is_kept_and_named_never_booked(provider: FakePayments) -> None:
    line = provider.moves("fee", -150, currency="USD")
    services.reconcile()
    assert findings() == [(FindingKind.LINE_UNKNOWN, line.id)]
    assert db.session.scalar(sa.text("select count(*) from entry")) == 0


def test_what_the_provider_says_it_holds_is_the_sum_of_its_lines(provider: FakePayments) -> None:
    gift_on_both_sides(provider)
    provider.held = (Money(4_600),)
    services.reconcile()
    assert findings() == [(FindingKind.BALANCE_DIFFERS, "EUR")]
    assert found(FindingKind.BALANCE_DIFFERS).expected == Money(4_604)


def test_a_difference_that_is_no_more_is_gone_and_may_come_back(provider: FakePayments) -> None:
    line = provider.moves("charge", 5_000, "ch_late")
    services.reconcile()
    gift = online_gift(
        amount_minor=5_000, fee_minor=0, stripe_charge_id="ch_late", settled_at=provider.now,
        on=provider.now.date(),
    )  # fmt: skip
    services.reconcile()
    assert findings() == []
    assert findings(FindingState.GONE) == [(FindingKind.CHARGE_UNKNOWN, line.source_id)]
    gift.stripe_charge_id = "ch_other"
    services.reconcile()
    assert (FindingKind.CHARGE_UNKNOWN, "ch_late") in findings()


def test_an_explained_difference_stays_explained_until_it_changes(provider: FakePayments) -> None:
    provider.moves("charge", 5_000, "ch_shop")
    services.reconcile()
    by = make_account().id
    services.explain(found(FindingKind.CHARGE_UNKNOWN).id, "A calendar of the shop", by=by)
    services.reconcile()
    assert findings() == []
    assert findings(FindingState.EXPLAINED) == [(FindingKind.CHARGE_UNKNOWN, "ch_shop")]
    with pytest.raises(services.AlreadyExplained):
        services.explain(found(FindingKind.CHARGE_UNKNOWN).id, "again", by=by)


def test_a_provider_that_falls_silent_is_no_difference(provider: FakePayments) -> None:
    for _ in range(4):
        gift_on_both_sides(provider)
    provider.breaks_after = 2
    services.reconcile()
    run = db.session.query(ReconciliationRun).one()
    assert run.problem.startswith("GatewayUnavailable")
    assert run.covered_until is None
    assert findings() == []
    provider.breaks_after = None
    services.reconcile()
    assert findings() == []
    assert db.session.query(ProviderLine).count() == 4


def test_at_night_what_is_young_is_left_to_the_next_run(
    provider: FakePayments, clock: FrozenClock
) -> None:
    provider.now = clock.instant - timedelta(minutes=2)
    provider.moves("charge", 5_000, "ch_young")
    services.reconcile(patience=timedelta(minutes=10))
    assert findings() == []
    clock.instant += timedelta(days=1)
    services.reconcile(patience=timedelta(minutes=10))
    assert findings() == [(FindingKind.CHARGE_UNKNOWN, "ch_young")]


@pytest.mark.parametrize(
    "statement",
    [
        "update provider_line set net_minor = 0, gross_minor = fee_minor",
        "delete from provider_line",
        "delete from payout_line",
        "update payout set amount_minor = 1",
        "delete from payout",
    ],
)
def test_lines_and_payouts_are_never_altered(provider: FakePayments, statement: str) -> None:
    gift_on_both_sides(provider)
    provider.pays_out()
    services.reconcile()
    with pytest.raises(sa.exc.DBAPIError), db.session.begin_nested():
        db.session.execute(sa.text(statement))

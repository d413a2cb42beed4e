"""Gifts, refunds, a dispute, fees and payouts of weeks, read from the provider's balance to the cent."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from portal.core.checks import run_checks
from portal.core.db import db
from portal.core.money import Money
from portal.donations import services
from portal.donations.models import Finding, Gift, Payout, PayoutLine, ProviderLine
from portal.donations.rules.gift import GiftState
from portal.donations.rules.reconciliation import FindingKind, FindingState
from tests.factories.books import balance_of
from tests.factories.people import make_account
from tests.integration.donations.test_with_the_simulator import World
from tests.integration.scenarios.test_a_year_of_debits import worked_off


def gives(world: World, cents: int, *, told: bool = True) -> Gift:
    """A card gift of so much; when nobody tells, only the provider knows that it was paid."""
    if not told:
        world.hand.does("webhooks", mode="drop")
    amount = f"{cents // 100}.{cents % 100:02}"
    page = world.giver.sends(choice="other", amount=amount, seen=f"once:{cents}")
    world.donor.chooses(page.location, "paid")
    worked_off(world)
    world.hand.does("webhooks", mode="on")
    found = db.session.query(Gift).order_by(Gift.id.desc()).first()
    assert found is not None
    return found


def days_pass(world: World, days: int) -> None:
    world.hand.lets_pass(days)
    world.giver.clock.instant = datetime.fromtimestamp(world.hand.asks()["now"], UTC)
    worked_off(world)


def open_findings() -> Counter[FindingKind]:
    db.session.expire_all()
    chosen = sa.select(Finding.kind).where(Finding.state == FindingState.OPEN)
    return Counter(db.session.scalars(chosen))


def books_hold() -> None:
    assert [f"{one.name}: {one.detail}" for one in run_checks() if not one.ok] == []


def sums_of_payouts() -> list[tuple[int, int]]:
    """Each automatic payout, and the sum of the nets it pays out."""
    nets = (
        sa.select(sa.func.sum(ProviderLine.net_minor))
        .join(PayoutLine, PayoutLine.line_id == ProviderLine.id)
        .where(
            PayoutLine.payout_id == Payout.id,
            ProviderLine.id != Payout.balance_transaction_id,
        )
        .scalar_subquery()
    )
    chosen = sa.select(Payout.amount_minor, nets).where(Payout.automatic)
    return [(row[0], row[1]) for row in db.session.execute(chosen)]


def refunds(gift: Gift, cents: int, form: str) -> None:
    services.refund_gift(gift.id, Money(cents), reason="r", by=make_account().id, form_token=form)


def test_weeks_of_movements_agree_to_the_cent(world: World) -> None:
    first, second = gives(world, 4_705), gives(world, 12_399)
    days_pass(world, 9)
    refunds(first, 1_001, "refund-across-payouts")
    disputed: Any = gives(world, 3_333)
    opened = world.hand.does(f"charges/{disputed.stripe_charge_id}/dispute")
    gives(world, 5_000)
    world.hand.does("ledger/fee", amount=173)
    days_pass(world, 5)
    world.hand.does(f"disputes/{opened['id']}/close", won=False)
    refunds(second, 399, "refund-weeks-later")
    gives(world, 2_000)
    days_pass(world, 9)
    services.reconcile()
    assert open_findings() == {}
    paid_out = sums_of_payouts()
    assert len(paid_out) >= 3
    assert all(amount == net for amount, net in paid_out)
    assert balance_of("517100") == services.payments().balance()[0]
    books_hold()


def test_a_payment_no_message_told_of_is_found_and_settled(world: World) -> None:
    gives(world, 4_700)
    hidden = gives(world, 6_100, told=False)
    assert str(hidden.state) == "pending"
    services.reconcile()
    db.session.expire_all()
    assert hidden.state is GiftState.SETTLED
    assert open_findings() == {}
    books_hold()


def test_a_charge_of_nobody_s_form_is_named(world: World) -> None:
    gift = gives(world, 4_700)
    db.session.execute(
        sa.text("update gift set stripe_charge_id = 'ch_x' where id = :id"), {"id": gift.id}
    )
    services.reconcile()
    assert open_findings()[FindingKind.CHARGE_UNKNOWN] == 1


def test_a_payout_that_comes_back_goes_out_again_and_the_books_follow(world: World) -> None:
    gives(world, 4_700)
    days_pass(world, 9)
    services.reconcile()
    payout = db.session.query(Payout).one()
    assert payout.status == "paid"
    world.hand.does(f"payouts/{payout.id}/fail")
    worked_off(world)
    services.reconcile()
    assert db.session.get_one(Payout, payout.id).status == "failed"
    assert balance_of("517100") == services.payments().balance()[0]
    assert open_findings() == {}
    days_pass(world, 9)
    services.reconcile()
    assert open_findings() == {}
    books_hold()


def test_a_payout_by_hand_is_said_to_be_one(world: World) -> None:
    world.hand.does("settings", automatic_payouts=False)
    gives(world, 4_700)
    gives(world, 5_300)
    days_pass(world, 9)
    world.hand.does("payouts", by_hand=True, amount=1_500)
    days_pass(world, 3)
    services.reconcile()
    assert [(one.automatic, one.amount_minor) for one in db.session.query(Payout)] == [
        (False, 1_500)
    ]
    assert set(open_findings()) == {FindingKind.PAYOUT_BY_HAND}
    assert balance_of("517100") == services.payments().balance()[0]
    books_hold()

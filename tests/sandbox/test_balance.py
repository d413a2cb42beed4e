"""The balance, the payouts and the events, read back."""

from __future__ import annotations

from itertools import islice

from portal.core.money import Money
from tests.sandbox.actors import Actor


def test_a_gift_is_a_line_of_the_balance(actor: Actor) -> None:
    gateway, intent = actor.gateway, actor.gives(Money(4700))
    payment = actor.until(lambda: gateway.fetch_payment(intent), lambda told: told.fee)
    lines = {line.id: line for line in gateway.ledger(actor.began)}
    line = lines[payment.balance_transaction_id or ""]
    assert (line.category, line.source_id) == ("charge", payment.charge_id)
    assert (line.gross, line.fee) == (payment.settled, payment.fee)
    assert all(each.gross - each.fee == each.net for each in lines.values())
    assert line.net.currency in {held.currency for held in gateway.balance()}


def test_payouts_are_listed_as_they_stand(actor: Actor) -> None:
    gateway, plan = actor.gateway, actor.begins_plan(Money(4700))
    actor.lets_pass(plan, 10)
    for payout in islice(gateway.payouts(actor.began), 3):
        assert gateway.fetch_payout(payout.id).amount == payout.amount
        if payout.automatic and payout.reconciled:
            lines = list(gateway.ledger_of_payout(payout.id))
            paid_out = [line.net.minor for line in lines if line.source_id != payout.id]
            assert sum(paid_out) == payout.amount.minor
            assert {line.payout_id for line in lines} == {payout.id}


def test_what_happened_can_be_asked_for_again(actor: Actor) -> None:
    intent = actor.gives(Money(4700))

    def told() -> list[str]:
        events = actor.gateway.events(actor.began)
        return [event.type for event, body in events if body["data"]["object"].get("id") == intent]

    assert "payment_intent.succeeded" in actor.until(told)

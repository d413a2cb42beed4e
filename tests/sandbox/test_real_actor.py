"""The sandbox's actor without the sandbox: what it would ask is at least what Stripe's library knows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from stripe._stripe_service import StripeService

from portal.core.money import Money
from tests.sandbox.real import NotATestKey, RealActor


def test_all_it_asks_passes_the_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(_self: object, method: str, url: str, *_: object, **__: object) -> Any:
        asked.append(f"{method} {url}")
        return SimpleNamespace(id="x_1", frozen_time=1, status="ready")

    monkeypatch.setattr(StripeService, "_request", answer)
    monkeypatch.setattr(RealActor, "_customer", lambda _self, _plan: "cus_1")
    actor = RealActor("sk_test_nobody")
    for outcome in ("paid", "declined", "sepa", "disputed"):
        actor.gives(Money(100), outcome)
    plan = actor.begins_plan(Money(100), "quarter")
    actor.gives_card(plan)
    actor.consents_to_debits(plan)
    actor.card_stops_working(plan)
    actor.lets_pass(plan, 3)
    actor.goes()
    assert asked[-1] == "delete /v1/test_helpers/test_clocks/x_1"


@pytest.mark.parametrize("key", ["sk_live_51", "pk_test_51", ""])
def test_it_refuses_any_key_that_is_not_one_for_tests(key: str) -> None:
    with pytest.raises(NotATestKey):
        RealActor(key)

"""What the simulator begins with: payouts and plans the demonstration made up, so that both sides agree."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from portal.stripe_simulator import (
    balance,
    catalogue,
    customers,
    payment_methods,
    payments,
    payouts,
    subscriptions,
)
from portal.stripe_simulator.account import Account
from portal.stripe_simulator.outcomes import OUTCOMES
from portal.stripe_simulator.store import Body

BEGINNING = "simulator.beginning.json"
"""The file's name, beside the state file."""


def begin_with(account: Account, told: Path) -> int:
    """Take over what a file tells, and let go of the file; gives how many payouts and plans.

    ``payouts``: each ``id``, ``amount`` (cents), ``created`` (Unix time), ``status``, ``own`` (the id of
    its own line) and ``lines`` (``id``, ``amount``, ``fee``, ``source``, ``intent``, ``created``,
    ``description``): card payments, which can be given back. No message is sent; a payout that is under
    way arrives on its day.

    ``plans``, each paid by a card: ``id``, ``customer``, ``method``, ``email``, ``name``, ``amount``
    (cents a month), ``reference`` and ``begun`` (Unix time), when its present month began.
    """
    if not told.exists():
        return 0
    made = json.loads(told.read_text(encoding="utf-8"))
    with account.store.transaction():
        for each in made["payouts"]:
            if account.find(each["id"]) is None:
                account.store.insert(_bodies(each))
                _pay(account, each["lines"])
                if each["status"] == "in_transit":
                    arrival = account.get("payout", each["id"])["arrival_date"]
                    account.plan(arrival, "payout_arrives", each["id"])
        for each in made["plans"]:
            if account.find(each["id"]) is None:
                with account.at(each["begun"]):
                    _subscribe(account, each)
    told.unlink()
    return len(made["payouts"]) + len(made["plans"])


def _pay(account: Account, lines: list[Body]) -> None:
    for each in lines:
        with account.at(each["created"]):
            payments.already_made(
                account,
                intent_id=each["intent"],
                charge_id=each["source"],
                line_id=each["id"],
                amount=each["amount"],
                description=each["description"],
            )


def _subscribe(account: Account, told: Body) -> None:
    customers.create(account, {"id": told["customer"], "email": told["email"]})
    price = {
        "currency": "eur",
        "product_data": {"name": told["name"]},
        "recurring": {"interval": "month"},
        "unit_amount": told["amount"],
    }
    subscriptions.create(
        account,
        customer=told["customer"],
        price=catalogue.inline_price(account, price, "price_data"),
        quantity=1,
        method=payment_methods.create(
            account, OUTCOMES["paid"], told["customer"], told["email"], told["method"]
        ),
        description=told["name"],
        metadata={"reference": told["reference"]},
        subscription_id=told["id"],
    )


def _bodies(told: Body) -> Iterator[Body]:
    own = {
        "id": told["own"],
        "amount": -told["amount"],
        "fee": 0,
        "source": told["id"],
        "created": told["created"],
        "description": "STRIPE PAYOUT",
    }
    for each, kind in [*((line, "charge") for line in told["lines"]), (own, "payout")]:
        line = balance.written(
            each["id"],
            kind=kind,
            category=kind,
            amount=each["amount"],
            source=each["source"],
            fee=each["fee"],
            created=each["created"],
            description=each["description"],
        )
        line["status"] = "available"
        line["_sim"]["payout"] = told["id"]
        yield line
    payout = payouts.as_paid(told["id"], told["amount"], told["created"], told["own"])
    yield {**payout, "status": told["status"]}

"""How long the reconciliation of very many lines takes, and how much memory."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

import sqlalchemy as sa

from portal import create_app
from portal.accounts.rules import DonorDetails
from portal.bench.scratch import House, control, wait_for
from portal.core.clock import paris_date
from portal.core.db import db, transaction
from portal.core.money import Money
from portal.donations import services
from portal.donations.codes import GiftMode, PurposeKind
from portal.donations.gateway import LedgerLine
from portal.donations.models import Finding, Gift, Origin, Refund
from portal.donations.rules.gift import GiftState
from portal.donations.rules.reconciliation import LEDGER_BEGINS
from portal.donations.services import GivingOrder
from portal.donations.services.ledger import parts
from portal.donations.services.provider import now, payments

LINES_A_PAYOUT: Final = 400
HIDDEN_EVERY: Final = 20_000
"""Every so many-th gift is left out, another one made a cent too small: the run must find them."""


@dataclass(frozen=True, slots=True)
class LedgerFigures:
    """`seconds` is a whole nightly run; `ratio` is what a line costs one by one, over that."""

    lines: int
    seconds: float
    rss_mb: float
    naive_ms_a_line: float
    ratio: float
    planted: int
    found: int


def measure_ledger(house: House, *, lines: int) -> LedgerFigures:
    """Fill the simulator's balance, make its gifts, reconcile, and try a part of it naively."""
    simulator = house.start("simulator", [sys.executable, "-m", "portal", "simulator"])
    wait_for(house.settings.simulator_port, "/", simulator)
    control(house, "ledger/fill", {"lines": lines, "payouts": max(1, lines // LINES_A_PAYOUT)})
    try:
        planted = _make_gifts(house)
        done = _step(house, "reconcile")
        found = _found(house)
        naive = _step(house, "naive")
    finally:
        house.stop("simulator")
    each = 1000 * naive["seconds"] / naive["lines"]
    return LedgerFigures(
        lines=int(done["lines"]),
        seconds=done["seconds"],
        rss_mb=done["rss_mb"],
        naive_ms_a_line=round(each, 2),
        ratio=round(each * done["lines"] / 1000 / done["seconds"], 1),
        planted=planted,
        found=found,
    )


def _step(house: House, name: str) -> dict[str, float]:
    said: dict[str, float] = json.loads(house.run("portal.bench.reading", name))
    return said


def _make_gifts(house: House) -> int:
    """A gift for each charge and a refund for each refund, but for a few planted differences."""
    app = create_app(house.settings)
    planted, numbers = 0, count(1)
    with app.app_context():
        first = services.open_gift(_order(), now())
        gift_id, donor_id = first.id, first.donor_id
        for part in parts(payments().ledger(LEDGER_BEGINS)):
            charges = [line for line in part if line.category == "charge"]
            rows = [_gift(line, next(numbers), donor_id) for line in charges]
            kept = [row for row in rows if row is not None]
            planted += len(rows) - len(kept) + sum(row.pop("smaller") for row in kept)
            refunds = [_refund(line, gift_id) for line in part if line.category == "refund"]
            with transaction() as session:
                session.execute(sa.insert(Gift), kept)
                if refunds:
                    session.execute(sa.insert(Refund), refunds)
        db.engine.dispose()
    return planted


def _order() -> GivingOrder:
    details = DonorDetails(email="donor@example.org", first_name="Camille", last_name="Durand")
    return GivingOrder(
        amount=Money(5_000),
        details=details,
        language=details.language,
        form_token="bench-ledger",  # noqa: S106 - a form, no secret
    )


def _gift(line: LedgerLine, number: int, donor_id: int) -> dict[str, Any] | None:
    if number % HIDDEN_EVERY == 1:
        return None
    smaller = number % HIDDEN_EVERY == 2
    return {
        "smaller": smaller,
        "ref": f"BENCH{number}",
        "donor_id": donor_id,
        "origin": Origin.ONLINE,
        "state": GiftState.SETTLED,
        "amount_minor": line.gross.minor - smaller,
        "fee_minor": line.fee.minor,
        "mode": GiftMode.CARD,
        "purpose": PurposeKind.GENERAL,
        "tax_on": paris_date(line.created_at),
        "received_on": paris_date(line.created_at),
        "settled_at": line.created_at,
        "stripe_payment_intent_id": line.source_id.replace("ch_", "pi_"),
        "stripe_charge_id": line.source_id,
        "stripe_balance_transaction_id": line.id,
    }


def _refund(line: LedgerLine, gift_id: int) -> dict[str, Any]:
    return {
        "gift_id": gift_id,
        "stripe_refund_id": line.source_id,
        "amount_minor": -line.gross.minor,
        "currency": line.gross.currency,
        "state": "succeeded",
        "refunded_on": paris_date(line.created_at),
    }


def _found(house: House) -> int:
    app = create_app(house.settings)
    with app.app_context():
        found = int(db.session.scalar(sa.select(sa.func.count(Finding.id))) or 0)
        db.engine.dispose()
    return found

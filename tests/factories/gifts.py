"""Gifts and plans for tests."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import Any

from portal.accounts.models import Donor
from portal.core.db import db
from portal.donations.codes import GiftMode, PurposeKind
from portal.donations.models import Gift, Origin, Plan, PlanState
from portal.donations.rules.gift import GiftState
from tests.factories.people import make_donor

_numbers = count(1)
A_DAY = dt.date(2026, 11, 20)


def make_gift(*, donor: Donor | None = None, on: dt.date = A_DAY, **given: Any) -> Gift:
    """50 € by card, received and settled, unless told otherwise. No signal is sent."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "ref": f"T{number:07}",
        "donor_id": (donor or make_donor()).id,
        "origin": Origin.ONLINE,
        "state": GiftState.SETTLED,
        "amount_minor": 5_000,
        "fee_minor": 100,
        "mode": GiftMode.CARD,
        "purpose": PurposeKind.GENERAL,
        "received_on": on,
        "tax_on": on,
        "settled_at": dt.datetime.combine(on, dt.time(11), dt.UTC),
        "stripe_payment_intent_id": f"pi_made_{number}",
        "stripe_charge_id": f"ch_made_{number}",
        "stripe_balance_transaction_id": f"txn_made_{number}",
    } | given
    gift = Gift(**values)
    db.session.add(gift)
    db.session.commit()
    return gift


def make_cheque(*, donor: Donor | None = None, on: dt.date = A_DAY, **given: Any) -> Gift:
    """A cheque of 50 €, recorded by the teams."""
    nothing = {
        "stripe_payment_intent_id": None,
        "stripe_charge_id": None,
        "stripe_balance_transaction_id": None,
        "settled_at": None,
    }
    values = {"origin": Origin.IMPORT, "mode": GiftMode.CHEQUE, "fee_minor": 0} | nothing | given
    return make_gift(donor=donor, on=on, **values)


def make_plan(*, donor: Donor | None = None, **given: Any) -> Plan:
    """47 € a month for a child, active since the beginning of the year."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "donor_id": (donor or make_donor()).id,
        "amount_minor": 4_700,
        "state": PlanState.ACTIVE,
        "started_on": dt.date(2026, 1, 5),
        "next_debit_on": dt.date(2026, 12, 5),
        "stripe_subscription_id": f"sub_made_{number}",
    } | given
    plan = Plan(**values)
    db.session.add(plan)
    db.session.commit()
    return plan

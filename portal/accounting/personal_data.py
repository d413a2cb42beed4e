"""What the bank's statements taught about a person, for the file they may download (GDPR art. 15)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.accounting.models import BankLine, BankMatch, BankPart, BankRule, StandingOrder
from portal.core import personal_data
from portal.core.db import db
from portal.donations.models import Gift


def register() -> None:
    """Have transfers, standing orders and known accounts in the file."""
    personal_data.register("transfers", transfers_of_donor)
    personal_data.register("standing_orders", standing_orders_of_donor)
    personal_data.register("known_accounts", known_accounts_of_donor)


def transfers_of_donor(donor_id: int) -> list[dict[str, Any]]:
    """Each line of a statement that is a gift of hers, as the bank worded it while that is kept."""
    rows = db.session.execute(
        sa.select(BankLine, Gift.ref)
        .join(BankMatch, sa.and_(BankMatch.line_id == BankLine.id, BankMatch.live))
        .join(BankPart, BankPart.match_id == BankMatch.id)
        .join(Gift, Gift.id == BankPart.gift_id)
        .where(Gift.donor_id == donor_id)
        .order_by(BankLine.booked_on, BankLine.id)
    )
    return [
        {
            "date": str(line.booked_on),
            "amount": str(line.amount),
            "name": line.counterparty,
            "text": line.text,
            "iban_ends_with": line.iban_last4,
            "gift": ref,
        }
        for line, ref in rows
    ]


def standing_orders_of_donor(donor_id: int) -> list[dict[str, Any]]:
    """Standing orders recognised by her transfers."""
    found = sa.select(StandingOrder).where(StandingOrder.donor_id == donor_id)
    return [
        {
            "amount": str(order.amount),
            "every_months": order.every_months,
            "since": str(order.started_on),
            "ended_on": str(order.ended_on or ""),
            "iban_ends_with": order.iban_last4,
        }
        for order in db.session.scalars(found.order_by(StandingOrder.id))
    ]


def known_accounts_of_donor(donor_id: int) -> list[dict[str, Any]]:
    """Accounts whose transfers are taken for hers."""
    found = sa.select(BankRule).where(BankRule.donor_id == donor_id, BankRule.live)
    return [
        {"iban_ends_with": rule.iban_last4, "since": str(rule.created_at.date())}
        for rule in db.session.scalars(found.order_by(BankRule.id))
    ]

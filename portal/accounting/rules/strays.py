"""Money at Stripe that is no gift of ours: on 471 with its fee apart, until a person knows what it is.

Source: plan comptable général, art. 944-47 (471, operations whose account cannot be named yet).
"""

from __future__ import annotations

from datetime import date

from portal.accounting.rules import chart
from portal.accounting.rules.draft import Draft, credit, debit
from portal.accounting.rules.journals import Journal
from portal.accounting.rules.treasury import moved_at_stripe
from portal.core.money import Money


def entry_for_stray(line_id: str, about: str, gross: Money, fee: Money, on: date) -> Draft:
    """A line of the balance nobody here knows: 517 by its net, 6278 by its fee, 471 by its gross.

    Below zero, money left Stripe. ``about`` is the charge, refund or dispute it tells of.

    :raises EntryError: for another currency than the euro, or nothing moved.
    """
    lines = moved_at_stripe(chart.SUSPENSE, gross, fee)
    label = f"Paiement Stripe à identifier {about}"
    return Draft(Journal.ONLINE_GIFTS, on, line_id, on, label, lines)


def entry_for_stray_gift(line_id: str, gift_ref: str, gross: Money, bank: str, on: date) -> Draft:
    """It is a gift the office recorded: what stands on 471 meets what the gift put on ``bank``."""
    label = f"Paiement Stripe identifié, don {gift_ref}"
    lines = (debit(chart.SUSPENSE, gross), credit(bank, gross))
    return Draft(Journal.OTHER, on, line_id, on, label, lines)

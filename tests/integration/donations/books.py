"""What must be true of gifts, books and the provider's balance after anything that happens."""

from __future__ import annotations

import sqlalchemy as sa

from portal.core.checks import run_checks
from portal.core.db import db
from portal.core.money import Money
from portal.donations.models import Dispute, Gift, Refund
from portal.donations.rules.going_back import MONEY_LEFT, Phase, phase_of
from tests.factories.books import balance_of
from tests.fakes.payments import FakePayments

OWN = (
    "entries_balance",
    "debit_equals_credit",
    "numbers_without_gaps",
    "gifts_booked_once",
    "entries_have_a_fact",
    "stripe_balance",
    "disputes_held",
    "income_is_gifts",
    "fees_are_fees",
)


def all_holds(payments: FakePayments) -> None:
    """The books prove themselves, 517 is the provider's balance to the cent, nothing is lost."""
    wrong = [f"{one.name}: {one.detail}" for one in run_checks() if one.name in OWN and not one.ok]
    assert wrong == []
    held = payments.balance()
    assert balance_of("517100") == (held[0] if held else Money(0))
    for gift in db.session.scalars(sa.select(Gift)):
        _conserved(gift)


def _conserved(gift: Gift) -> None:
    """What was given is what is kept, what went back and what was lost; nothing twice."""
    refunds = db.session.scalars(
        sa.select(Refund).where(Refund.gift_id == gift.id, Refund.state.in_(MONEY_LEFT))
    )
    disputes = db.session.scalars(sa.select(Dispute).where(Dispute.gift_id == gift.id))
    back = sum(one.amount_minor for one in refunds)
    back += sum(
        one.taken_minor for one in disputes if phase_of(one.status, one.taken) is Phase.LOST
    )
    assert gift.amount_minor == gift.kept.minor + min(back, gift.amount_minor)

"""A gift a statement shows keeps its sum: correcting it behind the bank's back would part books and bank."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.accounting.models import BankPart
from portal.core.db import db
from portal.core.i18n_markers import N_
from portal.donations import events
from portal.donations.events import ChangeRefused, GiftFacts
from portal.donations.models import Gift

SHOWN_BY_THE_BANK = N_("A line of the bank's statement shows this gift: undo that match first.")


def listen() -> None:
    """Hear of corrections before they are made; said once."""
    events.gift_change_requested.connect(refuse_what_the_bank_shows)


def refuse_what_the_bank_shows(
    gift: Gift, *, before: GiftFacts, after: GiftFacts, **_told: Any
) -> None:
    """Refuse another sum or another way of paying, and taking the gift back (nothing differs then)."""
    fixed = (before.amount, before.mode) != (after.amount, after.mode)
    if (fixed or before == after) and _is_shown(gift):
        raise ChangeRefused(SHOWN_BY_THE_BANK)


def _is_shown(gift: Gift) -> bool:
    live = sa.select(BankPart.id).where(BankPart.gift_id == gift.id, BankPart.live)
    return db.session.scalar(live) is not None

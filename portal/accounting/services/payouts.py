"""Lines of the provider's balance that touch no gift, into the books: once each, when they are kept."""

from __future__ import annotations

from typing import Any

from flask import current_app

from portal.accounting.rules.payouts import Movement, posting_of_line
from portal.accounting.services.posting import validate
from portal.core.clock import paris_date
from portal.donations import events
from portal.donations.gateway import LedgerLine


def listen() -> None:
    """Hear of payouts, fees and adjustments; said once."""
    events.payout_created.connect(_payout)
    events.payout_failed.connect(_payout_back)
    events.provider_fee_taken.connect(_fee)
    events.provider_adjusted.connect(_adjustment)


def _payout(line: LedgerLine, **_told: Any) -> None:
    _book("payout", line, line.source_id)


def _payout_back(line: LedgerLine, **_told: Any) -> None:
    _book("payout_back", line, line.source_id)


def _fee(line: LedgerLine, **_told: Any) -> None:
    _book("fee", line, line.description)


def _adjustment(line: LedgerLine, **_told: Any) -> None:
    _book("adjustment", line, line.description or line.category)


def _book(movement: Movement, line: LedgerLine, about: str) -> None:
    day = paris_date(line.created_at)
    posting = posting_of_line(movement, line.id, about, line.gross, line.fee, day)
    validate([posting], current_app.extensions["clock"].now())

"""What every question about lines of the bank starts from."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.accounting.models import BankLine, BankMatch, BankPart
from portal.accounting.rules.bank import plain_words
from portal.accounting.rules.matching import LineFacts
from portal.donations.models import Gift


def facts_of(line: BankLine) -> LineFacts:
    """What of a line counts when it is compared."""
    words = f"{line.counterparty} {line.text} {line.reference}"
    return LineFacts(
        line_id=line.id,
        amount=line.amount,
        booked_on=line.booked_on,
        plain=plain_words(words),
        payer=plain_words(line.counterparty),
        iban_fingerprint=line.iban_fingerprint,
    )


def unmatched_gift() -> Any:
    """No line shows the gift yet."""
    return ~sa.exists().where(BankPart.gift_id == Gift.id, BankPart.live)


def waits() -> Any:
    """The line waits for somebody to say what it is."""
    return ~sa.exists().where(BankMatch.line_id == BankLine.id, BankMatch.live)

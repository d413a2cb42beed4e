"""Names on lines are kept while they may still be asked about, then emptied; files nobody confirmed go."""

from __future__ import annotations

import datetime as dt
from typing import Final

import sqlalchemy as sa

from portal.accounting.models import BankLine, BankUpload
from portal.accounting.queries.bank_facts import waits
from portal.core import audit
from portal.core.db import db, transaction

WORDS_KEPT: Final = dt.timedelta(days=400)
"""A debit may be questioned for thirteen months (code monétaire et financier, art. L133-24)."""
UPLOADS_KEPT: Final = dt.timedelta(hours=24)
_WORDS: Final = ("counterparty", "text", "reference", "structured", "mandate")


def forget_words(today: dt.date) -> int:
    """Empty what lines say of people once they are matched and old; sums, days and matches stay.

    The file itself is a voucher of the books and stays ten years (code de commerce, art. L123-22).
    """
    with transaction() as session:
        old = sa.and_(
            BankLine.booked_on < today - WORDS_KEPT,
            ~waits(),
            sa.or_(*(getattr(BankLine, name) != "" for name in _WORDS)),
        )
        done = session.execute(sa.update(BankLine).where(old).values(dict.fromkeys(_WORDS, "")))
        count = int(getattr(done, "rowcount", 0))
        if count:
            audit.record("bank.words_forgotten", "bank", after={"lines": count})
        db.session.expire_all()
        return count


def forget_uploads(now: dt.datetime) -> None:
    """Files that were handed in and not confirmed within a day."""
    with transaction() as session:
        session.execute(sa.delete(BankUpload).where(BankUpload.created_at < now - UPLOADS_KEPT))

"""What a donor is told when money that was to come back does not."""

from __future__ import annotations

import sqlalchemy as sa

from portal.core import mail
from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.donations.models import Gift, Refund


def say_refund_failed(gift: Gift, refund: Refund) -> None:
    """Take back what was announced: the money is still here. Nothing when nothing was announced."""
    donor = gift.donor
    if not donor.email or not _was_announced(refund):
        return
    mail.post(
        "donations/mail/refund_failed",
        to=donor.email,
        language=str(gift.language),
        key=f"refund:{refund.id}:failed",
        donor=donor,
        gift=gift,
        refund=refund,
    )


def _was_announced(refund: Refund) -> bool:
    """Whether the donor was written that this money is on its way (services/thanks.py)."""
    written = sa.select(OutboxMail.id).where(OutboxMail.key == f"refund:{refund.id}")
    return db.session.scalar(written) is not None

"""Early fraud warnings: kept for staff to see. Nothing is given back by itself."""

from __future__ import annotations

import sqlalchemy as sa

from portal.core import audit
from portal.core.db import db, transaction
from portal.donations.gateway import FraudWarningSnapshot
from portal.donations.models import FraudWarning, Gift
from portal.donations.services.converge import refresh_payment
from portal.donations.services.provider import now, payments


def refresh_fraud_warning(warning_id: str) -> bool:
    """Keep a warning as it stands now. Gives False when its payment is none of ours."""
    named = payments().fetch_fraud_warning(warning_id)
    if not refresh_payment(named.payment_intent_id):
        return False
    with transaction():
        gift = db.session.scalars(
            sa.select(Gift)
            .where(Gift.stripe_payment_intent_id == named.payment_intent_id)
            .with_for_update(of=Gift)
        ).one_or_none()
        if gift is None:
            return False
        _keep(gift, payments().fetch_fraud_warning(warning_id))
    return True


def _keep(gift: Gift, found: FraudWarningSnapshot) -> None:
    warning = db.session.scalar(
        sa.select(FraudWarning).where(FraudWarning.stripe_warning_id == found.id)
    )
    if warning is None:
        warning = FraudWarning(
            gift_id=gift.id, stripe_warning_id=found.id, warned_at=found.created_at
        )
        db.session.add(warning)
    warning.kind, warning.actionable = found.kind, found.actionable
    db.session.flush()


def keep_warned_gift(gift_id: int, *, by: int) -> None:
    """Somebody looked at the warnings of a gift and decides to keep the gift."""
    with transaction():
        gift = db.session.get_one(Gift, gift_id, with_for_update={"of": Gift})
        open_ones = sa.select(FraudWarning).where(
            FraudWarning.gift_id == gift.id, FraudWarning.kept_at.is_(None)
        )
        for warning in db.session.scalars(open_ones):
            warning.kept_at, warning.kept_by = now(), by
            audit.record(
                "gift.kept_despite_warning",
                f"gift:{gift.ref}",
                after={"warning": warning.stripe_warning_id, "kind": warning.kind},
                actor_id=by,
            )

"""How things stand in the end, in plain values, so that two ends can be compared."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.donations.models import Gift, Plan, ProviderOrder, Refund
from tests.factories.books import as_written, entries_about


def of_gift(gift: Gift) -> dict[str, Any]:
    """The gift, what went back of it, its books, its letters, its traces."""
    return {
        "gift": (gift.state, gift.refunded_minor, gift.fee_minor > 0),
        "refunds": _rows(Refund, gift.id, "state", "amount_minor"),
        "books": [as_written(entry) for entry in entries_about(gift)],
        "letters": letters(gift.donor_id),
        "traces": traces(f"gift:{gift.ref}"),
    }


def of_plan(plan: Plan) -> dict[str, Any]:
    """The plan, its debits, what was ordered of the provider, its letters, its traces."""
    days = (plan.next_debit_on, plan.paused_until, plan.cancels_on, plan.ended_on)
    return {
        "plan": (plan.state, plan.amount_minor, *days),
        "debits": sorted((one.state, one.amount_minor) for one in _debits(plan)),
        "orders": _orders(plan.id),
        "letters": letters(plan.donor_id),
        "traces": traces(f"plan:{plan.public_id}"),
    }


def letters(donor_id: int) -> list[str]:
    """The subjects of the mails to the donor."""
    to: sa.Select[Any] = sa.select(sa.literal_column("email")).select_from(sa.table("donor"))
    address = db.session.scalar(to.where(sa.literal_column("id") == donor_id))
    wanted = sa.select(OutboxMail.subject).where(OutboxMail.recipient == address)
    return list(db.session.scalars(wanted.order_by(OutboxMail.id)))


def traces(subject: str) -> list[str]:
    """What the audit says was done with it."""
    wanted = sa.text("select action from audit_entry where subject = :subject order by id")
    return list(db.session.scalars(wanted, {"subject": subject}))


def _debits(plan: Plan) -> list[Gift]:
    return db.session.query(Gift).filter_by(plan_id=plan.id).all()


def _orders(plan_id: int) -> list[tuple[str, str, str]]:
    wanted = sa.select(ProviderOrder).where(ProviderOrder.plan_id == plan_id)
    found = db.session.scalars(wanted.order_by(ProviderOrder.id))
    return [(one.kind.value, one.state.value, one.problem) for one in found]


def _rows(kind: type[Refund], gift_id: int, *names: str) -> list[tuple[Any, ...]]:
    found = db.session.query(kind).filter_by(gift_id=gift_id).order_by(kind.id)
    return [tuple(getattr(row, name) for name in names) for row in found]

"""Issues: those of the editors, those a donor received."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from portal.core.db import db
from portal.newsletters.models import Delivery, Issue, IssueState, Optout


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of an issue's mails are written."""

    written: int
    total: int


def issue_by_public_id(public_id: uuid.UUID) -> Issue | None:
    """The issue, for its editors."""
    return db.session.scalar(sa.select(Issue).where(Issue.public_id == public_id))


def all_issues() -> sa.Select[Any]:
    """Drafts first, then those sent, the newest on top."""
    return sa.select(Issue).order_by(Issue.sent_at.desc().nulls_first(), Issue.id.desc())


def issues_received(donor_id: int) -> list[Delivery]:
    """What was sent to the donor, the newest first."""
    mine = (
        sa.select(Delivery)
        .join(Delivery.issue)
        .where(Delivery.donor_id == donor_id, Delivery.mail_id.is_not(None))
        .options(contains_eager(Delivery.issue))
        .order_by(Issue.sent_at.desc(), Issue.id.desc())
    )
    return list(db.session.scalars(mine))


def issue_received(donor_id: int | None, public_id: uuid.UUID) -> Issue | None:
    """An issue that was sent to that donor; any other does not exist for them."""
    if donor_id is None:
        return None
    return db.session.scalar(
        sa.select(Issue)
        .join(Delivery, Delivery.issue_id == Issue.id)
        .where(
            Issue.public_id == public_id,
            Issue.state != IssueState.DRAFT,
            Delivery.donor_id == donor_id,
            Delivery.mail_id.is_not(None),
        )
    )


def progress_of(issue: Issue) -> Progress:
    """How far the sending is."""
    row = db.session.execute(
        sa.select(sa.func.count(Delivery.mail_id), sa.func.count(Delivery.id)).where(
            Delivery.issue_id == issue.id
        )
    ).one()
    return Progress(written=row[0], total=row[1])


def wants_none(donor_id: int) -> bool:
    """Whether the donor asked for no newsletter."""
    return db.session.get(Optout, donor_id) is not None


def drafts_count() -> int:
    """How many issues are being written."""
    drafts = sa.select(sa.func.count(Issue.id)).where(Issue.state == IssueState.DRAFT)
    return int(db.session.scalar(drafts) or 0)

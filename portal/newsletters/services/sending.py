"""Sending an issue: frozen once, then mailed in batches, each donor exactly once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.core import audit, documents, mail
from portal.core.clock import paris_date
from portal.core.db import db, transaction
from portal.newsletters.models import Delivery, Issue, IssueState, Optout
from portal.newsletters.queries.content import as_written, content_of
from portal.newsletters.queries.problems import Problem, problems_of
from portal.newsletters.queries.recipients import recipients
from portal.newsletters.services.addresses import unsubscribe_token
from portal.newsletters.services.drafting import draft
from portal.newsletters.services.letter import letter_of, test_subject
from portal.newsletters.services.paper import filename_of, printed

BATCH = 100


class NotReady(Exception):
    """Something must be put right first: ``problems`` says where and what."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.where}: {p.text}" for p in problems))


class NobodyToSendTo(Exception):
    """No sponsor of that language may be written to."""


def freeze(issue_id: int, *, by: int, at: datetime) -> int:
    """Decide what the issue says and to whom it goes; gives how many.

    Consents are asked again now. Figures, text and recipients are kept, the PDF is stored. Raises
    NotADraft (a second click), NotReady or NobodyToSendTo, and then nothing has changed.
    """
    with transaction():
        issue = draft(issue_id)
        today = paris_date(at)
        if problems := problems_of(issue, today):
            raise NotReady(problems)
        content = as_written(issue)
        number = _list_recipients(issue, at)
        if not number:
            raise NobodyToSendTo
        paper = printed(issue, content, at)
        document = documents.store("newsletter", filename_of(issue), "application/pdf", paper)
        issue.snapshot = {"content": content.to_json(), "recipients": number}
        issue.document_id = document.id
        issue.state, issue.sent_at, issue.sent_by = IssueState.SENDING, at, by
        told = {"recipients": number, "pdf_sha256": document.sha256}
        audit.record("newsletter.sent", f"newsletter:{issue.public_id}", after=told, actor_id=by)
        return number


def _list_recipients(issue: Issue, at: datetime) -> int:
    """One row a donor; the mails are written later."""
    chosen = recipients(issue.language).subquery()
    rows = sa.select(sa.literal(issue.id), chosen.c.id, sa.literal(at))
    listed = sa.insert(Delivery).from_select(["issue_id", "donor_id", "delivered_at"], rows)
    return len(db.session.scalars(listed.returning(Delivery.id)).all())


def send_batch(issue_id: int, *, at: datetime, size: int = BATCH) -> bool:
    """Write the next mails to the outbox; gives whether some are left.

    What a family withdrew since the issue was frozen is left out, and so is who opted out.
    """
    with transaction():
        issue = db.session.get_one(Issue, issue_id, with_for_update=True, populate_existing=True)
        if issue.state is not IssueState.SENDING:
            return False
        waiting = _waiting(issue_id, size)
        refused = _refused(waiting)
        content = content_of(issue, paris_date(at))
        for delivery in waiting:
            if delivery.donor_id in refused or not delivery.donor.email:
                db.session.delete(delivery)
                continue
            letter = letter_of(content, unsubscribe_token(delivery.donor))
            delivery.mail_id = mail.post_ready(
                to=delivery.donor.email,
                language=content.language,
                key=f"newsletter:{issue.public_id}:{delivery.donor.public_id}",
                subject=letter.subject,
                text=letter.text,
                html=letter.html,
                headers=letter.headers,
            )
            delivery.delivered_at = at
        if len(waiting) < size:
            issue.state = IssueState.SENT
            return False
        return True


def _waiting(issue_id: int, size: int) -> Sequence[Delivery]:
    return db.session.scalars(
        sa.select(Delivery)
        .where(Delivery.issue_id == issue_id, Delivery.mail_id.is_(None))
        .options(joinedload(Delivery.donor, innerjoin=True))
        .order_by(Delivery.id)
        .limit(size)
        .with_for_update(of=Delivery)
    ).all()


def _refused(waiting: Sequence[Delivery]) -> set[int]:
    ids = [delivery.donor_id for delivery in waiting]
    return set(db.session.scalars(sa.select(Optout.donor_id).where(Optout.donor_id.in_(ids))))


def send_test(issue_id: int, *, to: Account, at: datetime) -> None:
    """The issue as it stands, to the editor's own address."""
    with transaction():
        issue = db.session.get_one(Issue, issue_id)
        content = content_of(issue, paris_date(at))
        letter = letter_of(content, unsubscribe_token(None))
        mail.post_ready(
            to=to.email,
            language=content.language,
            key=f"newsletter-test:{issue.public_id}:{uuid.uuid4()}",
            subject=test_subject(content),
            text=letter.text,
            html=letter.html,
        )

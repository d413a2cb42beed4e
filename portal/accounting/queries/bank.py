"""Accounts, statements, lines and rules, for the accountant's pages. Reads only."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from portal.accounting.models import (
    BankAccount,
    BankFile,
    BankLine,
    BankMatch,
    BankPart,
    BankRule,
    BankStatement,
    BankUpload,
)
from portal.accounting.queries.bank_facts import waits
from portal.accounting.rules.bank import Covered, Gap, gaps
from portal.core.db import db
from portal.donations.models import Gift


def accounts() -> Sequence[BankAccount]:
    """Our accounts, in the order they were first seen."""
    return db.session.scalars(sa.select(BankAccount).order_by(BankAccount.id)).all()


def account_by_public_id(public_id: uuid.UUID) -> BankAccount | None:
    """That account."""
    return db.session.scalar(sa.select(BankAccount).where(BankAccount.public_id == public_id))


def upload_by_public_id(public_id: uuid.UUID) -> BankUpload | None:
    """That file, while it waits."""
    return db.session.scalar(sa.select(BankUpload).where(BankUpload.public_id == public_id))


def file_by_public_id(public_id: uuid.UUID) -> BankFile | None:
    """That file, as it was imported."""
    return db.session.scalar(
        sa.select(BankFile)
        .options(joinedload(BankFile.document), selectinload(BankFile.statements))
        .where(BankFile.public_id == public_id)
    )


def files(limit: int = 12) -> Sequence[BankFile]:
    """The files imported last."""
    return db.session.scalars(
        sa.select(BankFile)
        .options(
            joinedload(BankFile.document),
            selectinload(BankFile.statements).joinedload(BankStatement.account),
        )
        .order_by(BankFile.id.desc())
        .limit(limit)
    ).all()


@dataclass(frozen=True, slots=True)
class AccountState:
    """An account at a glance: its latest statement, what waits, what is missing."""

    account: BankAccount
    latest: BankStatement | None
    waiting: int
    gaps: Sequence[Gap]


def account_states() -> list[AccountState]:
    """Each account at a glance."""
    return [
        AccountState(each, _latest(each.id), _waiting_on(each.id), gaps_of(each.id))
        for each in accounts()
    ]


def _latest(account_id: int) -> BankStatement | None:
    chosen = sa.select(BankStatement).where(BankStatement.account_id == account_id)
    newest = chosen.order_by(BankStatement.closed_on.desc(), BankStatement.id.desc()).limit(1)
    return db.session.scalar(newest)


def _waiting_on(account_id: int) -> int:
    chosen = sa.select(sa.func.count()).where(BankLine.account_id == account_id, waits())
    return int(db.session.scalar(chosen) or 0)


def gaps_of(account_id: int) -> list[Gap]:
    """Where a statement of the account is missing between two others."""
    rows = db.session.scalars(
        sa.select(BankStatement).where(BankStatement.account_id == account_id)
    )
    return gaps([Covered(r.opened_on, r.closed_on, r.opening, r.closing) for r in rows])


def lines_waiting() -> int:
    """How many lines wait for a person."""
    return int(
        db.session.scalar(sa.select(sa.func.count()).select_from(BankLine).where(waits())) or 0
    )


def lines(state: str = "", account_id: int | None = None, flow: str = "") -> Any:
    """Lines for the list: ``state`` is waiting, matched or empty; ``flow`` in, out or empty."""
    chosen = sa.select(BankLine).options(joinedload(BankLine.account))
    if state == "waiting":
        chosen = chosen.where(waits())
    elif state == "matched":
        chosen = chosen.where(~waits())
    if account_id is not None:
        chosen = chosen.where(BankLine.account_id == account_id)
    if flow:
        chosen = chosen.where(
            BankLine.amount_minor > 0 if flow == "in" else BankLine.amount_minor < 0
        )
    return chosen


def line_by_public_id(public_id: uuid.UUID) -> BankLine | None:
    """That line with its statement."""
    return db.session.scalar(
        sa.select(BankLine)
        .options(joinedload(BankLine.statement).joinedload(BankStatement.file))
        .where(BankLine.public_id == public_id)
    )


def lines_by_public_id(public_ids: Sequence[str]) -> Sequence[BankLine]:
    """The lines that were ticked; what is no line is left out."""
    wanted = [told for each in public_ids[:500] if (told := _uuid(each))]
    return db.session.scalars(
        sa.select(BankLine).where(BankLine.public_id.in_(wanted)).order_by(BankLine.id)
    ).all()


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


_WITH_PARTS = (
    selectinload(BankMatch.parts).joinedload(BankPart.gift).joinedload(Gift.donor),
    selectinload(BankMatch.parts).joinedload(BankPart.deposit),
    selectinload(BankMatch.parts).joinedload(BankPart.payout),
    selectinload(BankMatch.parts).joinedload(BankPart.entry),
    joinedload(BankMatch.rule),
)


def matches_of(line_id: int) -> Sequence[BankMatch]:
    """What the line was said to be, the latest first: the live match, and those undone."""
    return db.session.scalars(
        sa.select(BankMatch)
        .options(*_WITH_PARTS)
        .where(BankMatch.line_id == line_id)
        .order_by(BankMatch.id.desc())
    ).all()


def live_matches(line_ids: Sequence[int]) -> dict[int, BankMatch]:
    """What each of these lines is, when it is matched."""
    found = db.session.scalars(
        sa.select(BankMatch)
        .options(*_WITH_PARTS)
        .where(BankMatch.line_id.in_(line_ids), BankMatch.live)
    )
    return {match.line_id: match for match in found}


def match_by_public_id(public_id: uuid.UUID) -> BankMatch | None:
    """That match."""
    return db.session.scalar(sa.select(BankMatch).where(BankMatch.public_id == public_id))


def rules(live: bool = True) -> Any:
    """Rules for the list."""
    return sa.select(BankRule).options(joinedload(BankRule.donor)).where(BankRule.live.is_(live))


def rule_by_public_id(public_id: uuid.UUID) -> BankRule | None:
    """That rule."""
    return db.session.scalar(sa.select(BankRule).where(BankRule.public_id == public_id))


def line_of_gift(gift_id: int) -> BankLine | None:
    """The line that shows a gift."""
    return db.session.scalar(
        sa.select(BankLine)
        .join(BankMatch, BankMatch.line_id == BankLine.id)
        .join(BankPart, BankPart.match_id == BankMatch.id)
        .where(BankPart.gift_id == gift_id, BankPart.live)
    )

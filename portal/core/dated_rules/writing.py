"""Writing a new version of a rule, and taking back one that does not hold yet."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.core import audit
from portal.core.clock import paris_date
from portal.core.dated_rules.book import read_again, rule_book
from portal.core.dated_rules.kinds import RuleKind, Value
from portal.core.dated_rules.models import DatedRule
from portal.core.db import db, transaction, violated

FIRST_DAY = dt.date(2000, 1, 1)
YEARS_AHEAD = 5


class RuleRefused(ValueError):
    """A version that may not be written."""


class UnknownRule(RuleRefused):
    """The kind has no rule of this code and none may be added under it."""


class DayOutOfReach(RuleRefused):
    """The first day is before the year 2000 or too far ahead."""


class SaidAlready(RuleRefused):
    """Something that stays says the rule on that day or later: ``until`` is the last such day."""

    def __init__(self, until: dt.date) -> None:
        self.until = until
        super().__init__(f"said until {until.isoformat()}")


class WrongValue(RuleRefused):
    """The value cannot be: ``faults`` tells for each field an English msgid."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        super().__init__(", ".join(f"{name}: {fault}" for name, fault in faults.items()))


class NothingChanges(RuleRefused):
    """The version would say what already holds on that day."""


class WrittenMeanwhile(RuleRefused):
    """Somebody else wrote a version of this rule after the page was opened."""


class HoldsAlready(RuleRefused):
    """A version that holds, or held, is not taken back: write a new one."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A version somebody wants: what the rule says from ``since`` on, by which source, and why.

    ``after`` is the number of the newest version the writer saw, 0 when none was written yet.
    """

    code: str
    since: dt.date
    value: Value
    source: str
    reason: str
    after: int


def newest_number(kind: RuleKind, code: str) -> int:
    """The number of the newest version of that rule, withdrawn ones too; 0 when none is written."""
    return max((each.number for each in rule_book().versions(kind.name).get(code, ())), default=0)


def check(kind: RuleKind, proposal: Proposal, today: dt.date) -> None:
    """Raises a RuleRefused when the version may not be written today."""
    _check_code(kind, proposal.code)
    if not FIRST_DAY <= proposal.since <= today.replace(day=1, year=today.year + YEARS_AHEAD):
        raise DayOutOfReach(proposal.since.isoformat())
    said = kind.said_until(proposal.code)
    if said is not None and proposal.since <= said:
        raise SaidAlready(said)
    if faults := kind.faults(proposal.code, proposal.value, proposal.since):
        raise WrongValue(faults)
    if newest_number(kind, proposal.code) != proposal.after:
        raise WrittenMeanwhile(proposal.code)
    if _holds_so(kind, proposal):
        raise NothingChanges(proposal.code)


def _check_code(kind: RuleKind, code: str) -> None:
    known = code in kind.names() or code in rule_book().versions(kind.name)
    if not known and not (kind.addable and re.fullmatch(kind.addable, code)):
        raise UnknownRule(f"{kind.name} {code}")


def _holds_so(kind: RuleKind, proposal: Proposal) -> bool:
    for period in rule_book().periods(kind.name, proposal.code):
        if period.holds_on(proposal.since):
            version = period.version
            return (dict(version.value), version.source) == (dict(proposal.value), proposal.source)
    return False


def write_version(
    kind: RuleKind, proposal: Proposal, *, by: int, at: dt.datetime
) -> DatedRule | None:
    """Write the version; None when this very version was written before (a form sent twice).

    Raises RuleRefused. Versions before it stay as they are, and stay readable.
    """
    try:
        with transaction() as session:
            _one_at_a_time(kind)
            if _written_before(kind, proposal):
                return None
            check(kind, proposal, paris_date(at))
            row = DatedRule(
                kind=kind.name,
                code=proposal.code,
                number=proposal.after + 1,
                effective_from=proposal.since,
                value=dict(proposal.value),
                source=proposal.source,
                reason=proposal.reason,
                made_at=at,
                made_by=by,
            )
            session.add(row)
            _note(kind, proposal, by)
            session.flush()
    except IntegrityError as error:
        if violated(error) == "uq_dated_rule_kind_code_number":
            raise WrittenMeanwhile(proposal.code) from error
        raise
    finally:
        read_again()
    return row


def _one_at_a_time(kind: RuleKind) -> None:
    wanted = sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"dated_rule:{kind.name}"))
    db.session.execute(sa.select(wanted))
    read_again()


def _written_before(kind: RuleKind, proposal: Proposal) -> bool:
    same = sa.select(DatedRule).where(
        DatedRule.kind == kind.name,
        DatedRule.code == proposal.code,
        DatedRule.number == proposal.after + 1,
        DatedRule.withdrawn_at.is_(None),
    )
    row = db.session.scalar(same)
    return row is not None and (row.effective_from, row.value, row.source, row.reason) == (
        proposal.since,
        dict(proposal.value),
        proposal.source,
        proposal.reason,
    )


def _note(kind: RuleKind, proposal: Proposal, by: int) -> None:
    held: dict[str, Any] | None = None
    for period in rule_book().periods(kind.name, proposal.code):
        if period.holds_on(proposal.since):
            held = {"since": period.since, **period.version.value}
    audit.record(
        "rule.written",
        subject_of(kind.name, proposal.code),
        before=held,
        after={"since": proposal.since, "source": proposal.source, **proposal.value},
        note=proposal.reason,
        actor_id=by,
    )


def withdraw_version(public_id: UUID, *, reason: str, by: int, at: dt.datetime) -> DatedRule:
    """Take back a version whose first day is still to come; raises HoldsAlready.

    It stays readable, with who took it back and why; what was planned before it holds again.
    """
    try:
        with transaction():
            wanted = sa.select(DatedRule).where(DatedRule.public_id == public_id)
            row = db.session.scalars(wanted.with_for_update()).one()
            if row.withdrawn_at is not None:
                return row
            if row.effective_from <= paris_date(at):
                raise HoldsAlready(f"{row.kind} {row.code} since {row.effective_from.isoformat()}")
            row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = at, by, reason
            audit.record(
                "rule.withdrawn",
                subject_of(row.kind, row.code),
                before={"since": row.effective_from, **row.value},
                note=reason,
                actor_id=by,
            )
    finally:
        read_again()
    return row


def subject_of(kind: str, code: str) -> str:
    """Under which subject the audit keeps what happens to a rule."""
    return f"rule:{kind}:{code}"

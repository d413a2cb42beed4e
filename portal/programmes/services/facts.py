"""Facts: proposed from records, approved by a person, taken back when their record changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from portal.core import audit
from portal.core.db import db, transaction
from portal.programmes.models import (
    Attendance,
    Child,
    Enrolment,
    Fact,
    FactKind,
    FactState,
    Service,
)
from portal.programmes.rules.facts import News, news_of

BATCH = 400
Row = TypeVar("Row", Enrolment, Attendance, Service)


@dataclass(slots=True)
class FactChanges:
    """How many facts were new, changed with their record, lost their record, stayed the same."""

    new: int = 0
    changed: int = 0
    withdrawn: int = 0
    same: int = 0


def propose_facts(child_ids: Collection[int] | None, today: date) -> FactChanges:
    """Derive the facts of these children (None: of all) from their records; twice changes nothing.

    A changed record updates its fact and returns it to ``proposed``, whatever was decided before;
    a record that no longer gives its fact takes the fact back. Decided facts leave an audit row.
    """
    changes = FactChanges()
    with transaction():
        for ids in _batches(child_ids):
            _propose(ids, today, changes)
    return changes


def approve_facts(ids: Collection[int], by: int, at: datetime) -> int:
    """Let these proposed facts be shown; gives how many were. Others are left as they are."""
    return _decide(ids, FactState.APPROVED, by, at)


def reject_facts(ids: Collection[int], by: int, at: datetime) -> int:
    """Decide that these proposed facts are not shown; gives how many were rejected."""
    return _decide(ids, FactState.REJECTED, by, at)


def _decide(ids: Collection[int], state: FactState, by: int, at: datetime) -> int:
    with transaction():
        which = sa.select(Fact).where(Fact.id.in_(list(ids)), Fact.state == FactState.PROPOSED)
        facts = db.session.scalars(which.order_by(Fact.id).with_for_update()).all()
        for fact in facts:
            fact.state, fact.decided_by, fact.decided_at = state, by, at
            _record(f"fact.{state}", fact, FactState.PROPOSED, by)
        return len(facts)


def _batches(child_ids: Collection[int] | None) -> Iterator[Sequence[int]]:
    ids = (
        db.session.scalars(sa.select(Child.id).order_by(Child.id)).all()
        if child_ids is None
        else sorted(set(child_ids))
    )
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def _by_child(model: type[Row], ids: Sequence[int]) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in db.session.scalars(sa.select(model).where(model.child_id.in_(ids))):
        grouped[row.child_id or 0].append(row)
    return grouped


def _propose(ids: Sequence[int], today: date, changes: FactChanges) -> None:
    children = db.session.scalars(sa.select(Child).where(Child.id.in_(ids)).order_by(Child.id))
    enrolments, attendance, services = (
        _by_child(Enrolment, ids),
        _by_child(Attendance, ids),
        _by_child(Service, ids),
    )
    known: dict[int, dict[str, Fact]] = defaultdict(dict)
    stored = sa.select(Fact).where(Fact.child_id.in_(ids)).order_by(Fact.id).with_for_update()
    for fact in db.session.scalars(stored):
        known[fact.child_id][fact.source] = fact
    fresh: list[dict[str, Any]] = []
    for child in children:
        mine = (enrolments[child.id], attendance[child.id], services[child.id])
        news = news_of(child, *mine, today)
        fresh += _converge(child.id, news, known[child.id], changes)
    if fresh:
        db.session.execute(insert(Fact).on_conflict_do_nothing(), fresh)
        changes.new += len(fresh)


def _converge(
    child_id: int, news: Iterable[News], known: dict[str, Fact], changes: FactChanges
) -> list[dict[str, Any]]:
    """Update what is known; gives the rows that are new."""
    fresh, seen = [], set()
    for item in news:
        seen.add(item.source)
        fact = known.get(item.source)
        if fact is None:
            fresh.append(_row(child_id, item))
        elif _says_the_same(fact, item):
            changes.same += 1
        else:
            _update(fact, item)
            changes.changed += 1
    for source, fact in known.items():
        if source not in seen and fact.state is not FactState.REJECTED:
            _withdraw(fact)
            changes.withdrawn += 1
    return fresh


def _row(child_id: int, item: News) -> dict[str, Any]:
    return {
        "child_id": child_id,
        "kind": FactKind(item.kind),
        "on": item.on,
        "details": item.details,
        "source": item.source,
        "state": FactState.PROPOSED,
    }


def _says_the_same(fact: Fact, item: News) -> bool:
    """A fact that was taken back with its record (nobody decided) is proposed anew."""
    taken_back = fact.state is FactState.REJECTED and fact.decided_by is None
    return fact.on == item.on and fact.details == item.details and not taken_back


def _update(fact: Fact, item: News) -> None:
    before = fact.state
    told_before = {"on": fact.on, "details": fact.details}
    fact.on, fact.details, fact.state = item.on, item.details, FactState.PROPOSED
    fact.decided_by = fact.decided_at = None
    if before is not FactState.PROPOSED:
        _record("fact.record_changed", fact, before, None, told_before)


def _withdraw(fact: Fact) -> None:
    before = fact.state
    fact.state, fact.decided_by, fact.decided_at = FactState.REJECTED, None, None
    _record("fact.record_gone", fact, before, None)


def _record(
    action: str,
    fact: Fact,
    before: FactState,
    by: int | None,
    told_before: dict[str, Any] | None = None,
) -> None:
    after = {"state": str(fact.state), "on": fact.on, "details": fact.details}
    old = {"state": str(before), **(told_before or {})}
    if "on" in old:
        old["on"] = old["on"].isoformat()
    audit.record(action, f"fact:{fact.public_id}", before=old, after=after, actor_id=by)

"""The rules as they stand: the versions of the house and those people wrote, read once.

A request or a job reads the table once, whatever it does with the rules: a run of 50,000
receipts asks the database one question.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from flask import g

from portal.core.dated_rules.kinds import kind_named
from portal.core.dated_rules.models import DatedRule
from portal.core.dated_rules.timeline import NothingHolds, Period, Version, on_day, periods
from portal.core.db import db

T = TypeVar("T")
_KEPT = "rule_book"


class RuleBook:
    """All rules with dates, as one reading of the database found them."""

    def __init__(self, written: dict[str, list[Version]]) -> None:
        self._written = written
        self._versions: dict[str, dict[str, tuple[Version, ...]]] = {}
        self._periods: dict[tuple[str, str], tuple[Period, ...]] = {}
        self._tables: dict[tuple[str, Callable[[Period], Any]], tuple[Any, ...]] = {}
        self._found: dict[Hashable, Any] = {}

    def versions(self, kind: str) -> dict[str, tuple[Version, ...]]:
        """Every version of the kind's rules by code, those of the house first."""
        if kind not in self._versions:
            known = kind_named(kind)
            if known is None:
                raise NothingHolds(f"there are no rules of the kind {kind}")
            found = defaultdict(list)
            for version in (*known.defaults(), *self._written.get(kind, ())):
                found[version.code].append(version)
            self._versions[kind] = {code: tuple(each) for code, each in found.items()}
        return self._versions[kind]

    def periods(self, kind: str, code: str) -> tuple[Period, ...]:
        """The periods of one rule in the order of their days."""
        key = (kind, code)
        if key not in self._periods:
            self._periods[key] = periods(self.versions(kind).get(code, ()))
        return self._periods[key]

    def on(self, kind: str, code: str, on: dt.date) -> Period:
        """The version of that rule that holds on that day; raises NothingHolds."""
        try:
            return on_day(self.periods(kind, code), on)
        except NothingHolds as error:
            raise NothingHolds(f"{kind} {code}: {error}") from error

    def table(self, kind: str, build: Callable[[Period], T]) -> tuple[T, ...]:
        """Every period of every rule of the kind as ``build`` makes it; made once."""
        key = (kind, build)
        if key not in self._tables:
            self._tables[key] = tuple(
                build(period) for code in self.versions(kind) for period in self.periods(kind, code)
            )
        return cast(tuple[T, ...], self._tables[key])

    def remember(self, key: Hashable, find: Callable[[], T]) -> T:
        """What ``find`` gives, found once for each key: rules do not change within a book."""
        if key not in self._found:
            self._found[key] = find()
        return cast(T, self._found[key])


def rule_book() -> RuleBook:
    """The rules of this request or job."""
    if _KEPT not in g:
        setattr(g, _KEPT, RuleBook(_written()))
    return cast(RuleBook, g.get(_KEPT))


def read_again() -> None:
    """Forget what was read: a rule has just been written."""
    g.pop(_KEPT, None)


def _written() -> dict[str, list[Version]]:
    found: dict[str, list[Version]] = defaultdict(list)
    with db.session.no_autoflush:
        rows = db.session.scalars(sa.select(DatedRule).order_by(DatedRule.number))
        for row in rows:
            found[row.kind].append(version_of(row))
    return found


def version_of(row: DatedRule) -> Version:
    """The stored row as the rules see it."""
    return Version(
        code=row.code,
        since=row.effective_from,
        value=row.value,
        source=row.source,
        number=row.number,
        reason=row.reason,
        public_id=row.public_id,
        made_at=row.made_at,
        made_by=row.made_by,
        withdrawn_at=row.withdrawn_at,
        withdrawn_by=row.withdrawn_by,
        withdrawn_reason=row.withdrawn_reason,
    )

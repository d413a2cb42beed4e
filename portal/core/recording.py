"""Writing the rows of a table that came in: new, changed (with a trace) or the same.

A row is known again by its key. Columns that were not delivered are left alone; a second
delivery of the same rows changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from portal.core import audit
from portal.core.db import Base, db

Model = TypeVar("Model", bound=Base)
CHUNK = 1000


@dataclass(slots=True)
class Tally:
    """How many rows were new, changed, the same."""

    new: int = 0
    changed: int = 0
    same: int = 0

    def count(self, what: str) -> None:
        """Add one of ``new``, ``changed``, ``same``."""
        setattr(self, what, getattr(self, what) + 1)


@dataclass(slots=True)
class Recorded(Generic[Model]):
    """What became of the rows; ``touched`` are those that are new or changed."""

    tally: Tally = field(default_factory=Tally)
    touched: list[Model] = field(default_factory=list)


def record_rows(
    model: type[Model],
    rows: Iterable[Mapping[str, Any]],
    *,
    key: Sequence[str],
    subject: Callable[[Model], str],
) -> Recorded[Model]:
    """Insert or update each row (a mapping of attribute to value, the key among them).

    A changed row leaves an audit entry of ``subject`` with the values before and after.
    """
    recorded: Recorded[Model] = Recorded()
    for chunk in _chunks(rows):
        known = _known(model, chunk, key)
        for values in chunk:
            row = known.get(_key_of(values, key))
            if row is None:
                row = model(**values)
                db.session.add(row)
                recorded.tally.new += 1
                recorded.touched.append(row)
            elif update_row(row, values, subject(row)):
                recorded.tally.changed += 1
                recorded.touched.append(row)
            else:
                recorded.tally.same += 1
        db.session.flush()
    return recorded


def update_row(row: Base, values: Mapping[str, Any], subject: str) -> bool:
    """Give the row these values; whether any was different (then it leaves a trace)."""
    before = {name: getattr(row, name) for name in values}
    after = {name: value for name, value in values.items() if before[name] != value}
    for name, value in after.items():
        setattr(row, name, value)
    if after:
        audit.record(
            "record.changed", subject, before={name: before[name] for name in after}, after=after
        )
    return bool(after)


def _chunks(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    source = iter(rows)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _key_of(values: Mapping[str, Any], key: Sequence[str]) -> tuple[Any, ...]:
    return tuple(_bare(values[name]) for name in key)


def _bare(value: Any) -> Any:
    return value.value if isinstance(value, StrEnum) else value


def _known(
    model: type[Model], chunk: Sequence[Mapping[str, Any]], key: Sequence[str]
) -> dict[tuple[Any, ...], Model]:
    columns = [getattr(model, name) for name in key]
    wanted = [tuple(values[name] for name in key) for values in chunk]
    where = (
        columns[0].in_([w[0] for w in wanted]) if len(key) == 1 else sa.tuple_(*columns).in_(wanted)
    )
    found = db.session.scalars(sa.select(model).where(where))
    return {tuple(_bare(getattr(row, name)) for name in key): row for row in found}

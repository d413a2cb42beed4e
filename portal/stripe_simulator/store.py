"""What the simulator remembers, in one SQLite file: objects by id, the agenda, answers, deliveries."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

Body: TypeAlias = dict[str, Any]

_TABLES = """
create table if not exists objects (
  seq integer primary key autoincrement, id text not null unique, kind text not null,
  created integer not null, body text not null);
create index if not exists objects_by_kind on objects (kind, seq);
create index if not exists objects_by_intent
  on objects (kind, json_extract(body, '$.payment_intent'));
create index if not exists objects_by_customer on objects (kind, json_extract(body, '$.customer'));
create index if not exists objects_by_invoice on objects (kind, json_extract(body, '$.invoice'));
create index if not exists objects_by_payout
  on objects (kind, json_extract(body, '$._sim.payout'));
create table if not exists settings (name text primary key, value text not null);
create table if not exists agenda (
  seq integer primary key autoincrement, due_at integer not null, task text not null,
  subject text not null);
create table if not exists answers (
  key text primary key, created integer not null, request text not null,
  status integer not null, body text not null);
create table if not exists deliveries (
  seq integer primary key autoincrement, event text not null, state text not null,
  attempts integer not null default 0, due_at real not null default 0,
  status integer, error text, tried_at real);
create index if not exists deliveries_by_state on deliveries (state, due_at, seq);
"""
_NAMES = ("objects", "settings", "agenda", "answers", "deliveries")


class Store:
    """One SQLite file behind one lock; everything is read and written inside `transaction`."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.execute("pragma journal_mode = wal")
        self._db.executescript(_TABLES)

    def close(self) -> None:
        """Let go of the file."""
        with self.lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; one at a time; inside another one it is part of it."""
        with self.lock:
            if self._depth:
                yield
                return
            self._db.execute("begin immediate")
            self._depth = 1
            try:
                yield
            except BaseException:
                self._db.execute("rollback")
                raise
            else:
                self._db.execute("commit")
            finally:
                self._depth = 0

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """The rows a statement answers."""
        with self.lock:
            return self._db.execute(statement, values).fetchall()

    def row(self, statement: str, values: Sequence[Any] = ()) -> sqlite3.Row | None:
        """The first row a statement answers."""
        found = self.rows(statement, values)
        return found[0] if found else None

    def write(self, statement: str, values: Sequence[Any] = ()) -> int:
        """Carry out a statement; how many rows it touched."""
        with self.lock:
            return self._db.execute(statement, values).rowcount

    def load(self, object_id: str) -> Body | None:
        """The object of that id."""
        found = self.row("select body from objects where id = ?", (object_id,))
        return None if found is None else json.loads(found["body"])

    def save(self, body: Body) -> Body:
        """Keep the object, new or changed."""
        self.write(
            "insert into objects (id, kind, created, body) values (?, ?, ?, ?)"
            " on conflict (id) do update set body = excluded.body",
            (body["id"], body["object"], body.get("created", 0), json.dumps(body)),
        )
        return body

    def setting(self, name: str, default: str) -> str:
        """A remembered setting."""
        found = self.row("select value from settings where name = ?", (name,))
        return default if found is None else str(found["value"])

    def set(self, name: str, value: str) -> None:
        """Remember a setting."""
        self.write(
            "insert into settings (name, value) values (?, ?)"
            " on conflict (name) do update set value = excluded.value",
            (name, value),
        )

    def empty(self) -> None:
        """Forget everything."""
        for name in _NAMES:
            self.write(f"delete from {name}")  # noqa: S608 - the names are the five above

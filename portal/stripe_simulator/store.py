"""What the simulator remembers, in one SQLite file: objects by id, the agenda, answers, deliveries."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

Body: TypeAlias = dict[str, Any]

_TABLES = """
create table if not exists objects (
  seq integer primary key autoincrement, id text not null unique, kind text not null,
  created integer not null, body text not null);
drop index if exists objects_by_kind;
drop index if exists objects_by_intent;
drop index if exists objects_by_customer;
drop index if exists objects_by_invoice;
drop index if exists objects_by_payout;
create index if not exists objects_by_time on objects (kind, created, seq);
create index if not exists lines_by_payout
  on objects (json_extract(body, '$._sim.payout'), created, seq)
  where kind = 'balance_transaction';
create index if not exists lines_by_source
  on objects (json_extract(body, '$.source')) where kind = 'balance_transaction';
create index if not exists lines_by_type
  on objects (json_extract(body, '$.type'), created, seq) where kind = 'balance_transaction';
create index if not exists lines_pending on objects (created, seq)
  where kind = 'balance_transaction' and json_extract(body, '$.status') = 'pending';
create index if not exists lines_unpaid on objects (created, seq)
  where kind = 'balance_transaction' and json_extract(body, '$._sim.payout') is null;
create index if not exists payments_by_invoice
  on objects (json_extract(body, '$.invoice')) where kind = 'invoice_payment';
create index if not exists payments_by_intent
  on objects (json_extract(body, '$.payment.payment_intent')) where kind = 'invoice_payment';
create index if not exists invoices_by_plan
  on objects (json_extract(body, '$.parent.subscription_details.subscription'))
  where kind = 'invoice';
create index if not exists charges_by_intent
  on objects (json_extract(body, '$.payment_intent')) where kind = 'charge';
create index if not exists refunds_by_intent
  on objects (json_extract(body, '$.payment_intent')) where kind = 'refund';
create index if not exists refunds_by_charge
  on objects (json_extract(body, '$.charge')) where kind = 'refund';
create index if not exists disputes_by_intent
  on objects (json_extract(body, '$.payment_intent')) where kind = 'dispute';
create index if not exists disputes_by_charge
  on objects (json_extract(body, '$.charge')) where kind = 'dispute';
create table if not exists settings (name text primary key, value text not null);
create table if not exists agenda (
  seq integer primary key autoincrement, due_at integer not null, task text not null,
  subject text not null);
create index if not exists agenda_by_time on agenda (due_at, seq);
create index if not exists agenda_by_subject on agenda (subject, task);
create table if not exists answers (
  key text primary key, created integer not null, request text not null,
  status integer not null, body text not null);
create table if not exists deliveries (
  seq integer primary key autoincrement, event text not null, state text not null,
  attempts integer not null default 0, due_at real not null default 0,
  status integer, error text, tried_at real);
create index if not exists deliveries_by_state on deliveries (state, due_at, seq);
"""
_VERSION = 2
_FROM_BEFORE = """
delete from settings where name in ('webhooks', 'faults');
delete from agenda where task = 'retry';
pragma user_version = 2;
"""
"""What an older simulator wrote down in another way is let go of: it is only about what comes next."""
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
        self._db.execute("pragma synchronous = normal")
        known = self._db.execute("pragma user_version").fetchone()[0] == _VERSION
        self._db.executescript(f"begin; {_TABLES} {'' if known else _FROM_BEFORE} commit;")

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

    def insert(self, bodies: Iterable[Body]) -> None:
        """Keep many new objects at once."""
        with self.lock:
            self._db.executemany(
                "insert into objects (id, kind, created, body) values (?, ?, ?, ?)",
                (
                    (each["id"], each["object"], each.get("created", 0), json.dumps(each))
                    for each in bodies
                ),
            )

    def bodies(
        self, kind: str, where: str, values: Sequence[Any] = (), index: str = ""
    ) -> list[Body]:
        """The objects of a kind for which the condition holds, oldest first; by that index if named."""
        source = f"objects indexed by {index}" if index else "objects"
        rows = self.rows(
            f"select body from {source} where kind = '{kind}' and {where} "  # noqa: S608 - ours
            "order by created, seq",
            values,
        )
        return [json.loads(row["body"]) for row in rows]

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

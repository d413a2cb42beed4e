"""Lists of objects: newest first, filtered, a page at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.stripe_simulator import parameters as p
from portal.stripe_simulator.account import Account
from portal.stripe_simulator.store import Body

_OPERATORS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}

_BEYOND = {"starting_after": "<", "ending_before": ">"}
_IN_COLUMN = {"created": "created"}


@dataclass(frozen=True)
class Listing:
    """A list of objects of one kind.

    `filters` gives for each parameter, written as ``a`` or ``a[b]``, the place in the object it is
    compared with; `instants` are those that also take a range. `kept_for` is how many seconds
    back the list reaches, None for ever.
    """

    kind: str
    url: str
    filters: Mapping[str, str] = field(default_factory=dict)
    instants: tuple[str, ...] = ("created",)
    always: tuple[str, ...] = ()
    kept_for: int | None = None

    def check(self) -> p.Check:
        """What the endpoint takes."""
        fields: dict[str, p.Check] = {
            "limit": p.whole(1, 100),
            "starting_after": p.text(),
            "ending_before": p.text(),
            **dict.fromkeys(self.instants, p.INSTANT),
        }
        nested: dict[str, dict[str, p.Check]] = {}
        for name in self.filters:
            outer, _, inner = name.partition("[")
            if inner:
                nested.setdefault(outer, {})[inner.rstrip("]")] = p.text()
            else:
                fields[name] = p.list_of(p.text()) if name in ("types", "ids") else p.text()
        return p.shape(fields | {name: p.shape(each) for name, each in nested.items()})

    def answer(self, account: Account, given: Body) -> Body:
        """One page of the list."""
        limit = given.get("limit", 10)
        where, values = self._where(account, given)
        if self.kept_for is not None:
            where.append("created > ?")
            values.append(account.now() - self.kept_for)
        order = "asc" if "ending_before" in given else "desc"
        rows = account.store.rows(
            f"select body from objects where {' and '.join(where)} "  # noqa: S608 - values are bound
            f"order by created {order}, seq {order} limit ?",
            [*values, limit + 1],
        )
        found = [json.loads(row["body"]) for row in rows[:limit]]
        if order == "asc":
            found.reverse()
        return {
            "object": "list",
            "data": found,
            "has_more": len(rows) > limit,
            "url": self.url,
        }

    def _where(self, account: Account, given: Body) -> tuple[list[str], list[Any]]:
        values: list[Any] = []
        # The kind is written out, not bound: only so are the indexes of one kind used.
        where = [f"kind = '{self.kind}'", *self.always]
        for name, place in self.filters.items():
            wanted = _given(given, name)
            if wanted is not None:
                self._compare(where, values, place, wanted)
        for name in self.instants:
            self._bound(where, values, name, given.get(name))
        for name, sign in _BEYOND.items():
            if name in given:
                account.get(self.kind, given[name], name)
                where.append(f"(created, seq) {sign} (?, ?)")
                values.extend(
                    account.store.row(
                        "select created, seq from objects where id = ?", (given[name],)
                    )
                    or ()
                )
        return where, values

    def _compare(self, where: list[str], values: list[Any], place: str, wanted: Any) -> None:
        if isinstance(wanted, list):
            where.append(f"json_extract(body, '$.{place}') in ({', '.join('?' * len(wanted))})")
            values.extend(wanted)
        elif wanted in ("true", "false"):
            where.append(f"json_extract(body, '$.{place}') = {int(wanted == 'true')}")
        else:
            where.append(f"json_extract(body, '$.{place}') = ?")
            values.append(wanted)

    def _bound(self, where: list[str], values: list[Any], name: str, wanted: Any) -> None:
        place = _IN_COLUMN.get(name, f"json_extract(body, '$.{name}')")
        if isinstance(wanted, int):
            where.append(f"{place} = ?")
            values.append(wanted)
        elif wanted:
            for word, bound in wanted.items():
                where.append(f"{place} {_OPERATORS[word]} ?")
                values.append(bound)


def _given(given: Body, name: str) -> Any:
    outer, _, inner = name.partition("[")
    value = given.get(outer)
    return value.get(inner.rstrip("]")) if inner and value is not None else value

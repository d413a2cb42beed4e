"""The simulated Stripe account: its objects, its clock, its agenda and its feed of events."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from portal.stripe_simulator.dispatch import queue
from portal.stripe_simulator.refusals import no_such
from portal.stripe_simulator.store import Body, Store

API_VERSION = "2026-10-28.endive"
DAY = 86_400


class Account:
    """Everything a handler needs to know of the account it works on."""

    def __init__(self, store: Store, merchant: str) -> None:
        self.store = store
        self.merchant = merchant
        self.address = ""
        """Where this process answers: the pages it invites people to are there."""
        self.request_id: str | None = None
        self.idempotency_key: str | None = None
        self._instant: int | None = None

    def now(self) -> int:
        """The account's Unix time: the machine's, moved forward by what the clock was advanced."""
        with self.store.lock:
            if self._instant is not None:
                return self._instant
            return int(time.time()) + int(self.store.setting("clock_offset", "0"))

    @contextmanager
    def at(self, instant: int) -> Iterator[None]:
        """Stand at that instant for a while; used to do what was due then."""
        before, self._instant = self._instant, instant
        try:
            yield
        finally:
            self._instant = before

    def advance_to(self, instant: int) -> None:
        """From now on it is that instant; time only goes forward."""
        self.store.set("clock_offset", str(max(0, instant - int(time.time()))))

    def new_id(self, prefix: str) -> str:
        """An id as Stripe forms them, recognisably simulated."""
        return f"{prefix}_sim{secrets.token_hex(10)}"

    def find(self, object_id: str | None) -> Body | None:
        """The object of that id, if there is one."""
        return self.store.load(object_id) if object_id else None

    def get(self, kind: str, object_id: str, param: str = "id") -> Body:
        """The object of that kind and id; refuses as Stripe does when there is none."""
        found = self.find(object_id)
        if found is None or found["object"] != kind:
            raise no_such(kind.replace(".", " "), object_id, param)
        return found

    def save(self, body: Body) -> Body:
        """Keep an object."""
        return self.store.save(body)

    def plan(self, due_at: int, task: str, subject: str) -> None:
        """Put a task for an object on the agenda."""
        self.store.write(
            "insert into agenda (due_at, task, subject) values (?, ?, ?)", (due_at, task, subject)
        )

    def plan_once(self, due_at: int, task: str, subject: str) -> None:
        """Put a task on the agenda unless it stands there for that very moment."""
        known = self.store.row(
            "select 1 from agenda where subject = ? and task = ? and due_at = ?",
            (subject, task, due_at),
        )
        if known is None:
            self.plan(due_at, task, subject)

    def unplan(self, task: str, subject: str) -> None:
        """Take a task for an object off the agenda."""
        self.store.write("delete from agenda where task = ? and subject = ?", (task, subject))

    def emit(self, event_type: str, body: Body, before: Body | None = None) -> Body:
        """Record that something happened to an object, and queue its webhook.

        `before` holds the previous values of the fields that changed.
        """
        data: Body = {"object": public(body)}
        if before is not None:
            data["previous_attributes"] = before
        event = self.save(
            {
                "id": self.new_id("evt"),
                "object": "event",
                "api_version": API_VERSION,
                "created": self.now(),
                "data": data,
                "livemode": False,
                "pending_webhooks": 1,
                "request": {"id": self.request_id, "idempotency_key": self.idempotency_key},
                "type": event_type,
            }
        )
        queue(self, event)
        return event


def public(body: Body) -> Body:
    """The object as it is shown: without what only the simulator knows of it."""
    return {name: value for name, value in body.items() if name != "_sim"}


def changed(account: Account, body: Body, event_type: str, **fields: Any) -> Body:
    """Change fields of an object, keep it, and tell what they were before."""
    before = {name: body.get(name) for name, value in fields.items() if body.get(name) != value}
    body.update(fields)
    account.save(body)
    account.emit(event_type, body, before)
    return body


Handler = Callable[[Account, Body], Body]
"""What carries out a request: takes the account and the checked parameters, answers an object."""

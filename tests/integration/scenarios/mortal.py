"""The portal as a process of its own that is killed, as by ``kill -9``, at any step of what it does.

One process is prepared once and forked for each act, so that a death costs no start. The steps are
the changes asked of the payment provider and the commits of the portal's own database, each with a
before and an after; nothing in the product knows of them.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from portal import create_app
from portal.config import Settings
from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.donations.stripe_gateway import StripeGateway
from tests.integration.scenarios.acts import ACTS
from tests.integration.stripe.actors import KEY, SECRET

CHANGES = frozenset(
    {
        "start_checkout",
        "expire_checkout",
        "refund",
        "change_amount",
        "change_next_debit",
        "pause_subscription",
        "resume_subscription",
        "cancel_subscription",
        "start_method_update",
        "use_method",
        "pay_invoice",
        "forgive_invoice",
    }
)
"""What the gateway can change at the provider; looking at something is no step of its own."""


@dataclass(frozen=True)
class Order:
    """What a process is to do, when it is, and the step at which it dies; None to live.

    ``rehearsed``: the prepared process does it itself, so that those forked later need not read
    templates and translations again.
    """

    act: str
    given: dict[str, Any]
    now: datetime
    dies_at: str | None = None
    rehearsed: bool = False


@dataclass(frozen=True)
class Life:
    """What became of the process: the steps it took, its answer, or what went wrong; or its death."""

    killed: bool = False
    steps: tuple[str, ...] = ()
    answer: Any = None
    wrong: str = ""


@dataclass
class Steps:
    """The steps of one act, counted by their names."""

    dies_at: str | None
    taken: list[str] = field(default_factory=list)
    times: Counter[str] = field(default_factory=Counter)

    def take(self, what: str) -> None:
        """Go on, or die here."""
        self.times[what] += 1
        name = what if self.times[what] == 1 else f"{what} {self.times[what]}"
        self.taken.append(name)
        if name == self.dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, what: str, do: Callable[..., Any]) -> Callable[..., Any]:
        """The same deed with a step before and a step after it."""

        def stepwise(*given: Any, **named: Any) -> Any:
            self.take(f"before {what}")
            done = do(*given, **named)
            self.take(f"after {what}")
            return done

        return stepwise


@dataclass
class Watched:
    """The portal's gateway, its changes turned into steps."""

    real: Any
    steps: Steps

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.real, name)
        return self.steps.around(name, found) if name in CHANGES else found


@dataclass
class Mortal:
    """The prepared process, from the outside."""

    settings: Settings
    provider: str
    is_ready: bool = False

    def __post_init__(self) -> None:
        start = multiprocessing.get_context("spawn")
        self._line, theirs = start.Pipe()
        given = (theirs, self.settings, self.provider)
        self._process = start.Process(target=prepared, args=given, daemon=True)
        self._process.start()
        theirs.close()

    def lives(self, act: str, now: datetime, **given: Any) -> Life:
        """A process does that and ends well."""
        life = self._told(Order(act, given, now))
        assert not life.killed, f"{act} died of itself"
        assert not life.wrong, life.wrong
        return life

    def dies(self, act: str, now: datetime, step: str, **given: Any) -> None:
        """A process does that and is killed at the step."""
        life = self._told(Order(act, given, now, step))
        assert life.killed, f"{act} did not come to {step!r}: {life.steps} {life.wrong}"

    def rehearses(self, act: str, now: datetime, **given: Any) -> Life:
        """Do that once, as an exercise; what it leaves in the database is to be thrown away."""
        return self._told(Order(act, given, now, rehearsed=True))

    def _told(self, order: Order) -> Life:
        self._line.send(order)
        assert self._line.poll(60), f"{order.act} never ended"
        life = self._line.recv()
        assert isinstance(life, Life)
        return life

    def stop(self) -> None:
        """No more processes."""
        self._line.close()
        self._process.join(10)


def prepared(line: Connection, settings: Settings, provider: str) -> None:
    """Stand ready with the portal put together; fork for each order, tell what became of it."""
    app = create_app(settings, clock=FrozenClock(datetime.now(UTC)))
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    with suppress(EOFError):
        while True:
            order = line.recv()
            if order.rehearsed:
                line.send(_life(app, order, provider))
                gc.freeze()
            else:
                line.send(_lived(app, order, provider))


def _lived(app: Flask, order: Order, provider: str) -> Life:
    ours, theirs = multiprocessing.Pipe(duplex=False)
    child = os.fork()
    if child == 0:
        theirs.send(_life(app, order, provider))
        os._exit(0)
    theirs.close()
    try:
        life: Life = ours.recv()
    except EOFError:
        life = Life(killed=True)
    ours.close()
    _pid, status = os.waitpid(child, 0)
    assert life.killed == (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL)
    return life


def _life(app: Flask, order: Order, provider: str) -> Life:
    """Do it, with connections of its own: none outlives the process that opened it."""
    steps = Steps(order.dies_at)
    gateway = StripeGateway(KEY, (SECRET,), provider, 5.0)
    app.extensions["clock"].instant = order.now
    app.extensions["payments"] = Watched(gateway, steps)
    with app.app_context(), _commits_watched(steps):
        try:
            answer = ACTS[order.act](**order.given)
        except Exception:  # noqa: BLE001 - whatever went wrong in that life is told to the test
            return Life(steps=tuple(steps.taken), wrong=traceback.format_exc())
        finally:
            db.session.remove()
            db.engine.dispose()
            gateway.close()
    return Life(steps=tuple(steps.taken), answer=answer)


@contextmanager
def _commits_watched(steps: Steps) -> Iterator[None]:
    commit = Session.commit
    Session.commit = steps.around("commit", commit)  # type: ignore[method-assign]
    try:
        yield
    finally:
        Session.commit = commit  # type: ignore[method-assign]

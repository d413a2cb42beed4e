"""How many messages the webhook's door takes a second while the worker works them off."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import count
from statistics import median
from typing import Any, Final

import sqlalchemy as sa
from flask import Flask

from portal import create_app
from portal.bench.givers import paid_gifts
from portal.bench.scratch import House, free_port, wait_for
from portal.bench.sender import Measured, Order
from portal.core.db import db, transaction

GIFTS: Final = 40
CONNECTIONS: Final = 8
PATH: Final = "/webhooks/stripe"
PYTHON: Final = (sys.executable, "-m")


@dataclass(frozen=True, slots=True)
class DoorFigures:
    """Medians over the rounds. `steady` is at the wanted rate, `most` as fast as it goes; `drained`
    is how many messages a second the worker worked off meanwhile; `refused` must be nothing."""

    steady: Measured
    most: Measured
    naive: Measured
    ratio: float
    drained_per_second: float
    refused: int


@dataclass(frozen=True, slots=True)
class Doors:
    """Both doors, open, with what is sent to them."""

    house: House
    bodies: list[dict[str, Any]]
    port: int
    naive_port: int
    runs: Iterator[int]

    def knock(self, port: int, seconds: float, rate: float | None) -> Measured:
        """Send for so long, by a process of its own."""
        order = Order(
            port, PATH, self.house.settings.stripe_webhook_secrets[0], self.bodies,
            f"{next(self.runs):03d}", seconds, CONNECTIONS, rate,
        )  # fmt: skip
        done = subprocess.run(
            [*PYTHON, "portal.bench.sender"],
            input=json.dumps(asdict(order)).encode(),
            stdout=subprocess.PIPE,
            env=self.house.environment,
            check=True,
        )
        return Measured(**json.loads(done.stdout))


def measure_door(house: House, *, rate: float, seconds: float, rounds: int) -> DoorFigures:
    """Both doors in turn, round after round, on the same machine in the same run."""
    with _both_doors(house) as (doors, app):
        steady, most, naive, drained = [], [], [], []
        for _ in range(rounds):
            naive.append(doors.knock(doors.naive_port, seconds, None))
            before = _worked_off(app)
            steady.append(doors.knock(doors.port, seconds, rate))
            drained.append((_worked_off(app) - before) / seconds)
            most.append(doors.knock(doors.port, seconds, None))
            _empty_queue(app)
        told = sum(one.refused for one in (*steady, *most))
    middle = _middle(most)
    return DoorFigures(
        steady=_middle(steady),
        most=middle,
        naive=_middle(naive),
        ratio=round(middle.per_second / max(0.1, _middle(naive).per_second), 1),
        drained_per_second=round(median(drained), 1),
        refused=told,
    )


@contextmanager
def _both_doors(house: House) -> Iterator[tuple[Doors, Flask]]:
    simulator = house.start("simulator", [*PYTHON, "portal", "simulator"])
    wait_for(house.settings.simulator_port, "/", simulator)
    app = create_app(house.settings)
    bodies = paid_gifts(app, house, GIFTS)
    port, naive_port = free_port(), free_port()
    web = house.start("web", house.web_command("wsgi:app", port))
    other = house.start("naive", house.web_command("portal.bench.naive:naive_app()", naive_port))
    house.start("worker", [*PYTHON, "portal", "worker"])
    wait_for(port, "/healthz", web)
    wait_for(naive_port, "/healthz", other)
    try:
        yield Doors(house, bodies, port, naive_port, count(1)), app
    finally:
        for name in ("naive", "web", "worker", "simulator"):
            house.stop(name)
        with app.app_context():
            db.engine.dispose()


def _worked_off(app: Flask) -> int:
    with app.app_context():
        done = "select count(*) from webhook_event where state <> 'waiting'"
        return int(db.session.scalar(sa.text(done)) or 0)


def _empty_queue(app: Flask) -> None:
    """The naive door is not to be slowed down by what the other one left behind."""
    with app.app_context(), transaction() as session:
        session.execute(sa.text("delete from procrastinate_jobs where status = 'todo'"))


def _middle(rounds: list[Measured]) -> Measured:
    return sorted(rounds, key=lambda one: one.per_second)[len(rounds) // 2]

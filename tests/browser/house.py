"""The whole portal as processes of their own — web, worker, payment simulator — on a small data set."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psycopg
import sqlalchemy as sa

ROOT = Path(__file__).resolve().parents[2]
PORTAL = [sys.executable, "-m", "portal"]
PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class House:
    """Where a running portal answers, and how to reach behind it."""

    address: str
    simulator: str
    database: str

    def tell_simulator(self, path: str, **order: Any) -> Any:
        """Give the payment simulator an order (its ``/_sim`` door)."""
        request = Request(
            f"{self.simulator}/_sim/{path}",
            json.dumps(order).encode(),
            {"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def ask(self, query: str, *values: Any) -> Any:
        """The first value a query gives."""
        with psycopg.connect(self.database, autocommit=True) as server:
            row = server.execute(query.encode(), values).fetchone()
        return row[0] if row else None

    def forget_counters(self) -> None:
        """Everybody in these tests comes from one address: the limits begin anew."""
        with psycopg.connect(self.database, autocommit=True) as server:
            server.execute("delete from rate_counter")
            server.execute("delete from giving_attempt")

    @contextmanager
    def late_webhooks(self) -> Iterator[None]:
        """The payment provider's messages are held back meanwhile, then sent."""
        self.tell_simulator("webhooks", mode="hold")
        try:
            yield
        finally:
            self.tell_simulator("webhooks", mode="on")


@contextmanager
def running_house(database_url: str, instance: Path) -> Iterator[House]:
    """Migrate, fill and start a portal; stop it and read its log at the end."""
    url = sa.make_url(database_url).set(drivername="postgresql")
    house_url = url.set(database=f"{url.database}_house").render_as_string(hide_password=False)
    _create(url, f"{url.database}_house")
    port, simulator = _free_port(), _free_port()
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PORTAL_", "STRIPE_"))} | {
        "DATABASE_URL": house_url,
        "INSTANCE_DIR": str(instance),
        "PORT": str(port),
        "PORTAL_SIMULATOR_PORT": str(simulator),
    }
    _run(env, "db", "upgrade")
    _run(env, "demo", "load", "--children", "90", "--donors", "50")
    house = House(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{simulator}", house_url)
    with _served(env, instance / "house.log", house):
        yield house


def _create(url: sa.URL, name: str) -> None:
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as server:
        server.execute(f"drop database if exists {name} with (force)".encode())
        server.execute(f"create database {name}".encode())


def _run(env: dict[str, str], *command: str) -> None:
    done = subprocess.run(
        [*PORTAL, *command], env=env, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"portal {' '.join(command)}: {done.stdout}{done.stderr}"[-4000:])


@contextmanager
def _served(env: dict[str, str], log: Path, house: House) -> Iterator[None]:
    with log.open("wb") as kept:
        process = subprocess.Popen(
            [*PORTAL, "serve"], env=env, cwd=ROOT, stdout=kept, stderr=kept, start_new_session=True
        )
        try:
            end = time.monotonic() + PATIENCE
            while not _answers(f"{house.address}/readyz"):
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(log.read_text(errors="replace")[-3000:])
                time.sleep(0.2)
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
    said = log.read_text(errors="replace")
    assert "Traceback" not in said, said[-4000:]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False

"""A whole house on a scratch database: its own folder, ports, server and processes, gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from portal import config, serving
from portal.core import localpg
from portal.core.localpg_shelter import home_of

OURS = ("PORTAL_", "ORGANISATION_", "STRIPE_", "SMTP_", "MAIL_")
NAMED = ("DATABASE_URL", "SECRET_KEY", "PUBLIC_URL", "PORT", "INSTANCE_DIR")
STARTS_WITHIN = 60.0
STOPS_WITHIN = 15.0


class NotStarted(RuntimeError):
    """A part of the scratch house did not come up."""


@dataclass
class House:
    """A scratch house: its settings, and the processes that run in it."""

    settings: config.Settings
    environment: dict[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, command: Sequence[str]) -> subprocess.Popen[bytes]:
        """Start a part of the house; what it says goes to a file beside its data."""
        with (self.settings.instance_dir / f"{name}.log").open("ab") as log:
            started = subprocess.Popen(
                list(command), env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.running[name] = started
        return started

    def stop(self, name: str) -> None:
        """Stop a part, gently first."""
        process = self.running.pop(name, None)
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def web_command(self, application: str, port: int) -> list[str]:
        """gunicorn as the portal itself starts it, for that application on that port."""
        command = serving.web_command(replace(self.settings, port=port))
        return [application if word == "wsgi:app" else word for word in command]

    def run(self, *words: str) -> bytes:
        """Run a module of the portal in the house and give what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", *words], env=self.environment, stdout=subprocess.PIPE, check=True
        )
        return done.stdout


@contextmanager
def scratch_house() -> Iterator[House]:
    """A house in a temporary folder, its server running and its schema new."""
    folder = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    environment = _environment(folder)
    house = House(config.load(environment), environment)
    try:
        _upgrade(localpg.ensure(folder / "pg"))
        yield house
    finally:
        for name in list(house.running):
            house.stop(name)
        localpg.release(folder / "pg")
        _wait_until_gone(home_of(folder / "pg"))
        for gone in {folder, home_of(folder / "pg")}:
            shutil.rmtree(gone, ignore_errors=True)


def _environment(folder: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(OURS) and name not in NAMED
    }
    port, simulator = free_port(), free_port()
    return kept | {
        "INSTANCE_DIR": str(folder),
        "PORT": str(port),
        "PORTAL_SIMULATOR_PORT": str(simulator),
        "PYTHONPATH": str(config.ROOT),
    }


def _upgrade(server: str) -> None:
    from sqlalchemy import make_url

    from portal.core import db as database

    database.upgrade(make_url(server).set(drivername="postgresql+psycopg"))


def _wait_until_gone(data: Path) -> None:
    until = time.monotonic() + STOPS_WITHIN
    while any(data.glob("*/postmaster.pid")) and time.monotonic() < until:
        time.sleep(0.1)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, path: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until something answers there; raises NotStarted."""
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        connection = HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", path)
            connection.getresponse().read()
            return
        except (OSError, HTTPException):
            time.sleep(0.05)
        finally:
            connection.close()
    raise NotStarted(f"nothing answers on port {port}")


def control(house: House, what: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Move the simulator's own hand; gives its answer."""
    import requests

    with requests.Session() as http:
        http.trust_env = False
        answer = http.post(f"{house.settings.simulator_url}/_sim/{what}", json=wanted, timeout=300)
        answer.raise_for_status()
        return dict(answer.json())

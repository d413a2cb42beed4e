"""Running the house: each part is a process of its own, Ctrl-C stops them all."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType

import click

from portal.config import Settings
from portal.core import db as database
from portal.core import localpg

PATIENCE = 20.0


def run_web(settings: Settings, workers: int, threads: int) -> None:
    """Become gunicorn (threads, never sync workers: docs/adr/0005-serving.md)."""
    host = "127.0.0.1" if settings.loopback else "0.0.0.0"  # noqa: S104 - behind a proxy in production
    arguments = [
        sys.executable, "-m", "gunicorn", "wsgi:app", "--worker-class", "gthread",
        "--workers", str(workers), "--threads", str(threads), "--bind", f"{host}:{settings.port}",
        "--graceful-timeout", "5", "--timeout", "120", "--log-level", "warning",
    ]  # fmt: skip
    os.execv(sys.executable, arguments)  # noqa: S606 - ourselves


def run_simulator(settings: Settings) -> None:
    """The stand-in for Stripe, on loopback, with its state in the instance folder."""
    from portal.stripe_simulator import run

    run(
        port=settings.simulator_port,
        state=settings.instance_dir / "simulator.sqlite3",
        webhook_url=f"http://127.0.0.1:{settings.port}/webhooks/stripe",
        webhook_secret=settings.stripe_webhook_secrets[0],
    )


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def serve(settings: Settings) -> int:
    """Web, worker and simulator until Ctrl-C or until one of them dies; gives the exit status."""
    ports = [settings.port] + ([settings.simulator_port] if settings.simulated_payments else [])
    if busy := [port for port in ports if _taken(port)]:
        click.echo(f"Port {busy[0]} is in use; choose another one with PORT.", err=True)
        return 1
    if settings.database_url is None:
        localpg.ensure(settings.instance_dir / "pg")  # kept for as long as this process lives
    database.upgrade(database.database_url(settings))
    if settings.demo:
        filled = subprocess.run(
            [sys.executable, "-m", "portal", "demo", "load", "--if-empty"], check=False
        )
        if filled.returncode:
            click.echo("The demonstration data could not be made; nothing was started.", err=True)
            return 1
    names = ["web", "worker"] + (["simulator"] if settings.simulated_payments else [])
    children = {name: _start(name) for name in names}
    return _watch(children, settings)


def _start(name: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "portal", name], start_new_session=True)


def _watch(children: dict[str, subprocess.Popen[bytes]], settings: Settings) -> int:
    stopping: list[int] = []

    def stop(signum: int, _frame: FrameType | None) -> None:
        stopping.append(signum)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    status, told, started = 0, False, time.monotonic()
    while not stopping:
        if dead := [name for name, child in children.items() if child.poll() is not None]:
            click.echo(f"The {dead[0]} process stopped; so everything stops.", err=True)
            status = 1
            break
        if not told and all(_taken(p) for p in (settings.port,)):
            told = True
            _tell(settings, time.monotonic() - started)
        time.sleep(0.1)
    _stop_all(children)
    return status


def _tell(settings: Settings, seconds: float) -> None:
    home = settings.public_url
    click.echo(f"\n  Sourire is ready ({seconds:.1f} s)\n")
    click.echo(f"    The site                {home}/")
    if settings.demo and settings.loopback:
        click.echo(
            f"    Enter as a sponsor, the head office or an accountant (one click each)\n"
            f"                            {home}/demo"
        )
        click.echo(f"    Letters that were sent  {home}/demo/mailbox")
    if settings.simulated_payments:
        click.echo(f"    The payment simulator   {settings.simulator_url}/  (no money moves)")
    click.echo("\n  Ctrl-C stops everything.\n")


def _stop_all(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for child in children.values():
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    end = time.monotonic() + PATIENCE
    for child in children.values():
        try:
            child.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()

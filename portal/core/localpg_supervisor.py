"""Owns the private PostgreSQL of core/localpg.py; a script of its own, standard library only.

python localpg_supervisor.py FOLDER SOCKET_FOLDER PROGRAMS [--test]

It makes the cluster when there is none, starts the server, starts it again when it dies, and
stops it a second after the last process let go of users.lock. Exit status 0: stopped, or another
supervisor is at work; 1: refused, the sentence is on standard error.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

CLONE_NEWUSER, PR_SET_PDEATHSIG = 0x10000000, 1
TICK, GRACE = 0.1, 1.0  # seconds: how often it looks, how long it waits for a new user
MOST_CRASHES = 20
_SOMEBODY = next(
    (
        p.pw_uid
        for p in sorted(pwd.getpwall(), key=lambda p: p.pw_name not in ("postgres", "nobody"))
        if p.pw_uid
    ),
    65534,
)  # initdb wants an account with a name


class Refused(Exception):
    """The server cannot be run here; the message is a sentence for the person who tries."""


@dataclass(frozen=True)
class Place:
    """Where the server lives and with which programs it runs."""

    root: Path
    socket: Path
    programs: Path
    test: bool = False

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def environment(self) -> dict[str, str]:
        return {k: v for k, v in os.environ.items() if not k.startswith("PG")} | {"LC_ALL": "C"}

    def major(self) -> int:
        """The major version of the programs."""
        said = subprocess.check_output([self.programs / "postgres", "--version"], text=True)
        return int(said.split()[2].split(".")[0])


# ---------------------------------------------------------------- never as root
def _demote() -> None:
    """In the child, before exec: die with the supervisor, and never be uid 0 (postgres refuses it).

    Root gets a user namespace in which it is some other account: no useradd, chown or chmod.
    Where namespaces are forbidden (a default Docker container) it really becomes that account.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() == 0:
        if namespaces():
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


def namespaces() -> bool:
    """Whether this machine lets root make user namespaces."""
    if (pid := os.fork()) == 0:
        os._exit(1 if sys.platform != "linux" or ctypes.CDLL(None).unshare(CLONE_NEWUSER) else 0)
    return os.waitpid(pid, 0)[1] == 0


def _give_away(place: Place) -> None:
    """Only for root without user namespaces: hand the folders over; Refused when that is not enough."""
    if os.geteuid() or namespaces():
        return
    for folder in (place.root, place.socket):
        for path in (folder, *folder.rglob("*")):
            os.chown(path, _SOMEBODY, _SOMEBODY, follow_symlinks=False)
    for path in (place.programs, place.root):
        for above in path.parents:
            if not above.stat().st_mode & 0o001:
                raise Refused(
                    f"root cannot run PostgreSQL and {above} is closed to other accounts:"
                    " set DATABASE_URL or run as a normal user."
                )


# ---------------------------------------------------------------- the cluster
def _make_cluster(place: Place, major: int) -> None:
    new = place.root / "data.new"
    shutil.rmtree(new, ignore_errors=True)
    language = (
        ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        if major >= 17
        else ["--locale=C.UTF-8"]
    )
    command = [str(place.programs / "initdb"), "-D", str(new), "-U", "postgres", "--auth=trust"]
    subprocess.run(
        [*command, "--encoding=UTF8", *language, *(["--no-sync"] if place.test else [])],
        check=True,
        env=place.environment,
        preexec_fn=_demote,
        stdout=subprocess.DEVNULL,
        stderr=sys.stderr,
    )
    new.rename(place.data)  # a killed initdb leaves no half cluster


def _prepare(place: Place) -> None:
    """The folder holds a cluster these programs can run; raises Refused."""
    major = place.major()
    if not (place.data / "PG_VERSION").exists():
        _make_cluster(place, major)
    have = int((place.data / "PG_VERSION").read_text())
    if have != major:
        raise Refused(
            f"{place.data} was made by PostgreSQL {have}, these programs are {major}:"
            " dump with the old ones and restore with the new."
        )


def _forget_stale_pidfile(data: Path) -> None:
    """Remove the pid file of a server that is gone; Refused when a server still runs there."""
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return
    end = time.monotonic() + 30  # the last one may still be stopping
    while _works_in(pid, data):
        if time.monotonic() > end:
            raise Refused(f"Another PostgreSQL (pid {pid}) holds {data}.")
        time.sleep(TICK)
    if sys.platform == "linux":
        (data / "postmaster.pid").unlink(missing_ok=True)  # pid gone or recycled


def _works_in(pid: int, data: Path) -> bool:
    try:
        return os.readlink(f"/proc/{pid}/cwd") == str(data)
    except OSError:
        return False


# ---------------------------------------------------------------- the server
def _options(place: Place) -> list[str]:
    conf = {
        "listen_addresses": "",
        "unix_socket_directories": str(place.socket),
        "unix_socket_permissions": "0700",
        "timezone": "UTC",
        "max_connections": "200" if place.test else "60",
        "logging_collector": "off",
    }
    if place.test:
        conf |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return [part for name, value in conf.items() for part in ("-c", f"{name}={value}")]


def _start(place: Place) -> subprocess.Popen[bytes]:
    _forget_stale_pidfile(place.data)
    with (place.root / "server.log").open("a") as log:
        return subprocess.Popen(
            [place.programs / "postgres", "-D", place.data, *_options(place)],
            env=place.environment,
            preexec_fn=_demote,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def _unused(users: IO[str]) -> bool:
    """Whether nobody holds users.lock; then this process does, and newcomers wait."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _watch(place: Place, users: IO[str], stop: list[int]) -> subprocess.Popen[bytes]:
    """Keep the server alive until nobody needs it; gives it, still running."""
    server, idle, crashes = _start(place), 0.0, 0
    while not stop:
        time.sleep(TICK)
        if server.poll() is not None:  # crashed: recover
            crashes += 1
            if crashes > MOST_CRASHES:
                raise Refused(f"PostgreSQL keeps dying, see {place.root / 'server.log'}.")
            time.sleep(0.5)
            server = _start(place)
        if not _unused(users):
            idle = 0.0
            continue
        idle += TICK
        if idle >= GRACE:
            break  # keep the lock: newcomers wait till we are gone
        fcntl.flock(users, fcntl.LOCK_UN)
    return server


def supervise(place: Place) -> None:
    """Own the server until nobody uses it; returns at once when another supervisor does."""
    with (
        (place.root / "supervisor.lock").open("a+") as alone,
        (place.root / "users.lock").open("a+") as users,
    ):
        if not _unused(alone):
            return
        stop: list[int] = []
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda signum, _frame: stop.append(signum))
        _give_away(place)
        _prepare(place)
        server = _watch(place, users, stop)
        server.send_signal(signal.SIGINT)
        server.wait(120)


def main(arguments: list[str]) -> None:
    """Run as a script; a refusal is a sentence on standard error and exit status 1."""
    root, socket, programs = (Path(path) for path in arguments[:3])
    try:
        supervise(Place(root, socket, programs, "--test" in arguments[3:]))
    except Refused as refusal:
        sys.exit(str(refusal))


if __name__ == "__main__":
    main(sys.argv[1:])

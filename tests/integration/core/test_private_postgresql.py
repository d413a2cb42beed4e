"""The private PostgreSQL: one server however many want it, none when nobody does."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from portal.core import localpg

ROOT = Path(__file__).resolve().parents[3]
USER = (
    "import sys; from portal.core import localpg;"
    "print(localpg.ensure(sys.argv[1], test=True), flush=True); sys.stdin.read()"
)
SOON = 30.0  # seconds, on a machine that has other things to do


def _until(true: Callable[[], object], seconds: float = SOON) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


class _User:
    """A process that needs the server until it is told to leave, or killed."""

    def __init__(self, root: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, str(root)],
            cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def address(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def leave(self, by: int = signal.SIGKILL) -> None:
        self.process.send_signal(by)
        self.process.communicate(timeout=SOON)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for one private server, emptied afterwards."""
    asked = tmp_path_factory.mktemp("private") / "pg"
    yield asked
    home = _home(asked)
    assert _until(lambda: not _runs(home)), "it stops by itself"
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def user(root: Path) -> Iterator[Callable[[], _User]]:
    """``user()`` is one more process that needs the server."""
    here: list[_User] = []

    def come() -> _User:
        here.append(_User(root))
        return here[-1]

    yield come
    for one in here:
        if one.process.poll() is None:
            one.leave()


def _home(root: Path) -> Path:
    return localpg._paths(root)[0]


def _runs(home: Path) -> bool:
    return (home / "data" / "postmaster.pid").exists()


def _postmaster(home: Path) -> int:
    return int((home / "data" / "postmaster.pid").read_text().split()[0])


def _one(address: str) -> int:
    with psycopg.connect(address.replace("+psycopg", "")) as connection:
        row = connection.execute("select 1").fetchone()
    return int(row[0]) if row else 0


def test_two_who_come_at_once_share_one_server_which_goes_after_the_last(
    root: Path, user: Callable[[], _User]
) -> None:
    one, other = user(), user()
    addresses = {one.address(), other.address()}
    assert addresses == {localpg.url(root)}
    assert _one(addresses.pop()) == 1
    pid = _postmaster(_home(root))
    one.leave(signal.SIGKILL)
    time.sleep(1.5)
    assert _postmaster(_home(root)) == pid, "somebody still needs it"
    other.leave(signal.SIGKILL)
    assert _until(lambda: not _runs(_home(root))), "killed users do not keep it alive"


def test_it_comes_back_when_it_dies(root: Path, user: Callable[[], _User]) -> None:
    address, home = user().address(), _home(root)
    pid = _postmaster(home)
    os.kill(pid, signal.SIGKILL)

    def is_back() -> bool:
        try:
            return _one(address) == 1 and _postmaster(home) != pid
        except (psycopg.OperationalError, OSError, ValueError, IndexError):
            return False

    assert _until(is_back)


def test_a_pid_file_that_names_somebody_else_is_in_nobodys_way(
    root: Path, user: Callable[[], _User]
) -> None:
    home, first = _home(root), user()
    assert first.address()
    first.leave()
    assert _until(lambda: not _runs(home))
    (home / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{home / 'data'}\n")
    assert _one(user().address()) == 1
    assert _postmaster(home) != os.getpid()


def test_this_process_may_take_it_and_let_it_go(root: Path) -> None:
    assert localpg.ensure(root, test=True) == localpg.ensure(root, test=True)
    with psycopg.connect(localpg.url(root, driver="postgresql")) as connection:
        fsync = connection.execute("show fsync").fetchone()
        listening = connection.execute("show listen_addresses").fetchone()
    assert (fsync, listening) == (("off",), ("",))
    localpg.release(root)
    localpg.release(root)
    assert _until(lambda: not _runs(_home(root)))


def test_what_another_version_made_is_refused_with_a_sentence(tmp_path: Path) -> None:
    home = _home(tmp_path / "pg")
    (home / "data").mkdir()
    (home / "data" / "PG_VERSION").write_text("9\n")
    try:
        with pytest.raises(localpg.LocalServerError) as refused:
            localpg.ensure(tmp_path / "pg", test=True)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    assert str(refused.value).startswith("PostgreSQL did not start. ")
    assert "was made by PostgreSQL 9, these programs are" in str(refused.value)
    assert "Traceback" not in str(refused.value)


def test_an_old_refusal_is_not_told_twice(tmp_path: Path) -> None:
    home = _home(tmp_path / "pg")
    (home / "supervisor.log").write_text("Some old sentence.\n")
    (home / "data").mkdir()
    (home / "data" / "PG_VERSION").write_text("9\n")
    try:
        with pytest.raises(localpg.LocalServerError) as refused:
            localpg.ensure(tmp_path / "pg", test=True)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    assert "Some old sentence" not in str(refused.value)


def test_a_path_too_long_for_a_socket_has_its_socket_elsewhere(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    home, socket_folder = localpg._paths(deep)
    try:
        assert len(str(socket_folder)) <= localpg.LONGEST_SOCKET
        assert socket_folder.stat().st_mode & 0o777 == 0o700
        assert localpg._paths(deep) == (home, socket_folder), "always the same"
        assert localpg._paths(tmp_path / "other")[1] != socket_folder
    finally:
        if socket_folder.parent != home:
            socket_folder.rmdir()


def test_the_programs_may_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert (localpg.bindir() / "postgres").exists()
    monkeypatch.setenv("PG_BINDIR", str(tmp_path))
    assert localpg.bindir() == tmp_path

"""``portal serve``: every part runs, Ctrl-C stops them all, none outlives another."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal import config, serving

ROOT = Path(__file__).resolve().parents[3]
SOON = 60.0  # seconds, on a machine that has other things to do


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def _until(true: Callable[[], object], seconds: float = SOON) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.1)
    return False


def _arguments(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


class _House:
    """A running ``portal serve``."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.port, self.simulator_port = _free_ports()
        ports = {"PORT": str(self.port), "PORTAL_SIMULATOR_PORT": str(self.simulator_port)}
        self.log = folder / "serve.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-u", "-m", "portal", "serve"],
                env=environment | ports | {"PYTHONPATH": str(ROOT)},
                cwd=folder, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip

    @property
    def said(self) -> str:
        return self.log.read_text()

    def children(self) -> list[int]:
        """The processes of its parts."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == self.process.pid:
                found.append(int(folder.name))
        return found

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.said
        return "Sourire is ready" in self.said

    def stops(self) -> int:
        return self.process.wait(timeout=SOON)


@pytest.fixture
def house(environment: dict[str, str], tmp_path: Path) -> Iterator[_House]:
    house = _House(environment, tmp_path)
    yield house
    if house.process.poll() is None:
        house.process.terminate()
        house.process.wait(timeout=SOON)


def _pid(house: _House, words: str) -> int:
    return next(pid for pid in house.children() if words in _arguments(pid))


def _gone(pids: list[int]) -> bool:
    return not any(_arguments(pid) for pid in pids)


def test_everything_runs_and_ctrl_c_stops_it(house: _House) -> None:
    assert _until(house.is_ready)
    pids = [_pid(house, words) for words in ("gunicorn", "portal worker", "portal simulator")]
    connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=SOON)
    connection.request("GET", "/fr/")
    assert connection.getresponse().status == 200
    connection.close()
    house.process.send_signal(signal.SIGINT)
    assert house.stops() == 0
    assert _gone(pids)
    assert "Traceback" not in house.said
    assert f"http://127.0.0.1:{house.port}/" in house.said


def test_when_one_part_dies_the_others_stop_and_the_status_says_so(house: _House) -> None:
    assert _until(house.is_ready)
    pids = house.children()
    os.kill(_pid(house, "portal worker"), signal.SIGKILL)
    assert house.stops() == 1
    assert "The worker process stopped; so everything stops." in house.said
    assert _gone(pids)


def test_when_it_is_killed_itself_nothing_is_left_behind(house: _House) -> None:
    assert _until(house.is_ready)
    pids = house.children()
    house.process.kill()
    house.stops()
    assert _until(lambda: _gone(pids))


@pytest.mark.parametrize("which", ["PORT", "PORTAL_SIMULATOR_PORT"])
def test_a_port_in_use_is_named(environment: dict[str, str], which: str) -> None:
    free, _other = _free_ports()
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        busy = somebody.getsockname()[1]
        ports = {"PORT": str(free), "PORTAL_SIMULATOR_PORT": str(_other), which: str(busy)}
        said = subprocess.run(
            [sys.executable, "-m", "portal", "serve"],
            env=environment | ports | {"PYTHONPATH": str(ROOT)},
            cwd=ROOT, capture_output=True, text=True, check=False, timeout=SOON,
        )  # fmt: skip
    assert said.returncode == 1
    assert said.stderr == f"Port {busy} is in use; choose another one with PORT.\n"


def test_the_web_server_listens_to_the_world_only_behind_its_proxy(tmp_path: Path) -> None:
    told = {"INSTANCE_DIR": str(tmp_path), "PORT": "8123"}
    here = serving.web_command(config.load(told))
    assert here[here.index("--bind") + 1] == "127.0.0.1:8123"
    away = serving.web_command(config.load(told | {"PUBLIC_URL": "https://sourire.example.org"}))
    assert away[away.index("--bind") + 1] == "0.0.0.0:8123"
    assert "--access-logfile" not in here, "addresses of visitors are not written down"


def test_an_empty_database_holds_no_records(environment: dict[str, str]) -> None:
    address = environment["DATABASE_URL"]
    assert not serving._holds_records(address)

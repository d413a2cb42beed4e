"""The simulator as the process that people start."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from tests.integration.stripe.actors import SECRET


def command(port: int, state: Path, host: str = "127.0.0.1") -> list[str]:
    asked = f"--port {port} --state {state} --host {host} --webhook-secret {SECRET}"
    url = "http://127.0.0.1:9/webhooks/stripe"
    return [
        sys.executable,
        "-m",
        "portal.stripe_simulator",
        *asked.split(),
        "--webhook-url",
        url,
    ]


def a_free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_it_starts_says_its_address_and_ends_when_told(
    tmp_path: Path, browser: requests.Session
) -> None:
    port = a_free_port()
    with subprocess.Popen(
        command(port, tmp_path / "s.sqlite3"), stderr=subprocess.PIPE, text=True
    ) as process:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                assert browser.get(f"http://127.0.0.1:{port}/").status_code == 200
                break
            except requests.ConnectionError:
                time.sleep(0.05)
        process.terminate()
        said = process.communicate(timeout=10)[1]
    assert process.returncode == 0
    assert said.strip() == f"the Stripe simulator answers at http://127.0.0.1:{port}"


@pytest.mark.parametrize("host", ["0.0.0.0", "nowhere"])
def test_it_does_not_start_where_others_could_reach_it(tmp_path: Path, host: str) -> None:
    done = subprocess.run(
        command(a_free_port(), tmp_path / "s.sqlite3", host),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert "error:" in done.stderr

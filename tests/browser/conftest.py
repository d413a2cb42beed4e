"""The whole house as a newcomer starts it — web, worker, payment simulator — and a real browser.

Every page a test opens is checked: no horizontal scroll, no console message, no blocked resource,
no axe violation (WCAG 2.2 AA and RGAA).
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import psycopg
import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, sync_playwright

from tests.browser.screen import Screen

ROOT = Path(__file__).resolve().parents[2]
SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 120.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All browser tests share one house: one worker runs them."""
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


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


@pytest.fixture(scope="session")
def house(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running portal with a small demonstration data set."""
    url = sa.make_url(database_url)
    name = f"{url.database}_house"
    with psycopg.connect(
        url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
    ) as server:
        server.execute(f"drop database if exists {name} with (force)")
        server.execute(f"create database {name}")
    port, instance = _free_port(), tmp_path_factory.mktemp("house")
    house_url = url.set(drivername="postgresql", database=name)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PORTAL_", "STRIPE_"))} | {
        "DATABASE_URL": house_url.render_as_string(hide_password=False),
        "INSTANCE_DIR": str(instance),
        "PORT": str(port),
        "PORTAL_SIMULATOR_PORT": str(_free_port()),
    }
    portal = [sys.executable, "-m", "portal"]
    subprocess.run([*portal, "db", "upgrade"], env=env, cwd=ROOT, check=True, capture_output=True)
    load = [*portal, "demo", "load", "--children", "90", "--donors", "50"]
    subprocess.run(load, env=env, cwd=ROOT, check=True, capture_output=True)
    log = (instance / "house.log").open("wb")
    process = subprocess.Popen(
        [*portal, "serve"], env=env, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
    )
    address = f"http://127.0.0.1:{port}"
    end = time.monotonic() + PATIENCE
    while not _answers(f"{address}/readyz"):
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError((instance / "house.log").read_text(errors="replace")[-3000:])
        time.sleep(0.2)
    yield address
    process.send_signal(signal.SIGINT)
    process.wait(30)
    log.close()
    said = (instance / "house.log").read_text(errors="replace")
    assert "Traceback" not in said, said[-4000:]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def open_screen(chromium: Browser, house: str) -> Iterator[Callable[..., Screen]]:
    """``open_screen(language="fr", width=1280, javascript=True, persona=None)``."""
    screens: list[Screen] = []

    def open_one(
        *, language: str = "fr", width: int = 1280, javascript: bool = True, persona: str = ""
    ) -> Screen:
        context = chromium.new_context(
            base_url=house,
            viewport={"width": width, "height": 900},
            locale="fr-FR" if language == "fr" else "en-GB",
            java_script_enabled=javascript,
            accept_downloads=True,
        )
        screen = Screen(context.new_page(), language, javascript=javascript)
        screens.append(screen)
        if persona:
            screen.enter_as(persona)
        return screen

    yield open_one
    troubles = [trouble for screen in screens for trouble in screen.troubles]
    for screen in screens:
        screen.page.context.close()
    assert troubles == []

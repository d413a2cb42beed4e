"""The ``portal`` command: every feature's commands, sentences instead of tracebacks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from flask import Flask, current_app

from portal import serving
from portal.cli import main
from portal.core import localpg
from portal.core.console import in_portal

ROOT = Path(__file__).resolve().parents[3]


def _portal(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "portal", *words],
        env=environment | {"PYTHONPATH": str(ROOT)},
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_the_help_names_what_runs_the_house_and_what_features_bring() -> None:
    said = CliRunner().invoke(main, ["--help"])
    assert said.exit_code == 0
    for name in ("serve", "web", "worker", "db", "import", "receipts", "books", "staff", "demo"):
        assert f"\n  {name} " in said.output, name


def test_with_a_key_of_stripe_nothing_signs_messages_in_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The simulator signs with the first webhook secret: beside Stripe it would be Stripe's own."""
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_abc")
    monkeypatch.setattr(serving, "run_simulator", lambda _settings: pytest.fail("it was started"))
    said = CliRunner().invoke(main, ["simulator"])
    assert (said.exit_code, "nothing was started" in said.output) == (1, True)


def test_a_command_nobody_knows_is_misuse() -> None:
    assert CliRunner().invoke(main, ["nothing"]).exit_code == 2


def test_settings_that_cannot_be_end_in_a_sentence(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    said = _portal(environment | {"PORT": "none", "STRIPE_KEY": "x"}, "db", "upgrade")
    assert said.returncode == 2
    assert "PORT: 'none' is not a port" in said.stderr
    assert "STRIPE_KEY: no setting has this name" in said.stderr
    assert "Traceback" not in said.stderr
    assert said.stdout == ""


def test_a_private_database_that_cannot_start_ends_in_a_sentence(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    home = localpg._paths(tmp_path / "pg")[0]
    (home / "data").mkdir()
    (home / "data" / "PG_VERSION").write_text("9\n")
    told = {k: v for k, v in environment.items() if k != "DATABASE_URL"}
    said = _portal(told | {"INSTANCE_DIR": str(tmp_path)}, "db", "upgrade")
    assert said.returncode == 1
    assert "was made by PostgreSQL 9" in said.stderr
    assert "Traceback" not in said.stderr


def test_the_schema_can_be_brought_up_to_date_again_and_again(environment: dict[str, str]) -> None:
    said = _portal(environment, "db", "upgrade")
    assert (said.returncode, said.stdout) == (0, "The schema is up to date.\n")


def test_a_command_works_in_the_portal_of_its_run(app: Flask) -> None:
    @click.command()
    def look() -> None:
        with in_portal() as found:
            click.echo(found.name)

    with in_portal() as here:
        assert here is app
    assert CliRunner().invoke(look).output == "portal\n"


def test_outside_a_context_it_is_made_when_it_is_asked_for(committed_settings: Any) -> None:
    from portal import create_app
    from portal.core.db import db

    @click.command()
    @click.pass_context
    def look(context: click.Context) -> None:
        context.obj = lambda: create_app(committed_settings)
        with in_portal() as found:
            assert current_app.name == "portal"
            click.echo(found.extensions["settings"].mode)
            db.engine.dispose()

    assert CliRunner().invoke(look).output == "test\n"
    assert os.environ.get("PORTAL_MODE") is None


@pytest.mark.parametrize("words", [["serve", "--help"], ["worker", "--help"], ["simulator", "-h"]])
def test_what_only_runs_the_house_does_not_load_the_features(words: list[str]) -> None:
    code = (
        "import sys; from click.testing import CliRunner; from portal.cli import main;"
        f"assert CliRunner().invoke(main, {words!r}).exit_code == 0;"
        "assert 'sqlalchemy' not in sys.modules and 'flask' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)

"""``portal accounting statement FILE`` says the same as the page."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner
from flask import Flask

from portal.accounting.commands import accounting
from tests.factories.bank import all_lines
from tests.factories.statements import IBAN, Wire, camt, delimited

GIFT = Wire(5_000, text="Don")


def run(file: Path, *options: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(accounting, ["statement", str(file), *options])
    return result.exit_code, result.stdout, result.stderr


def test_a_statement_is_imported_and_told_as_json(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "releve.xml"
    file.write_bytes(camt([GIFT]))
    status, out, _err = run(file, "--dry-run", "--json")
    told = json.loads(out)
    assert (status, told["imported"], told["new"]) == (0, False, 1)
    assert all_lines() == []
    status, out, _err = run(file, "--json")
    told = json.loads(out)
    assert (status, told["imported"], told["waiting"]) == (0, True, 1)
    assert told["statements"][0]["closing"] == 105_000
    assert len(all_lines()) == 1
    assert "imported before" in run(file)[1]


def test_what_is_refused_says_why_and_keeps_nothing(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "releve.xml"
    file.write_bytes(camt([GIFT], closing=1))
    status, out, _err = run(file, "--json")
    assert status == 1
    assert "does not add up" in json.loads(out)["problem"]
    status, _out, err = run(file)
    assert (status, "Nothing was imported." in err) == (1, True)


def test_a_table_needs_its_account(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_bytes(delimited([GIFT]))
    assert run(file)[0] == 1
    assert run(file, "--account", IBAN)[0] == 0
    assert len(all_lines()) == 1

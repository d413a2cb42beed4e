"""``portal receipts run``, ``export`` and ``verify``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from portal.core import documents
from portal.receipts.commands import receipts
from portal.receipts.services import cancel_receipt
from tests.factories.people import make_donor
from tests.factories.receipts import NOW, make_receipt, make_received_gift


def _portal(*arguments: str) -> Result:
    return CliRunner().invoke(receipts, list(arguments))


def _document(result: Result) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(result.stdout)
    return read


def test_the_run_prints_one_document(app: Flask) -> None:
    make_received_gift(make_donor())
    blocked = make_donor(city="")
    make_received_gift(blocked)
    refused = [{"donor_ref": blocked.ref, "reason": "incomplete_address"}]
    numbers = {"first_number": "R2025-000001", "last_number": "R2025-000001"}
    expected = {"year": 2025, "issued": 1, "blocked": refused, "total_minor": 5000, **numbers}
    assert _document(_portal("run", "2025", "--dry-run", "--json")) == expected
    result = _portal("run", "2025", "--json")
    assert result.exit_code == 0
    assert _document(result) == expected
    assert "1 of 1 receipts" in result.stderr
    assert "Finished at 2026-11-22 11:00: 1 issued, 0 failed, 1 blocked" in result.stderr
    again = _document(_portal("run", "2025", "--json"))
    assert (again["issued"], again["first_number"], again["blocked"]) == (0, None, refused)


def test_the_run_says_the_same_in_words(app: Flask) -> None:
    make_received_gift(make_donor())
    result = _portal("run", "2025", "--dry-run")
    assert "2025: 1 receipts, 50.00 EUR, R2025-000001 to R2025-000001" in result.stdout


def test_a_year_that_is_not_over_is_refused(app: Flask) -> None:
    make_received_gift(make_donor(), on=NOW.date())
    result = _portal("run", "2026", "--json")
    assert result.exit_code == 1
    assert "2026 is not over" in result.stderr
    assert _portal("run", "2026", "--dry-run").exit_code == 0


def test_the_export_holds_the_register_and_every_paper(app: Flask, tmp_path: Path) -> None:
    first, second = make_receipt(make_donor(last_name="=HYPERLINK")), make_receipt()
    cancel_receipt(first.id, reason="wrong; person", by=None, at=NOW)
    folder = tmp_path / "2025"
    assert _portal("export", "2025", str(folder)).exit_code == 0
    assert sorted(p.name for p in folder.iterdir()) == [
        f"{first.number}.pdf", f"{second.number}.pdf", "register.csv",
    ]  # fmt: skip
    assert (folder / f"{second.number}.pdf").read_bytes() == documents.read(second.document)
    lines = (folder / "register.csv").read_bytes().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Numéro;État;Formulaire;")
    assert lines[1].startswith(f"{first.number};annulé;11580*05;2025;2026-11-22;")
    assert '"wrong; person"' in lines[1]
    assert ";50,00;EUR;" in lines[2]
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    assert _portal("export", "2025", str(folder)).exit_code == 0
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def test_a_year_without_receipts_is_not_exported(app: Flask, tmp_path: Path) -> None:
    result = _portal("export", "2019", str(tmp_path / "none"))
    assert result.exit_code == 1
    assert "No receipt was issued for 2019." in result.stderr
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("what", ["valid", "altered", "cancelled"])
def test_a_file_is_ours_or_not(app: Flask, tmp_path: Path, what: str) -> None:
    receipt = make_receipt()
    content = documents.read(receipt.document)
    if what == "cancelled":
        cancel_receipt(receipt.id, reason="x", by=None, at=NOW)
    file = tmp_path / "receipt.pdf"
    file.write_bytes(content + b"." if what == "altered" else content)
    result = _portal("verify", str(file))
    assert result.exit_code == (0 if what == "valid" else 1)
    words = {
        "valid": "unaltered, valid",
        "altered": "not a receipt of ours",
        "cancelled": "was cancelled",
    }
    assert words[what] in result.stdout

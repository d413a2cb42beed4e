"""What docs/rules/exports.md tells of the files is what they are."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from portal.accounting.queries import ledger, payout_rows
from portal.accounting.services import statement_kinds
from portal.core.exports import export_kinds
from portal.donations import gift_export
from portal.office.exports import auditor
from portal.receipts.queries import declaration

PAGE = Path(__file__).resolve().parents[3] / "docs" / "rules" / "exports.md"
TABLES = (
    ledger.COLUMNS,
    payout_rows.COLUMNS,
    gift_export.COLUMNS,
    declaration.COLUMNS,
    auditor.CONTROLS,
    auditor.RECEIPTS,
    auditor.LINKS,
    auditor.WITHOUT,
    statement_kinds.CROD,
    statement_kinds.CER,
    statement_kinds.FUNDS,
)


def test_every_column_is_named() -> None:
    page = PAGE.read_text(encoding="utf-8")

    for columns in TABLES:
        assert [each.name for each in columns if f"`{each.name}`" not in page] == []


def test_every_name_is_french_and_stands_in_the_table(app: Flask) -> None:
    page = PAGE.read_text(encoding="utf-8").replace("<SIREN>", "123456782")

    for kind in export_kinds():
        assert f"`{kind.name_of(2026).removesuffix('-partiel')}`" in page, kind.code


def test_every_kind_stands_in_the_table(app: Flask) -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert [kind.code for kind in export_kinds() if f"| `{kind.code}` |" not in page] == []

"""The columns that leave the house are those that docs/rules/exports.md and books.md tell."""

from __future__ import annotations

from pathlib import Path

from portal.accounting.fec import COLUMNS as FEC_COLUMNS
from portal.accounting.queries.checks import CHECKS
from portal.accounting.queries.journal import COLUMNS
from portal.accounting.queries.overview import BALANCE_COLUMNS

RULES = Path(__file__).resolve().parents[3] / "docs" / "rules"


def test_every_column_is_documented_in_its_order() -> None:
    page = (RULES / "exports.md").read_text(encoding="utf-8")

    for names in (FEC_COLUMNS, [c.name for c in COLUMNS], [c.name for c in BALANCE_COLUMNS]):
        places = [page.find(f"`{name}`") for name in names]
        assert -1 not in places, names


def test_the_journals_table_lists_its_columns_in_order() -> None:
    page = (RULES / "exports.md").read_text(encoding="utf-8")
    told = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]

    assert [name for name in told if name in {c.name for c in COLUMNS}] == [c.name for c in COLUMNS]


def test_every_check_is_documented() -> None:
    page = (RULES / "books.md").read_text(encoding="utf-8")

    assert [name for name, _run, _label in CHECKS if f"| `{name}` |" not in page] == []

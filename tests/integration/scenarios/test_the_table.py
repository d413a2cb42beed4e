"""docs/scenarios.md says where each scenario is played: every one has its row, every test exists."""

from __future__ import annotations

import re

import pytest

from portal.config import ROOT

TABLE = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", TABLE)))


def test_each_scenario_has_its_row_and_a_test() -> None:
    rows = re.findall(r"^\| (\d+) \|.*?\.py::", TABLE, re.MULTILINE)
    assert [int(number) for number in rows] == list(range(1, 26))


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_what_the_table_names_exists(file: str, name: str) -> None:
    source = (ROOT / "tests" / file).read_text(encoding="utf-8")
    assert re.search(rf"^ *def {name}\(", source, re.MULTILINE)

"""The page about the register names its columns, in their order."""

from __future__ import annotations

import re
from pathlib import Path

from portal.receipts.queries import particulars
from portal.receipts.queries.checks import CHECKS
from portal.receipts.rules import eligibility
from portal.receipts.services.exports import COLUMNS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "rules" / "receipt-register.md"


def test_every_column_of_the_register_is_explained() -> None:
    told = re.findall(r"^\| ([^|]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert told[1:] == [column.name for column in COLUMNS]


def test_every_check_and_every_reason_is_explained() -> None:
    page = (PAGE.parent / "receipts.md").read_text(encoding="utf-8")
    reasons = [*eligibility_codes(), particulars.COUNTRY_UNKNOWN.code, particulars.UNPRINTABLE.code]
    names = [*(name for name, _run, _label in CHECKS), *reasons]
    assert [name for name in names if f"`{name}`" not in page] == []


def eligibility_codes() -> list[str]:
    return [
        each.code for each in vars(eligibility).values() if isinstance(each, eligibility.Reason)
    ]

"""The two statements of an association that appeals to the public's generosity, row by row.

CROD: compte de résultat par origine et destination (ANC 2018-06, art. 432-2). CER: compte d'emploi
annuel des ressources collectées auprès du public (art. 432-17; loi n° 91-772, art. 4). Which row an
account or a programme usually belongs to is data here; an accountant may move it (``crod_tag``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from portal.accounting.rules import chart
from portal.accounting.rules.crod_rows import CROD_ROWS, SUMS, Row, UnknownRow, row_named
from portal.core.money import Money

__all__ = [
    "CROD_ROWS",
    "SUMS",
    "Row",
    "UnknownRow",
    "row_named",
]

APPEAL_THRESHOLD: Final = Money(153_000_00)
"""Collected by public appeal in a year: beyond it the appeal is declared and both statements stand in
the notes (loi n° 91-772, art. 3 and 4; décret n° 2019-504)."""


class FigureRow(StrEnum):
    """Where a figure of the general ledger may be put.

    The first letter is its side: P products, C charges, V and U voluntary contributions and their
    use; then the row's number. ``opening``: carried from the year before; ``invested`` and
    ``divested``: fixed assets paid from, or given back to, the generosity of the public.
    """

    MEMBERSHIPS = "P1.1"
    GIFTS = "P1.2a"
    LEGACIES = "P1.2b"
    PHILANTHROPY = "P1.2c"
    OTHER_GENEROSITY = "P1.3"
    MEMBERSHIPS_WITH_RETURN = "P2.1"
    COMMERCIAL_SPONSORING = "P2.2"
    CONTRIBUTIONS = "P2.3"
    OTHER_PRODUCTS = "P2.4"
    PUBLIC_GRANTS = "P3"
    WRITTEN_BACK = "P4"
    FRANCE_OWN = "C1.1a"
    FRANCE_PASSED_ON = "C1.1b"
    ABROAD_OWN = "C1.2a"
    ABROAD_PASSED_ON = "C1.2b"
    APPEAL_COSTS = "C2.1"
    OTHER_SEARCH_COSTS = "C2.2"
    RUNNING = "C3"
    PROVISIONS = "C4"
    INCOME_TAX = "C5"
    VOLUNTEERING = "V1a"
    SERVICES_GIVEN = "V1b"
    GOODS_GIVEN = "V1c"
    OTHER_VOLUNTARY = "V2"
    PUBLIC_IN_KIND = "V3"
    USED_IN_FRANCE = "U1a"
    USED_ABROAD = "U1b"
    USED_SEARCHING = "U2"
    USED_RUNNING = "U3"
    OPENING = "opening"
    INVESTED = "invested"
    DIVESTED = "divested"


MISSIONS: Final = (
    FigureRow.FRANCE_OWN,
    FigureRow.FRANCE_PASSED_ON,
    FigureRow.ABROAD_OWN,
    FigureRow.ABROAD_PASSED_ON,
)
"""The rows of the missions: what money given for one programme may be spent on."""

FUNDS_USED: Final = "P5"
FUNDS_CARRIED: Final = "C6"

ROW_OF_ACCOUNT: Final = MappingProxyType(
    {
        chart.MEMBERSHIPS: "P1.1",
        chart.GIFTS: "P1.2a",
        chart.WAIVED_EXPENSES: "P1.2a",
        chart.CORPORATE_GIFTS: "P1.2c",
        chart.MEMBERSHIPS_WITH_RETURN: "P2.1",
        chart.EXCHANGE_GAINS: "P2.4",
        chart.OTHER_INCOME: "P2.4",
        chart.FUNDS_USED: FUNDS_USED,
        chart.FEES: "C2.1",
        chart.VOLUNTEERS_TRAVEL: "C3",
        chart.EXCHANGE_LOSSES: "C3",
        chart.PENALTIES: "C3",
        chart.FUNDS_CARRIED: FUNDS_CARRIED,
        chart.GIFTS_IN_KIND: "V1c",
        chart.GIFTS_IN_KIND_USED: "U1b",
    }
)
"""The usual row of each account of the result: fees of collecting are costs of the appeal (C2.1)."""

ROW_OF_CLASS: Final = MappingProxyType({"6": "C3", "7": "P2.4", "86": "U3", "87": "V2"})
"""Where an account an administrator adds to the chart stands until it is moved, by its first figures."""

ROW_OF_PROGRAMME: Final = FigureRow.ABROAD_OWN
"""Every programme is carried out in Cambodia, by the association itself, unless it is moved."""


@dataclass(frozen=True, slots=True)
class Sums:
    """A row's figures: in all, what the public's generosity is of it, what is dedicated to a fund."""

    amount: Money = field(default_factory=lambda: Money(0))
    generosity: Money = field(default_factory=lambda: Money(0))
    dedicated: Money = field(default_factory=lambda: Money(0))

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.amount + other.amount,
            self.generosity + other.generosity,
            self.dedicated + other.dedicated,
        )

    def __sub__(self, other: Sums) -> Sums:
        return self + Sums(-other.amount, -other.generosity, -other.dedicated)


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A row of the CROD or the CER with its figures."""

    code: str
    number: str
    section: str
    level: int
    label_fr: str
    label_en: str
    amount: Money
    generosity: Money
    dedicated: Money

    @property
    def not_dedicated(self) -> Money:
        """The part that may serve everything (art. 432-9)."""
        return self.amount - self.dedicated


def is_generosity(code: str) -> bool:
    """Whether all of that row is the generosity of the public by its nature."""
    return code.startswith(("P1", "V1")) or code in {FUNDS_USED, FUNDS_CARRIED}


def added_up(told: Mapping[str, Sums]) -> dict[str, Sums]:
    """The figures of each row with all sums and the result of the year."""
    every = {row.code: told.get(row.code, Sums()) for row in CROD_ROWS}
    for code, parts in SUMS.items():
        every[code] = sum((every[part] for part in parts), Sums())
    every["R"] = every["PT"] - every["CT"]
    return every


def crod_rows(told: Mapping[str, Sums]) -> list[StatementRow]:
    """The CROD out of the figures of its innermost rows.

    :raises UnknownRow: for a figure of a row that is none, or that is a sum.
    """
    innermost = {row.code for row in CROD_ROWS} - set(SUMS) - {"R"}
    if unknown := sorted(set(told) - innermost):
        raise UnknownRow(", ".join(unknown))
    every = added_up(told)
    return [_row(row, every[row.code]) for row in CROD_ROWS]


def _row(row: Row, sums: Sums) -> StatementRow:
    return StatementRow(
        row.code, row.number, row.section, row.level, row.label_fr, row.label_en,
        sums.amount, sums.generosity, sums.dedicated,
    )  # fmt: skip


def usual_row(account: str) -> str | None:
    """The row an account stands in unless it is moved; None for one that is no part of the result."""
    by_class = ROW_OF_CLASS.get(account[:1]) or ROW_OF_CLASS.get(account[:2])
    return ROW_OF_ACCOUNT.get(account, by_class)


def movable_rows(code: str) -> Sequence[str]:
    """The rows an account of that row may be moved to: of the same side, no sums."""
    if code in (FUNDS_USED, FUNDS_CARRIED):
        return []
    section = row_named(code).section
    kept = set(SUMS) | {"R", FUNDS_USED, FUNDS_CARRIED}
    return [row.code for row in CROD_ROWS if row.section == section and row.code not in kept]

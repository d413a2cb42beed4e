"""The CER: what the public gave in a year and what became of it (ANC 2018-06, art. 432-17).

Only the generosity of the public: of each row of the CROD the part it paid for or brought, then what
it carries from year to year outside dedicated funds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from portal.accounting.rules.crod import Row, StatementRow, Sums, row_named
from portal.core.money import Money

_USES: Final = (
    "C1",
    "C1.1",
    "C1.1a",
    "C1.1b",
    "C1.2",
    "C1.2a",
    "C1.2b",
    "C2",
    "C2.1",
    "C2.2",
    "C3",
)
_RESOURCES: Final = ("P1", "P1.1", "P1.2", "P1.2a", "P1.2b", "P1.2c", "P1.3")
_VOLUNTARY_USES: Final = ("U1", "U1a", "U1b", "U2", "U3")
_VOLUNTARY: Final = ("V1", "V1a", "V1b", "V1c")
_NUMBERS: Final = {"C4": "4", "C6": "5", "P4": "2", "P5": "3"}
"""The CER numbers these rows by itself: it has no taxes, no other income and no subsidies."""
_NOTHING: Final = Money(0)


@dataclass(frozen=True, slots=True)
class CerCarried:
    """What comes into the year outside dedicated funds, and what became or was an asset."""

    opening: Money
    invested: Money
    divested: Money


def cer_rows(every: Mapping[str, Sums], carried: CerCarried) -> list[StatementRow]:
    """The CER out of the CROD's rows. Sections: uses, resources, carried, voluntary_uses, voluntary.

    The side that is smaller gets the surplus or the deficit, so that both come to one sum.
    """
    uses = sum((every[code].generosity for code in ("C1", "C2", "C3")), _NOTHING)
    later = every["C4"].generosity + every["C6"].generosity
    came = every["P1"].generosity
    earlier = every["P4"].generosity + every["P5"].generosity
    result = came + earlier - uses - later
    surplus, deficit = max(result, _NOTHING), max(-result, _NOTHING)
    return [
        *_taken("uses", _USES, every),
        _line("uses_sum", "uses", 1, "Total des emplois", "Total uses", uses),
        *_taken("uses", ("C4", "C6"), every),
        _line("surplus", "uses", 1, "Excédent de la générosité du public de l'exercice",
              "Surplus of the year's generosity", surplus),
        _line("uses_total", "uses", 0, "Total", "Total", uses + later + surplus),
        *_taken("resources", _RESOURCES, every),
        _line("resources_sum", "resources", 1, "Total des ressources", "Total resources", came),
        *_taken("resources", ("P4", "P5"), every),
        _line("deficit", "resources", 1, "Déficit de la générosité du public de l'exercice",
              "Deficit of the year's generosity", deficit),
        _line("resources_total", "resources", 0, "Total", "Total", came + earlier + deficit),
        *_carried(result, carried),
        *_taken("voluntary_uses", _VOLUNTARY_USES, every),
        *_taken("voluntary", _VOLUNTARY, every),
    ]  # fmt: skip


def _carried(result: Money, carried: CerCarried) -> Iterator[StatementRow]:
    invested = carried.divested - carried.invested
    told = (
        ("carried_opening",
         "Ressources reportées liées à la générosité du public en début d'exercice (hors fonds dédiés)",
         "Carried into the year (outside dedicated funds)", carried.opening),
        ("carried_result", "(+) Excédent ou (-) insuffisance de la générosité du public",
         "(+) Surplus or (-) deficit of the year's generosity", result),
        ("carried_assets",
         "(-) Investissements et (+) désinvestissements nets liés à la générosité du public",
         "(-) Fixed assets bought and (+) given back", invested),
    )  # fmt: skip
    for code, label_fr, label_en, amount in told:
        yield _line(code, "carried", 2, label_fr, label_en, amount)
    yield _line(
        "carried_end", "carried", 0,
        "Ressources reportées liées à la générosité du public en fin d'exercice (hors fonds dédiés)",
        "Carried on at the end of the year (outside dedicated funds)",
        carried.opening + result + invested,
    )  # fmt: skip


def _taken(section: str, codes: tuple[str, ...], every: Mapping[str, Sums]) -> list[StatementRow]:
    return [_of_crod(section, row_named(code), every[code]) for code in codes]


def _of_crod(section: str, row: Row, sums: Sums) -> StatementRow:
    """The generosity of the public in that row."""
    return StatementRow(
        row.code, _NUMBERS.get(row.code, row.number), section, row.level, row.label_fr, row.label_en,
        sums.generosity, sums.generosity, sums.dedicated,
    )  # fmt: skip


def _line(
    code: str, section: str, level: int, label_fr: str, label_en: str, amount: Money
) -> StatementRow:
    return StatementRow(code, "", section, level, label_fr, label_en, amount, amount, _NOTHING)

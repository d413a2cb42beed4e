"""The rows of the CROD in the order of the règlement (ANC 2018-06, art. 432-2), with both their labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Section = Literal["products", "charges", "voluntary_products", "voluntary_charges"]


class UnknownRow(LookupError):
    """There is no such row, or nothing may be put there by hand."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a statement: ``number`` as printed, ``level`` 0 for a total, 1 to 3 inwards."""

    code: str
    number: str
    section: Section
    level: int
    label_fr: str
    label_en: str


def _rows(section: Section, *told: tuple[str, str, int, str, str]) -> tuple[Row, ...]:
    return tuple(Row(code, number, section, level, fr, en) for code, number, level, fr, en in told)


CROD_ROWS: Final[tuple[Row, ...]] = (
    *_rows(
        "products",
        ("P1", "1", 1, "Produits liés à la générosité du public", "Income from public generosity"),
        ("P1.1", "1.1", 2, "Cotisations sans contrepartie", "Membership fees without counterpart"),
        ("P1.2", "1.2", 2, "Dons, legs et mécénats", "Gifts, legacies and philanthropy"),
        ("P1.2a", "", 3, "Dons manuels", "Gifts of individuals"),
        ("P1.2b", "", 3, "Legs, donations et assurances-vie", "Legacies, deeds of gift, life insurance"),
        ("P1.2c", "", 3, "Mécénats", "Corporate philanthropy"),
        ("P1.3", "1.3", 2, "Autres produits liés à la générosité du public", "Other income from public generosity"),
        ("P2", "2", 1, "Produits non liés à la générosité du public", "Income not from public generosity"),
        ("P2.1", "2.1", 2, "Cotisations avec contrepartie", "Membership fees with counterpart"),
        ("P2.2", "2.2", 2, "Parrainage des entreprises", "Commercial sponsoring by companies"),
        ("P2.3", "2.3", 2, "Contributions financières sans contrepartie", "Contributions without counterpart"),
        ("P2.4", "2.4", 2, "Autres produits non liés à la générosité du public", "Other income not from public generosity"),
        ("P3", "3", 1, "Subventions et autres concours publics", "Public grants"),
        ("P4", "4", 1, "Reprises sur provisions et dépréciations", "Provisions written back"),
        ("P5", "5", 1, "Utilisations des fonds dédiés antérieurs", "Use of earlier dedicated funds"),
        ("PT", "", 0, "Total des produits", "Total income"),
    ),
    *_rows(
        "charges",
        ("C1", "1", 1, "Missions sociales", "Social missions"),
        ("C1.1", "1.1", 2, "Réalisées en France", "In France"),
        ("C1.1a", "", 3, "Actions réalisées par l'organisme", "Actions of the association"),
        ("C1.1b", "", 3, "Versements à d'autres organismes agissant en France", "Passed on to others acting in France"),
        ("C1.2", "1.2", 2, "Réalisées à l'étranger", "Abroad"),
        ("C1.2a", "", 3, "Actions réalisées par l'organisme", "Actions of the association"),
        ("C1.2b", "", 3, "Versements à d'autres organismes agissant à l'étranger", "Passed on to others acting abroad"),
        ("C2", "2", 1, "Frais de recherche de fonds", "Cost of raising funds"),
        ("C2.1", "2.1", 2, "Frais d'appel à la générosité du public", "Cost of appeals to the public"),
        ("C2.2", "2.2", 2, "Frais de recherche d'autres ressources", "Cost of raising other funds"),
        ("C3", "3", 1, "Frais de fonctionnement", "Running costs"),
        ("C4", "4", 1, "Dotations aux provisions et dépréciations", "Provisions made"),
        ("C5", "5", 1, "Impôt sur les bénéfices", "Tax on profits"),
        ("C6", "6", 1, "Reports en fonds dédiés de l'exercice", "Carried into dedicated funds"),
        ("CT", "", 0, "Total des charges", "Total charges"),
        ("R", "", 0, "Excédent ou déficit", "Surplus or deficit"),
    ),
    *_rows(
        "voluntary_products",
        ("V1", "1", 1, "Contributions volontaires liées à la générosité du public", "Voluntary contributions from public generosity"),
        ("V1a", "", 3, "Bénévolat", "Time of volunteers"),
        ("V1b", "", 3, "Prestations en nature", "Services given"),
        ("V1c", "", 3, "Dons en nature", "Gifts in kind"),
        ("V2", "2", 1, "Contributions volontaires non liées à la générosité du public", "Other voluntary contributions"),
        ("V3", "3", 1, "Concours publics en nature", "Public contributions in kind"),
        ("VT", "", 0, "Total des contributions volontaires", "Total voluntary contributions"),
    ),
    *_rows(
        "voluntary_charges",
        ("U1", "1", 1, "Contributions volontaires aux missions sociales", "Used for social missions"),
        ("U1a", "", 3, "Réalisées en France", "In France"),
        ("U1b", "", 3, "Réalisées à l'étranger", "Abroad"),
        ("U2", "2", 1, "Contributions volontaires à la recherche de fonds", "Used for raising funds"),
        ("U3", "3", 1, "Contributions volontaires au fonctionnement", "Used for running"),
        ("UT", "", 0, "Total des contributions utilisées", "Total used"),
    ),
)  # fmt: skip
"""The CROD, in the order of the règlement; sums stand in :data:`SUMS`."""

SUMS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "P1.2": ("P1.2a", "P1.2b", "P1.2c"),
        "P1": ("P1.1", "P1.2", "P1.3"),
        "P2": ("P2.1", "P2.2", "P2.3", "P2.4"),
        "PT": ("P1", "P2", "P3", "P4", "P5"),
        "C1.1": ("C1.1a", "C1.1b"),
        "C1.2": ("C1.2a", "C1.2b"),
        "C1": ("C1.1", "C1.2"),
        "C2": ("C2.1", "C2.2"),
        "CT": ("C1", "C2", "C3", "C4", "C5", "C6"),
        "V1": ("V1a", "V1b", "V1c"),
        "VT": ("V1", "V2", "V3"),
        "U1": ("U1a", "U1b"),
        "UT": ("U1", "U2", "U3"),
    }
)
"""Which rows a row adds up; inner sums stand before outer ones."""


def row_named(code: str) -> Row:
    """The row of that code.

    :raises UnknownRow: when there is none.
    """
    for row in CROD_ROWS:
        if row.code == code:
            return row
    raise UnknownRow(code)

"""The statements of the notes as files: CROD, CER, and the table of dedicated funds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from flask_babel import gettext as _

from portal.accounting.queries.crod import cer, crod
from portal.accounting.queries.funds import fund_years, open_year_before
from portal.accounting.queries.overview import years_with_entries
from portal.core.exports import ExportKind, Sheet, Sums
from portal.core.i18n_markers import N_
from portal.core.money import total
from portal.core.spreadsheets import Column, Row
from portal.programmes.codes import Programme

CROD: Final = (
    Column("Rubrique"),
    Column("Libellé"),
    Column("Total", "amount"),
    Column("Dont générosité du public", "amount"),
    Column("Dont affecté à un fonds", "amount"),
    Column("Dont non affecté", "amount"),
)
CER: Final = (Column("Partie"), Column("Rubrique"), Column("Libellé"), Column("Montant", "amount"))
FUNDS: Final = (
    Column("Fonds dédié"),
    Column("À l'ouverture (196)", "amount"),
    Column("Reçu dans l'exercice", "amount"),
    Column("Dépensé dans l'exercice", "amount"),
    Column("Utilisations (7896)", "amount"),
    Column("Reports (6896)", "amount"),
    Column("À la clôture (196)", "amount"),
    Column("Dépensé au-delà du fonds", "amount"),
)
"""The columns of these files, in their order (docs/rules/exports.md)."""
PARTS: Final = {
    "uses": "Emplois",
    "resources": "Ressources",
    "carried": "Ressources reportées",
    "voluntary_uses": "Emplois des contributions volontaires",
    "voluntary": "Contributions volontaires",
}
_TEXT: Final = """\
CROD ET CER — EXERCICE {year}

CROD : compte de résultat par origine et destination (règlement ANC 2018-06, art. 432-2).
CER : compte d'emploi annuel des ressources collectées auprès du public (art. 432-17).

Les produits et les frais viennent des écritures du portail. Ce que le portail ne tient pas (dépenses des missions,
fonctionnement, subventions, bénévolat) vient des chiffres saisis par le comptable avec leur pièce ; une rubrique que
personne n'a renseignée vaut zéro. Les fonds dédiés sont ceux des écritures de clôture ; avant la clôture, ceux qui
seraient passés aujourd'hui.
"""


def _crod_rows(year: int) -> list[Row]:
    return [
        (row.number, row.label_fr, row.amount, row.generosity, row.dedicated, row.not_dedicated)
        for row in crod(year)
    ]


def _cer_rows(year: int) -> list[Row]:
    return [(PARTS[row.section], row.number, row.label_fr, row.amount) for row in cer(year)]


def _fund_rows(year: int) -> list[Row]:
    return [
        (
            Programme(f.fund).in_french,
            f.opening,
            f.received,
            f.spent,
            f.used,
            f.carried,
            f.closing,
            f.beyond,
        )
        for f in fund_years(year)
    ]


def _fund_sums(year: int) -> Sums:
    funds = fund_years(year)
    amounts = {
        "Reçu dans l'exercice": total([fund.received for fund in funds]),
        "À la clôture (196)": total([fund.closing for fund in funds]),
    }
    return Sums(len(funds), amounts)


def _statement(
    name: str, columns: Sequence[Column], rows: Callable[[int], Iterable[Row]], year: int
) -> Sheet:
    """A statement's sheet: its own totals stand in it, so none is added up."""
    return Sheet(name, columns, lambda: rows(year), lambda: Sums(len(list(rows(year)))))


def opening_computed(year: int) -> Sequence[str]:
    """Said while the opening of the funds is what the open year before would leave."""
    before = open_year_before(year)
    if before is None:
        return ()
    return (
        _(
            "%(before)s is not closed yet: the opening of %(year)s is what %(before)s would leave if it"
            " were closed today. It may still change.",
            before=before,
            year=year,
        ),
    )


KINDS: Final = (
    ExportKind(
        code="statements",
        label=N_("CROD and CER"),
        about=N_(
            "Both statements of the notes: the result by origin and destination, and the use of what"
            " the public gave (ANC 2018-06)."
        ),
        icon="chart-column",
        sheets=lambda year: [
            _statement("CROD", CROD, _crod_rows, year),
            _statement("CER", CER, _cer_rows, year),
        ],
        years=years_with_entries,
        order=42,
        stem=lambda year: f"crod-cer-{year}",
        warnings=opening_computed,
        text=lambda year: _TEXT.format(year=year),
    ),
    ExportKind(
        code="funds",
        stem=lambda year: f"fonds-dedies-{year}",
        warnings=opening_computed,
        label=N_("Dedicated funds"),
        about=N_(
            "Each restricted fund over the year: carried, received, spent, left (ANC 2018-06, art. 432-9)."
        ),
        icon="sprout",
        sheets=lambda year: [
            Sheet("Fonds dédiés", FUNDS, lambda: _fund_rows(year), lambda: _fund_sums(year))
        ],
        years=years_with_entries,
        order=44,
    ),
)

"""Exports in the reader's words: the list of those that were made, a preview, one export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _

from portal.accounts.models import Account
from portal.core import i18n
from portal.core.audit import AuditEntry
from portal.core.db import db
from portal.core.exports import Export, ExportState, Preview, export_kinds, label_of
from portal.core.money import Money
from portal.core.spreadsheets import Cell
from portal.core.web.lists import ListColumn, ListSpec

TONES: Final = {
    ExportState.WAITING: "info",
    ExportState.MAKING: "info",
    ExportState.MADE: "success",
    ExportState.FAILED: "danger",
}
_SHORT: Final = 32
COMPARED: Final = "export.compared"
ASKED_TO_COMPARE: Final = "export.comparison_asked"


def state_words(state: ExportState) -> str:
    """Where an export stands."""
    words = {
        ExportState.WAITING: _("waits"),
        ExportState.MAKING: _("being made"),
        ExportState.MADE: _("made"),
        ExportState.FAILED: _("refused"),
    }
    return str(words[state])


def maker_of(row: Any) -> str:
    """Who asked for it; a command has no name."""
    return row.maker or str(_("by command"))


def exports_made(kind: str, year: int | None) -> Any:
    """Every export with the name of who asked for it, for the list."""
    chosen: Any = sa.select(Export, Account.display_name.label("maker"))
    chosen = chosen.join(Account, Account.id == Export.asked_by, isouter=True)
    if kind:
        chosen = chosen.where(Export.kind == kind)
    return chosen if year is None else chosen.where(Export.year == year)


def exports_spec() -> ListSpec:
    """The list of exports, the newest first."""
    return ListSpec(
        name="exports",
        columns=(
            ListColumn("ref", _("Number"), lambda row: row.Export.ref, sort=Export.id),
            ListColumn("kind", _("File"), lambda row: label_of(row.Export.kind), sort=Export.kind),
            ListColumn("year", _("Year"), lambda row: row.Export.year, "year", Export.year),
            ListColumn(
                "made", _("Made"), lambda row: row.Export.made_at, "datetime", Export.made_at
            ),
            ListColumn("by", _("Asked for by"), maker_of, sort=Account.display_name),
            ListColumn(
                "size", _("Size of the file"), lambda row: row.Export.size, "integer", Export.size
            ),
            ListColumn("sha256", _("SHA-256"), lambda row: row.Export.sha256 or ""),
            ListColumn("id", _("Identity"), lambda row: str(row.Export.public_id)),
            ListColumn("state", _("State"), lambda row: state_words(row.Export.state)),
        ),
        search=(Export.filename, Export.sha256, Export.public_id, Account.display_name),
        default_sort="ref",
        default_descending=True,
        tie=Export.id,
    )


def kinds_by_year(year: int, roles: frozenset[Any]) -> list[dict[str, Any]]:
    """What can be taken of a year: its words, and whether there is anything to take."""
    return [
        {"code": kind.code, "label": _(kind.label), "about": _(kind.about), "icon": kind.icon,
         "formats": kind.formats, "there": year in kind.years()}
        for kind in export_kinds(roles)
    ]  # fmt: skip


def years_known(this_year: int) -> list[int]:
    """The years any file can be made of, the latest first."""
    return sorted(
        {this_year, *(year for kind in export_kinds() for year in kind.years())}, reverse=True
    )


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell as the preview shows it."""

    text: str
    number: bool

    @property
    def looks(self) -> str:
        """A short text stays on one line; words of a sentence have room to wrap."""
        if self.number:
            return "number nowrap"
        return "small nowrap" if len(self.text) <= _SHORT else "small preview-words"


@dataclass(frozen=True, slots=True)
class ShownSheet:
    """The beginning of a sheet as the preview shows it, with what all of it comes to."""

    name: str
    headers: Sequence[dict[str, Any]]
    rows: Sequence[Sequence[ShownCell]]
    total: int
    sums: Sequence[tuple[str, str]]


def shown_sheet(sheet: Preview) -> ShownSheet:
    """A sheet of the preview, ready to be shown."""
    numbers = [column.kind in ("amount", "integer") for column in sheet.columns]
    return ShownSheet(
        sheet.name,
        [{"label": c.name, "number": n} for c, n in zip(sheet.columns, numbers, strict=True)],
        [
            [
                ShownCell(str(cell) if column.kind == "year" else _shown(cell), number)
                for column, cell, number in zip(sheet.columns, row, numbers, strict=True)
            ]
            for row in sheet.rows
        ],
        sheet.sums.rows,
        [(name, i18n.money(amount)) for name, amount in sheet.sums.amounts.items()],
    )


def _shown(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Money):
        return i18n.money(cell)
    if isinstance(cell, bool):
        return str(_("yes") if cell else _("no"))
    if isinstance(cell, datetime):
        return i18n.instant(cell)
    if isinstance(cell, date):
        return i18n.day(cell, "short")
    return i18n.number(cell) if isinstance(cell, int) else str(cell)


def contents_of(export: Export) -> list[dict[str, Any]]:
    """What is in an export, sheet by sheet: rows and sums as they are said."""
    return [
        {
            "name": part["name"],
            "rows": part["rows"],
            "sums": ", ".join(
                f"{name} {i18n.money(Money(minor))}" for name, minor in part["sums"].items()
            ),
        }
        for part in export.contents
    ]


def size_words(size: int | None) -> str:
    """A size as people say it."""
    if size is None:
        return ""
    if size < 1024 * 1024:
        return str(_("%(size)s KB", size=i18n.number(max(1, round(size / 1024)))))
    return str(_("%(size)s MB", size=i18n.number(round(size / 1024 / 1024, 1))))


@dataclass(frozen=True, slots=True)
class Comparison:
    """The last comparison with today's books: under way, or when and whether the file is the same."""

    under_way: bool
    last: AuditEntry | None


def comparison_of(export: Export) -> Comparison:
    """What was found when the export was last made again."""
    chosen = sa.select(AuditEntry).where(
        AuditEntry.subject == f"export:{export.public_id}",
        AuditEntry.action.in_((COMPARED, ASKED_TO_COMPARE)),
    )
    newest = db.session.scalar(chosen.order_by(AuditEntry.id.desc()).limit(1))
    if newest is not None and newest.action == ASKED_TO_COMPARE:
        return Comparison(True, None)
    return Comparison(False, newest)


def maker_name(export: Export) -> str:
    """Who asked for one export."""
    account = db.session.get(Account, export.asked_by) if export.asked_by else None
    return account.display_name if account else str(_("by command"))

"""``portal exports``: make a file, list those that were made, take the same bytes again."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from uuid import UUID

import click
import sqlalchemy as sa

from portal.core import exports
from portal.core.console import in_portal
from portal.core.db import db
from portal.core.documents import DamagedDocument
from portal.core.exports import Export
from portal.core.i18n import in_language

FORMATS = {".csv": "csv", ".xlsx": "xlsx", ".zip": "zip"}


@click.group(name="exports")
def exports_group() -> None:
    """Files that leave the house, each with its identity and SHA-256."""


def _refuse(reason: str) -> None:
    click.echo(reason, err=True)
    sys.exit(1)


@exports_group.command("kinds")
def kinds() -> None:
    """The kinds of file there are, with their formats."""
    with in_portal():
        for kind in exports.export_kinds():
            click.echo(f"{kind.code:<14}{', '.join(kind.formats):<12}{kind.label}")


@exports_group.command("make")
@click.argument("code", metavar="KIND")
@click.argument("year", type=click.IntRange(2000, 9999))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def make(code: str, year: int, file: Path) -> None:
    """Make the export KIND of YEAR and write it to FILE (.csv, .xlsx or .zip).

    An export of several sheets is a ZIP of CSV files, or one XLSX. Exit status 1 when it is refused.
    """
    with in_portal(), in_language("en"):
        try:
            kind = exports.kind_of(code)
            made = exports.make_now(kind, year, _format(kind, file))
        except (exports.ExportRefused, exports.UnknownKind) as refusal:
            _refuse(str(refusal))
        _write(made, file)
        click.echo(f"{made.public_id}  {made.sha256}  {file}")


def _format(kind: exports.ExportKind, file: Path) -> str:
    """The format the file's name asks for: a ZIP of CSV files is ``csv``."""
    told = FORMATS.get(file.suffix.lower(), "")
    if told == "zip" and told not in kind.formats and kind.text:
        told = "csv"
    ending = Path(exports.file_of(kind, 2000, told)[0]).suffix if told in kind.formats else ""
    if ending != file.suffix.lower():
        endings = {Path(exports.file_of(kind, 2000, each)[0]).suffix for each in kind.formats}
        raise click.BadParameter(
            f"the file's name must end in {' or '.join(sorted(endings))}", param_hint="FILE"
        )
    return told


def _write(export: Export, file: Path) -> None:
    with exports.hand_out(export, by=None) as content:
        file.write_bytes(content.read())


@exports_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def list_made(as_json: bool) -> None:
    """The exports that were made, the oldest first."""
    with in_portal():
        rows = [_told(each) for each in db.session.scalars(sa.select(Export).order_by(Export.id))]
    if as_json:
        click.echo(json.dumps({"exports": rows}, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(
            f"{row['id']}  {row['made_at'] or row['state']}  {row['parameters']}  {row['sha256']}"
        )


def _told(export: Export) -> dict[str, str | int | None]:
    return {
        "id": str(export.public_id),
        "parameters": exports.written_down(export.parameters),
        "state": export.state.value,
        "made_at": export.made_at.isoformat() if export.made_at else None,
        "file": export.filename,
        "size": export.size,
        "sha256": export.sha256,
    }


@exports_group.command("take")
@click.argument("public_id", metavar="ID", type=click.UUID)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def take(public_id: UUID, file: Path) -> None:
    """Write the export ID again to FILE: the same bytes, or exit status 1."""
    with in_portal():
        export = exports.by_public_id(public_id)
        if export is None:
            _refuse("There is no such export.")
            return
        try:
            _write(export, file)
        except (DamagedDocument, exports.NotTheSameBytes, exports.NotMade, exports.ExportRefused):
            _refuse("These are no longer the same bytes: nothing was written.")
    click.echo(f"{export.sha256}  {file}")

"""``portal import field DIR``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from portal.core.console import in_portal
from portal.office.imports.services import Report, import_folder


@click.group(name="import")
def import_group() -> None:
    """Bring records in."""


@import_group.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen; keep nothing.")
@click.option("--skip-bad", is_flag=True, help="Leave out faulty rows and those that lean on them.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def field(folder: Path, dry_run: bool, skip_bad: bool, as_json: bool) -> None:
    """Import the field teams' tables of a folder.

    Exit status 0: imported (or, with --dry-run, nothing stands in the way); 1: refused, with reasons.
    """
    with in_portal() as app:
        now = app.extensions["clock"].now()
        report = import_folder(folder, now=now, dry_run=dry_run, skip_bad=skip_bad)
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        _tell(report, dry_run)
    for notice in report.notices:
        click.echo(f"{notice.table}: {notice.message.text()}", err=True)
    refused = bool(report.faults) and not skip_bad
    sys.exit(1 if refused or not report.tables else 0)


def _tell(report: Report, dry_run: bool) -> None:
    click.echo(f"{'table':<12}{'rows':>8}{'new':>8}{'changed':>9}{'same':>8}{'faulty':>8}")
    for name, n in report.tables.items():
        numbers = f"{n['rows']:>8}{n['new']:>8}{n['changed']:>9}{n['same']:>8}{n['faulty']:>8}"
        click.echo(f"{name:<12}{numbers}")
    for fault in report.faults:
        where = f"{fault.table}, line {fault.line}" + (f", {fault.column}" if fault.column else "")
        value = f" {fault.value!r}" if fault.value else ""
        click.echo(f"{where}:{value} {fault.problem.text()}", err=True)
    if report.imported:
        click.echo("Imported.")
    elif dry_run:
        click.echo("Dry run: nothing was kept.")
    else:
        click.echo("Nothing was imported.", err=True)

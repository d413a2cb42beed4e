"""``portal accounting statement``: a statement of the bank, brought in without the page."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from portal.accounting.rules.statements import StatementRefused
from portal.accounting.services import bank
from portal.core.console import in_portal
from portal.core.i18n import in_language
from portal.core.money import Money


@click.command("statement")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--account", default="", help="IBAN of the account, when the file does not tell it.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; keep nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def statement(file: Path, account: str, dry_run: bool, as_json: bool) -> None:
    """Import a statement of the bank: CAMT.053, CFONB 120, OFX, CSV, or a ZIP of them.

    Each line is kept once, what is certain is matched, the rest waits in the office. Exit status 0:
    imported (or, with --dry-run, nothing stands in the way); 1: refused, with the reason.
    """
    with in_portal(), in_language("en"):
        document = _imported(file, account, dry_run)
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        _tell(document, dry_run)
    sys.exit(0 if document["ok"] else 1)


def _imported(file: Path, account: str, dry_run: bool) -> dict[str, Any]:
    try:
        told = bank.import_statements(
            file.read_bytes(), file.name, by=None, dry_run=dry_run, account=account
        )
    except StatementRefused as refusal:
        return {
            "ok": False,
            "imported": False,
            "line": refusal.line,
            "problem": str(refusal.problem),
        }
    except bank.BankError as refusal:
        return {"ok": False, "imported": False, "line": 0, "problem": refusal.reason}
    return bank.told_of(told) | {"imported": not (dry_run or told.again)}


def _tell(document: dict[str, Any], dry_run: bool) -> None:
    if not document["ok"]:
        where = f"line {document['line']}: " if document["line"] else ""
        click.echo(f"{where}{document['problem']}", err=True)
        click.echo("Nothing was imported.", err=True)
        return
    for each in document["statements"]:
        click.echo(f"{each['account']}  {each['opened_on']} to {each['closed_on']}")
        click.echo(f"  {each['new']} new, {each['known']} known, in {_sum(each['came_in'])}, out {_sum(each['went_out'])}")  # fmt: skip
        if not each["proved"]:
            click.echo("  the file does not tell both balances: the sum proves nothing", err=True)
        for gap in each["gaps"]:
            missing = f" ({_sum(gap['missing'])})" if gap["missing"] is not None else ""
            click.echo(f"  a statement is missing between {gap['after']} and {gap['before']}{missing}", err=True)  # fmt: skip
    click.echo(f"{document['matched']} matched at once, {document['waiting']} wait.")
    if document["again"]:
        click.echo("This file was imported before: nothing was done twice.")
    elif dry_run:
        click.echo("Dry run: nothing was kept.")


def _sum(minor: int) -> str:
    return f"{Money(minor).decimal:.2f}"

"""``portal books`` and ``portal accounting``: the checks and the accountants' files."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask

from portal.accounting.payout_commands import payouts
from portal.accounting.queries.overview import trial_balance, years_with_entries
from portal.accounting.services import exports
from portal.accounting.services.checking import told
from portal.accounting.statement_commands import statement
from portal.core.checks import run_checks
from portal.core.console import in_portal
from portal.core.exports import ExportRefused, hand_out, kind_of, make_now
from portal.core.i18n import in_language
from portal.core.money import Money

YEAR = click.IntRange(2000, 9999)
KINDS = {".csv": "csv", ".xlsx": "xlsx"}


@contextmanager
def _portal() -> Iterator[Flask]:
    """The application (the one at hand, if any); a refusal ends in its reasons on standard error and exit status 1."""
    with in_portal() as app, in_language("en"):
        try:
            yield app
        except ExportRefused as refusal:
            for reason in refusal.reasons:
                click.echo(reason, err=True)
            sys.exit(1)


@click.group()
def books() -> None:
    """The books: do they hold?"""


@books.command("check")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def check(as_json: bool) -> None:
    """Prove that the books hold. Exit status 0 when every check does, 1 when one does not."""
    with _portal():
        results = run_checks()
    document = told(results)
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        for result in results:
            click.echo(f"{'ok    ' if result.ok else 'FAILED'}  {result.label}: {result.detail}")
        click.echo("The books hold." if document["ok"] else "The books do not hold.")
    sys.exit(0 if document["ok"] else 1)


@click.group()
def accounting() -> None:
    """The files accountants take."""


@accounting.command("fec")
@click.argument("year", type=YEAR)
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def fec(year: int, folder: Path) -> None:
    """Write the FEC of YEAR and its description into DIR (LPF art. A47 A-1)."""
    with _portal():
        kept, paths = exports.write_fec(year, folder)
        (made,) = kept.contents
    for path in paths:
        click.echo(path)
    debit, credit = Money(made["sums"]["Debit"]), Money(made["sums"]["Credit"])
    click.echo(f"{made['entries']} entries, {made['rows']} lines, debit {debit}, credit {credit}")
    click.echo(f"SHA-256 {made['sha256']}")


@accounting.command("journal")
@click.argument("year", type=YEAR)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def journal(year: int, file: Path) -> None:
    """Write the journal of YEAR, line by line, to FILE (.csv or .xlsx)."""
    kind = KINDS.get(file.suffix.lower())
    if kind is None:
        raise click.BadParameter("the file's name must end in .csv or .xlsx", param_hint="FILE")
    with _portal():
        _write("journal", year, kind, file)
    click.echo(file)


@accounting.command("ledger")
@click.argument("year", type=YEAR)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def ledger(year: int, file: Path) -> None:
    """Write the general ledger of YEAR, account by account, to FILE (.csv or .xlsx)."""
    kind = KINDS.get(file.suffix.lower())
    if kind is None:
        raise click.BadParameter("the file's name must end in .csv or .xlsx", param_hint="FILE")
    with _portal():
        _write("ledger", year, kind, file)
    click.echo(file)


@accounting.command("balance")
@click.argument("year", type=YEAR)
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def balance(year: int, file: Path | None) -> None:
    """Print the trial balance of YEAR, or write it to FILE (.csv or .xlsx)."""
    kind = KINDS.get(file.suffix.lower()) if file else ""
    if kind is None:
        raise click.BadParameter("the file's name must end in .csv or .xlsx", param_hint="FILE")
    with _portal():
        _must_have_entries(year)
        if file:
            _write("balance", year, kind, file)
            click.echo(file)
        else:
            _print_balance(year)


def _write(code: str, year: int, kind: str, file: Path) -> None:
    """Make an export, keep it, and write its bytes to the file."""
    export = make_now(kind_of(code), year, kind)
    with hand_out(export, by=None) as content:
        exports.write_file(file, content.read())


def _must_have_entries(year: int) -> None:
    if year not in years_with_entries():
        raise ExportRefused(f"No entry is booked in {year}.")


def _print_balance(year: int) -> None:
    rows = trial_balance(year)
    width = max(len(row.label) for row in rows)
    for row in rows:
        figures = "".join(f"{_figure(sum_):>15}" for sum_ in (row.debit, row.credit, row.balance))
        click.echo(f"{row.code}  {row.label:<{width}}{figures}")
    debit, credit = (sum(r.debit.minor for r in rows), sum(r.credit.minor for r in rows))
    sums = "".join(f"{_figure(Money(s)):>15}" for s in (debit, credit, debit - credit))
    click.echo(f"{'':6}  {'Total':<{width}}{sums}")


def _figure(amount: Money) -> str:
    return f"{amount.decimal:.2f}"


accounting.add_command(payouts)
accounting.add_command(statement)

COMMANDS = [books, accounting]

"""``portal receipts``: the annual run, its export, and whether a file is ours."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask

from portal.core.console import in_portal
from portal.core.documents import DamagedDocument
from portal.core.i18n import in_language
from portal.core.money import Money
from portal.receipts import services
from portal.receipts.models import ReceiptRun, RunState
from portal.receipts.queries.receiptable import Plan
from portal.receipts.queries.register import next_sequence
from portal.receipts.queries.runs import RunOutcome, outcome_of
from portal.receipts.rules.register import number_of

YEAR = click.IntRange(2000, 2999)


@contextmanager
def _portal() -> Iterator[Flask]:
    """The application: the one at hand, if any."""
    with in_portal() as app, in_language("en"):
        yield app


def _refuse(sentence: str) -> None:
    click.echo(sentence, err=True)
    sys.exit(1)


@click.group()
def receipts() -> None:
    """Tax receipts."""


@receipts.command("run")
@click.argument("year", type=YEAR)
@click.option("--dry-run", is_flag=True, help="Say what would be issued; issue nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.option(
    "--before-year-end", is_flag=True, help="Issue the receipts of a year that is not over."
)
def run(year: int, dry_run: bool, as_json: bool, before_year_end: bool) -> None:
    """Issue the receipts of the tax YEAR for all gifts that stand on none.

    Exit status 0: done; the donors who cannot be given a receipt are listed with the reason.
    1: the year is not over, or receipts cannot be made at all.
    """
    with _portal() as app:
        now = app.extensions["clock"].now()
        plan = services.dry_run(year, now)
        if dry_run:
            _tell(_foreseen(plan), plan, [], as_json)
            return
        try:
            opened = services.start_run(year, at=now, confirmed=before_year_end)
        except services.YearNotOver:
            _refuse(f"{year} is not over; --before-year-end issues its receipts all the same.")
        done = services.continue_run(opened.id, told=_progress)
        _end_of_line(done)
        _tell(outcome_of(done.id), services.dry_run(year, now), done.faults, as_json)
        if done.state is RunState.FAILED:
            _refuse("The run stopped: " + done.faults[-1]["reason"])


def _foreseen(plan: Plan) -> RunOutcome:
    count, first = len(plan.ready), next_sequence(plan.year)
    if not count:
        return RunOutcome(0, Money(0), None, None)
    last = number_of(plan.year, first + count - 1)
    return RunOutcome(count, plan.amount, number_of(plan.year, first), last)


def _progress(run: ReceiptRun) -> None:
    end = "\r" if sys.stderr.isatty() else "\n"
    if end == "\r" or run.done % 100 == 0 or run.done == run.total:
        click.echo(f"{run.done} of {run.total} receipts{end}", nl=False, err=True)


def _end_of_line(run: ReceiptRun) -> None:
    if sys.stderr.isatty() and run.total:
        click.echo(err=True)


def _blocked(plan: Plan, faults: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    blocked = [
        {"donor_ref": each.donor.ref, "reason": ", ".join(reason.code for reason in each.reasons)}
        for each in plan.blocked
    ]
    return blocked + [dict(fault) for fault in faults if fault["donor_ref"]]


def _tell(outcome: RunOutcome, plan: Plan, faults: Iterable[dict[str, str]], as_json: bool) -> None:
    blocked = _blocked(plan, faults)
    if as_json:
        document = {
            "year": plan.year,
            "issued": outcome.issued,
            "blocked": blocked,
            "total_minor": outcome.amount.minor,
            "first_number": outcome.first_number,
            "last_number": outcome.last_number,
        }
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    numbers = f", {outcome.first_number} to {outcome.last_number}" if outcome.issued else ""
    click.echo(f"{plan.year}: {outcome.issued} receipts, {outcome.amount}{numbers}")
    click.echo(f"{len(blocked)} donors cannot be given a receipt")
    for each in blocked:
        click.echo(f"  {each['donor_ref']}: {each['reason']}")


@receipts.command("export")
@click.argument("year", type=YEAR)
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def export(year: int, folder: Path) -> None:
    """Write register.csv and one PDF a receipt of the tax YEAR into DIR."""
    with _portal():
        try:
            count = services.write_folder(year, folder)
        except services.NoReceipt:
            _refuse(f"No receipt was issued for {year}.")
        except (services.FolderRefused, DamagedDocument) as refusal:
            _refuse(str(refusal))
    click.echo(f"{count} receipts and register.csv in {folder}")


@receipts.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(file: Path) -> None:
    """Say whether FILE is a receipt of ours, unaltered and still valid. Exit status 0 when it is, else 1."""
    with _portal():
        verdict = services.verify_file(file.read_bytes())
        sentence = _sentence(verdict)
    click.echo(sentence)
    sys.exit(0 if verdict.standing is services.Standing.VALID else 1)


def _sentence(verdict: services.Verdict) -> str:
    receipt = verdict.receipt
    if receipt is None:
        return "This file is not a receipt of ours, or it was altered."
    if verdict.standing is services.Standing.VALID:
        told = f"Receipt {receipt.number} of {receipt.issued_on}, {receipt.amount}"
        return f"{told}: ours, unaltered, valid."
    instead = f" and replaced by {verdict.replacement.number}" if verdict.replacement else ""
    return f"Receipt {receipt.number} is ours and unaltered, but it was cancelled{instead}."


COMMANDS = [receipts]

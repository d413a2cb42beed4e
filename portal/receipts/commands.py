"""``portal receipts``: the annual run, its export, and whether a file is ours."""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask

from portal.core.clock import PARIS
from portal.core.console import in_portal
from portal.core.documents import DamagedDocument
from portal.core.i18n import in_language
from portal.core.money import Money
from portal.receipts import services
from portal.receipts.models import ReceiptRun, RunState
from portal.receipts.queries.receiptable import Plan
from portal.receipts.queries.register import next_sequence
from portal.receipts.queries.runs import RunOutcome, failed_chunks, faults_of, outcome_of
from portal.receipts.register_commands import REGISTER_COMMANDS
from portal.receipts.rules.register import number_of

YEAR = click.IntRange(2000, 2999)
OTHERS_AT_WORK = 0.5
"""Seconds until looking again when workers have the last chunks of a run."""


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
        clock = app.extensions["clock"]
        now = clock.now()
        click.echo(f"{year}: looking up who can be given a receipt …", err=True)
        plan = services.dry_run(year, now)
        if dry_run:
            _tell(_foreseen(plan), plan, [], as_json)
            return
        try:
            opened = services.start_run(year, at=now, confirmed=before_year_end)
        except services.YearNotOver:
            _refuse(f"{year} is not over; --before-year-end issues its receipts all the same.")
        done = _work_off(opened)
        faults, after = _faults(done), services.dry_run(year, now)
        _tell(outcome_of(done.id), after, faults, as_json)
        _say_finished(done, after, clock.now())
        if done.state is RunState.FAILED:
            _refuse("The run stopped: " + done.problem)
        if done.state is not RunState.DONE:
            _refuse(f"The run is {done.state.value}: {done.done} of {done.total} donors seen to.")


def _work_off(run: ReceiptRun) -> ReceiptRun:
    """Issue a run's receipts here, beside the workers that may have begun; wait for theirs."""
    if run.state is RunState.PAUSED:
        run = services.resume_run(run.id, by=None)
    begun, before = time.monotonic(), run.done
    if run.state is RunState.RUNNING:
        click.echo(f"{run.done} of {run.total} receipts, the first are being prepared", err=True)
    while True:
        run = services.continue_run(run.id, told=lambda each: _progress(each, before, begun))
        if run.state is not RunState.RUNNING:
            break
        time.sleep(OTHERS_AT_WORK)
    if sys.stderr.isatty() and run.total:
        click.echo(err=True)
    return run


def _say_finished(run: ReceiptRun, plan: Plan, now: dt.datetime) -> None:
    """The last line: when it ended (in Paris), and what came of it."""
    at = (run.finished_at or now).astimezone(PARIS)
    failed = len(faults_of(run.id)) + failed_chunks(run.id).donors
    issued = outcome_of(run.id).issued
    click.echo(
        f"{'Finished' if run.state is RunState.DONE else 'Stopped'} at {at:%Y-%m-%d %H:%M}:"
        f" {issued} issued, {failed} failed, {len(plan.blocked)} blocked",
        err=True,
    )


def _faults(run: ReceiptRun) -> list[dict[str, str]]:
    told = [{"donor_ref": each.donor.ref, "reason": each.reason} for each in faults_of(run.id)]
    failed = failed_chunks(run.id)
    if failed.count:
        click.echo(f"{failed.donors} donors were put off: {failed.problem}", err=True)
    return told


def _foreseen(plan: Plan) -> RunOutcome:
    count, first = len(plan.ready), next_sequence(plan.year)
    if not count:
        return RunOutcome(0, Money(0), None, None)
    last = number_of(plan.year, first + count - 1)
    return RunOutcome(count, plan.amount, number_of(plan.year, first), last)


def _progress(run: ReceiptRun, before: int, begun: float) -> None:
    seconds = max(time.monotonic() - begun, 0.001)
    pace = f", {(run.done - before) / seconds:.0f} a second"
    end = "\r" if sys.stderr.isatty() else "\n"
    click.echo(f"{run.done} of {run.total} receipts{pace}{end}", nl=False, err=True)


def _blocked(plan: Plan, faults: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    blocked = [
        {"donor_ref": each.donor.ref, "reason": ", ".join(reason.code for reason in each.reasons)}
        for each in plan.blocked
    ]
    known = {each["donor_ref"] for each in blocked}
    return blocked + [dict(fault) for fault in faults if fault["donor_ref"] not in known]


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
    what = "Duplicate sheet of receipt" if verdict.sheet else "Receipt"
    if verdict.standing is services.Standing.VALID:
        told = f"{what} {receipt.number} of {receipt.issued_on}, {receipt.amount}"
        return f"{told}: ours, unaltered, valid."
    instead = f" and replaced by {verdict.replacement.number}" if verdict.replacement else ""
    return f"{what} {receipt.number} is ours and unaltered, but it was cancelled{instead}."


for command in REGISTER_COMMANDS:
    receipts.add_command(command)

COMMANDS = [receipts]

"""``portal bench``: how fast it is here, beside a baseline in the same run, on a scratch database."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click


@click.group()
def bench() -> None:
    """Measure this machine; nothing of yours is read or changed."""


@bench.command("giving")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.option("--rate", default=300.0, show_default=True, help="Messages a second to be taken.")
@click.option("--seconds", default=8.0, show_default=True, help="Length of one measurement.")
@click.option("--rounds", default=3, show_default=True, help="How often each is measured.")
@click.option("--lines", default=100_000, show_default=True, help="Lines of the balance.")
def giving(as_json: bool, rate: float, seconds: float, rounds: int, lines: int) -> None:
    """The webhook's door while the worker drains, and the reconciliation of a long ledger."""
    from portal.bench.door import measure_door
    from portal.bench.ledger import measure_ledger
    from portal.bench.scratch import scratch_house

    with scratch_house() as house:
        door = measure_door(house, rate=rate, seconds=seconds, rounds=rounds)
    with scratch_house() as house:
        ledger = measure_ledger(house, lines=lines)
    document = {"webhook": asdict(door), "reconciliation": asdict(ledger)}
    if as_json:
        click.echo(json.dumps(document, indent=2))
    else:
        for line in _told(document):
            click.echo(line)


def _told(document: dict[str, dict[str, Any]]) -> list[str]:
    return [
        line.format(**document)
        for line in (
            "Webhook: verified, stored, answered, while the worker drains",
            "  at the wanted rate   {webhook[steady][per_second]}/s, {webhook[steady][p99_ms]} ms",
            "  as fast as it goes   {webhook[most][per_second]}/s, {webhook[most][p99_ms]} ms",
            "  worked off inline    {webhook[naive][per_second]}/s, {webhook[naive][p99_ms]} ms",
            "  (each: accepted a second, p99 of the wait; the last one is the baseline)",
            "  ratio                {webhook[ratio]}",
            "  worked off meanwhile {webhook[drained_per_second]}/s",
            "  not accepted         {webhook[refused]}",
            "Reconciliation of {reconciliation[lines]} lines",
            "  a nightly run        {reconciliation[seconds]} s, {reconciliation[rss_mb]} MB at most",
            "  line by line         {reconciliation[naive_ms_a_line]} ms a line, on a sample (the baseline)",
            "  ratio                {reconciliation[ratio]}",
            "  differences found    {reconciliation[found]} of {reconciliation[planted]} planted",
        )
    ]


@bench.command("receipt-run")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.option("--receipts", default=2_000, show_default=True, help="Receipts of the run.")
def receipt_run(as_json: bool, receipts: int) -> None:
    """The receipts of a year, issued by two workers from the click to the last one."""
    from portal.bench.receipt_run import measure_run
    from portal.bench.scratch import scratch_house

    with scratch_house() as house:
        figures = asdict(measure_run(house, receipts=receipts))
    if as_json:
        click.echo(json.dumps(figures, indent=2))
        return
    for line in (
        "{receipts} receipts of {gifts} gifts in {seconds} s, {receipts_per_second} a second",
        "  the plan before it     {plan_seconds} s",
        "  memory                 {worker_rss_mb} MB a worker at most, {maker_rss_mb} MB what lays out for it",
        "  in the database        {papers_mb} MB of papers, {stored_mb} MB with their rows",
        "  one by one             {naive_ms_a_receipt} ms a receipt, on a sample (the baseline)",
        "  ratio                  {ratio}",
        "  not issued             {faults}",
    ):
        click.echo(line.format(**figures))


@bench.command("receipts")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.option("--receipts", default=2_000, show_default=True, help="Filled in, each round.")
@click.option("--rounds", default=5, show_default=True, help="How often each is measured.")
@click.option("--naive", default=20, show_default=True, help="Laid out afresh, each round.")
@click.option("--cold", default=10_000, show_default=True, help="The batch without any layout.")
@click.option("--every", default=1, show_default=True, help="Compare every n-th row count.")
def receipts(as_json: bool, receipts: int, rounds: int, naive: int, cold: int, every: int) -> None:
    """The press beside WeasyPrint: processor time a receipt, and whether the papers are the same."""
    from portal.bench.receipts import measure_press

    figures = measure_press(receipts=receipts, rounds=rounds, naive=naive, cold=cold, every=every)
    if as_json:
        click.echo(json.dumps(asdict(figures), indent=2))
    else:
        for name, value in asdict(figures).items():
            click.echo(f"{name.replace('_', ' '):<18} {value}")


COMMANDS = [bench]

"""``portal receipts check-register``: all that can be proved of the register, and how far it was signed."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from portal.core.checks import CheckResult, run_checks
from portal.core.console import in_portal
from portal.core.i18n import in_language
from portal.receipts.queries.checks import CHECKS
from portal.receipts.queries.findings import accepted_findings, findings, named
from portal.receipts.queries.head_readers import head_readers
from portal.receipts.queries.signed_heads import last_heads
from portal.receipts.register_words import finding_sentence


@click.command("check-register")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def check_register(as_json: bool) -> None:
    """Prove the register again: numbers, chain, signatures, what was found and what was accepted.

    Exit status 0 when all of it holds, else 1. A register that was written anew and signed by whoever
    holds SECRET_KEY is found with the mails of earlier nights only: see verify-head.
    """
    with in_portal() as app, in_language("en"):
        now = app.extensions["clock"].now()
        names = {name for name, _run, _label in CHECKS}
        results = run_checks(names)
        told = {
            "ok": all(each.ok for each in results),
            "checks": [{"name": r.name, "ok": r.ok, "detail": r.detail} for r in results],
            "signed": [
                {
                    "series": head.series_year,
                    "number": head.number,
                    "count": head.sequence,
                    "signed_at": head.signed_at.isoformat(),
                    "key_sha256": head.key.fingerprint,
                }
                for head in last_heads()
            ],
            "found": [finding_sentence(each) for each in findings(now)],
            "accepted": [
                {"found": finding_sentence(named(row)), "reason": row.reason}
                for row in accepted_findings()
            ],
            "mailed_to": [address for address, _language in head_readers(now.date())],
        }
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _tell(told, results)
    if not told["ok"]:
        sys.exit(1)


def _tell(told: dict[str, Any], results: list[CheckResult]) -> None:
    for result in results:
        click.echo(f"{'ok ' if result.ok else 'BAD'} {result.label}: {result.detail}")
    for head in told["signed"]:
        click.echo(
            f"    {head['series']}: signed up to {head['number']} on {head['signed_at'][:10]},"
            f" key {head['key_sha256'][:16]}…"
        )
    for each in told["accepted"]:
        click.echo(f"    accepted: {each['found']} {each['reason']}")
    readers = ", ".join(told["mailed_to"]) or "nobody: name the auditor under Settings"
    click.echo(f"    Each night's signature goes to {readers}.")

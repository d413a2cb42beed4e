"""``portal accounting payouts``: the provider's books beside ours, now."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from portal.core.console import in_portal
from portal.core.i18n import in_language
from portal.core.money import Money
from portal.donations import ledger_queries, services
from portal.donations.models import Finding, ReconciliationRun
from portal.donations.provider_wording import finding_words
from portal.donations.rules.reconciliation import INFORMATION


@click.command("payouts")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def payouts(as_json: bool) -> None:
    """Compare Stripe's books with ours: each payout to the cent, each gift, refund and dispute.

    Asks Stripe for what is new first. Exit status 0 when everything agrees (or is explained), 1
    when something differs or Stripe did not answer.
    """
    with in_portal(), in_language("en"):
        services.reconcile()
        document = told(ledger_queries.last_run(), ledger_queries.findings_waiting())
        if as_json:
            click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        else:
            _print(document)
    sys.exit(0 if document["ok"] else 1)


def told(run: ReconciliationRun | None, waiting: Any) -> dict[str, Any]:
    """What the command says, as ``--json`` prints it; sums in minor units."""
    assert run is not None, "a comparison was just made"
    return {
        "ok": not run.problem and all(found.kind in INFORMATION for found in waiting),
        "problem": run.problem,
        "lines": run.lines_compared,
        "new_lines": run.lines_new,
        "payouts": run.payouts_compared,
        "messages_found_late": run.events_found,
        "differences": [_difference(found) for found in waiting],
    }


def _difference(found: Finding) -> dict[str, Any]:
    return {
        "kind": found.kind.value,
        "what": finding_words(found.kind),
        "subject": found.subject,
        "about": found.about,
        "expected_minor": found.expected_minor,
        "found_minor": found.found_minor,
        "currency": found.currency,
        "to_know_only": found.kind in INFORMATION,
    }


def _print(document: dict[str, Any]) -> None:
    if document["problem"]:
        click.echo(f"Stripe did not answer to the end, nothing was compared: {document['problem']}")
    for one in document["differences"]:
        sums = [_sum(one[side], one["currency"]) for side in ("expected_minor", "found_minor")]
        mark = "note  " if one["to_know_only"] else "DIFFERS"
        about = f" ({one['about']})" if one["about"] else ""
        click.echo(
            f"{mark} {one['what']}: {one['subject']}{about}: here {sums[0]}, Stripe {sums[1]}"
        )
    click.echo(
        f"{document['lines']} lines ({document['new_lines']} new), {document['payouts']} payouts"
        f" compared, {document['messages_found_late']} messages found late."
    )
    click.echo("Everything agrees." if document["ok"] else "Something needs somebody.")


def _sum(minor: int | None, currency: str) -> str:
    return "nothing" if minor is None else str(Money(minor, currency))

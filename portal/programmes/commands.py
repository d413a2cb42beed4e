"""``portal figures``."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import click

from portal.core.clock import paris_date
from portal.core.console import in_portal
from portal.core.i18n import in_language
from portal.programmes.figures import FigureValue, computed


@click.command()
@click.option(
    "--as-of",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day the figures speak of (YYYY-MM-DD); today when it is not given.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def figures(day: datetime | None, as_json: bool) -> None:
    """Every published figure with its exact value."""
    with in_portal() as app:
        as_of = day.date() if day else paris_date(app.extensions["clock"].now())
        document = told(as_of)
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    for line in document["figures"]:
        click.echo(f"{line['value']:>12}  {line['label_en']}  ({line['code']}, {line['period']})")


def told(as_of: date) -> dict[str, Any]:
    """The document of ``--json``: exact values, never suppressed."""
    values = computed(as_of)
    french, english = _labels(values, "fr"), _labels(values, "en")
    return {
        "as_of": as_of.isoformat(),
        "figures": [
            {
                "code": found.figure.code,
                "value": found.value,
                "period": found.period,
                "label_fr": french[found.figure.code],
                "label_en": english[found.figure.code],
            }
            for found in values
        ],
    }


def _labels(values: list[FigureValue], language: str) -> dict[str, str]:
    with in_language(language):
        return {found.figure.code: found.label for found in values}


COMMANDS = [figures]

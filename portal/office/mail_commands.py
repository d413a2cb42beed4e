"""``portal mail``: what mail servers told about mail that came back."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from portal.core.console import in_portal
from portal.core.mail.bounces import take_in
from portal.core.mail.reports import NotAMailbox, read_file


@click.group()
def mail() -> None:
    """Mail that was sent."""


@mail.command("bounces")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def bounces(files: tuple[Path, ...]) -> None:
    """Take in FILES (.eml or mbox) of the mailbox to which reports of undeliverable mail come.

    Letters that came back are marked, their addresses too; receipts among them go by post. A file
    taken in twice changes nothing. Exit status 1 when a file is no mail.
    """
    with in_portal() as app:
        now = app.extensions["clock"].now()
        for file in files:
            try:
                told = [take_in(report, now) for report in read_file(file)]
            except NotAMailbox:
                click.echo(f"{file.name} is no mail and no mailbox.", err=True)
                sys.exit(1)
            click.echo(f"{file.name}: {len(told)} reports, {sum(told)} addresses that do not work")

"""``portal demo load``."""

from __future__ import annotations

import sys

import click

from portal.core.console import in_portal


@click.group()
def demo() -> None:
    """The demonstration data set."""


@demo.command()
@click.option("--children", default=240, show_default=True, type=click.IntRange(60, 20000))
@click.option("--donors", default=160, show_default=True, type=click.IntRange(40, 50000))
@click.option("--seed", default=1995, show_default=True)
@click.option("--if-empty", is_flag=True, help="Do nothing when there are records already.")
def load(children: int, donors: int, seed: int, *, if_empty: bool) -> None:
    """Make invented children, donors and gifts, and bring them in as the field teams would."""
    from portal.demo import loading

    with in_portal() as app:
        if not app.extensions["settings"].demo:
            click.echo("The demonstration data is for PORTAL_MODE=demo only.", err=True)
            sys.exit(1)
        if if_empty and not loading.is_empty():
            return
        click.echo("Making the demonstration data (some ten seconds, once) …")
        now = app.extensions["clock"].now()
        try:
            loading.load(now, children=children, donors=donors, seed=seed)
        except loading.DemoRefused as refusal:
            click.echo(str(refusal), err=True)
            sys.exit(1)
        click.echo("The demonstration data is in.")


COMMANDS = [demo]

"""``portal newsletter``."""

from __future__ import annotations

import sys
import uuid
from pathlib import Path

import click

from portal.core.clock import paris_date
from portal.core.console import in_portal
from portal.newsletters.queries.content import content_of
from portal.newsletters.queries.issues import issue_by_public_id
from portal.newsletters.services.addresses import unsubscribe_token
from portal.newsletters.services.letter import letter_of
from portal.newsletters.services.paper import paper_of


@click.group()
def newsletter() -> None:
    """Newsletters."""


@newsletter.command()
@click.argument("issue", type=click.UUID)
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def build(issue: uuid.UUID, folder: Path) -> None:
    """Write the PDF and the mail of ISSUE (its public id) to DIR, as they would go out today.

    The link to unsubscribe in the mail is nobody's. Exit status 1: there is no such issue.
    """
    with in_portal() as app:
        found = issue_by_public_id(issue)
        if found is None:
            click.echo(f"There is no issue {issue}.", err=True)
            sys.exit(1)
        now = app.extensions["clock"].now()
        letter = letter_of(content_of(found, paris_date(now)), unsubscribe_token(None))
        paper = paper_of(found, now)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "newsletter.pdf").write_bytes(paper)
    (folder / "mail.html").write_text(letter.html, encoding="utf-8")
    (folder / "mail.txt").write_text(letter.text, encoding="utf-8")
    for name in ("newsletter.pdf", "mail.html", "mail.txt"):
        click.echo(str(folder / name))


COMMANDS = [newsletter]

"""``portal staff``: people of the head office, from the command line."""

from __future__ import annotations

import sys

import click
from email_validator import EmailNotValidError, validate_email

from portal.core.console import in_portal
from portal.core.roles import Role


@click.group()
def staff() -> None:
    """People of the head office."""


@staff.command("create")
@click.argument("email")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="What they may do; give it again for a second role.",
)
@click.option("--name", default="", help="How the portal calls them.")
@click.option("--language", default="fr", type=click.Choice(["fr", "en"]), show_default=True)
def create(email: str, roles: tuple[str, ...], name: str, language: str) -> None:
    """Make sure EMAIL has an account with these roles, and print a link to choose a password.

    The link works once, for three days. Running it again gives a new link. Exit status 1 when the
    account was closed, 2 when EMAIL is not an address.
    """
    address = _address(email)
    from portal.accounts.services.staff import AccountIsClosed, create_staff

    with in_portal() as app:
        try:
            invited = create_staff(
                address,
                [Role(role) for role in roles],
                app.extensions["clock"].now(),
                name=name,
                language=language,
            )
        except AccountIsClosed:
            click.echo(f"{address}: this account was closed; open it again first.", err=True)
            sys.exit(1)
        done = "created" if invited.created else "has the roles"
        click.echo(f"{address} {done}: {', '.join(invited.account.roles)}", err=True)
        click.echo(invited.link)


def _address(email: str) -> str:
    try:
        found = validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise click.BadParameter(f"{email!r} is not an e-mail address.") from error
    return found.normalized


COMMANDS = [staff]

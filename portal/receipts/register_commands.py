"""``portal receipts``: the register under signature."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from portal.core.console import in_portal
from portal.receipts.services.exports import NoReceipt
from portal.receipts.services.signature_export import keys_address
from portal.receipts.services.signature_files import NotSigned, signature_files
from portal.receipts.services.signing import rotate_key, sign_register


@click.command("sign-register")
@click.option("--new-key", is_flag=True, help="First let a new key follow the one in force.")
def sign(new_key: bool) -> None:
    """Sign the head of each series in which something happened since it was signed last.

    The portal does it by itself each night.
    """
    with in_portal() as app:
        now = app.extensions["clock"].now()
        if new_key:
            key = rotate_key(now)
            click.echo(f"key {key.generation}, SHA-256 {key.fingerprint}")
        heads = sign_register(now)
        for head in heads:
            click.echo(f"{head.number}: {head.sequence} receipts, {head.sum}, signed")
    if not heads:
        click.echo("Nothing happened since the register was signed last.")


@click.command("signatures")
@click.argument("year", type=click.IntRange(2000, 2999))
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def signatures(year: int, folder: Path) -> None:
    """Write the register of a YEAR with its signed heads and the public keys into DIR.

    Whoever holds them proves the register with openssl alone.
    """
    with in_portal():
        try:
            files = dict(signature_files(year, keys_address()))
        except NoReceipt:
            _refuse(f"No receipt was issued for {year}.")
        except NotSigned:
            _refuse(f"Nothing of {year} is signed yet: run portal receipts sign-register.")
        try:
            for name, content in files.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
        except OSError as error:
            _refuse(f"{folder}: {error.strerror or error}")
    click.echo(f"{len(files)} files in {folder}")


def _refuse(sentence: str) -> None:
    click.echo(sentence, err=True)
    sys.exit(1)


REGISTER_COMMANDS = (sign, signatures)

"""``portal receipts``: the register under signature."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

import click

from portal.core.console import in_portal
from portal.core.i18n import in_language
from portal.receipts.head_words import fault_sentence, head_sentence
from portal.receipts.queries.findings import named
from portal.receipts.register_check import check_register
from portal.receipts.register_words import finding_sentence
from portal.receipts.services.exports import NoReceipt
from portal.receipts.services.head_proof import prove_heads
from portal.receipts.services.signature_export import keys_address
from portal.receipts.services.signature_files import NotSigned, signature_files
from portal.receipts.services.signing import (
    Night,
    rotate_key,
    sign_all_the_same,
    sign_register,
    watch_register,
)


@click.command("sign-register")
@click.option("--new-key", is_flag=True, help="First let a new key follow the one in force.")
@click.option(
    "--despite",
    metavar="REASON",
    help="Sign also what does not hold; you answer for it, with a reason.",
)
def sign(new_key: bool, despite: str | None) -> None:
    """Sign the head of each series in which something happened since it was signed last.

    The portal does it by itself each night, and mails each head to those who keep it. A series of
    which something does not hold is not signed (exit status 1) unless you say why it may be.
    """
    with in_portal() as app, in_language("en"):
        now = app.extensions["clock"].now()
        if new_key:
            key = rotate_key(now)
            click.echo(f"key {key.generation}, SHA-256 {key.fingerprint}")
        if despite and despite.strip():
            found = watch_register(now)
            for row in found:
                click.echo(f"accepted: {finding_sentence(named(row))}")
            ids = [row.id for row in found]
            night = sign_all_the_same(ids, reason=despite.strip(), by=None, at=now)
        else:
            night = sign_register(now)
        _tell(night)
    if night.refused:
        sys.exit(1)


def _tell(night: Night) -> None:
    for head in night.heads:
        click.echo(f"{head.number}: {head.sequence} receipts, {head.sum}, signed")
    for row in night.refused:
        click.echo(f"not signed: {finding_sentence(named(row))}", err=True)
    if not night.heads and not night.refused:
        click.echo("Nothing happened since the register was signed last.")


@click.command("verify-head")
@click.argument("file", type=click.File("rb"))
def verify_head(file: IO[bytes]) -> None:
    """Say whether the signed heads in FILE still hold (a mail of a night as .eml, or its text; - reads standard input).

    Both must be right: the signature, and that the register of today still has that head, receipt
    by receipt. Exit status 0 when every head holds, else 1.
    """
    with in_portal(), in_language("en"):
        proofs = prove_heads(file.read())
        for proof in proofs:
            click.echo(head_sentence(proof))
            for fault in proof.faults:
                click.echo(f"  {fault_sentence(fault)}")
    if not proofs:
        _refuse("There is no signed head in this text.")
    if not all(proof.holds for proof in proofs):
        sys.exit(1)


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


REGISTER_COMMANDS = (sign, verify_head, check_register, signatures)

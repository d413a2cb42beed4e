"""The register as a file, and the papers of a year in a folder or one archive."""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.core import audit, documents
from portal.core.clock import paris_date
from portal.core.db import db, transaction
from portal.core.spreadsheets import Column, Row, write_csv, write_xlsx
from portal.donations.models import Gift
from portal.receipts.models import Receipt, ReceiptedGift, ReceiptState
from portal.receipts.queries.register import numbers_of, register_of
from portal.receipts.rules.content import ReceiptContent

REGISTER: Final = "register.csv"
COLUMNS: Final = (
    Column("Numéro"),
    Column("État"),
    Column("Formulaire"),
    Column("Année fiscale", "integer"),
    Column("Date d'émission", "date"),
    Column("Référence du donateur"),
    Column("Donateur"),
    Column("Adresse"),
    Column("Code postal"),
    Column("Commune"),
    Column("Pays"),
    Column("SIREN"),
    Column("Montant", "amount"),
    Column("Devise"),
    Column("Dons"),
    Column("Annulé le", "date"),
    Column("Motif d'annulation"),
    Column("Annule et remplace"),
    Column("SHA-256 du PDF"),
    Column("Empreinte précédente"),
    Column("Empreinte de la chaîne"),
)
STATES = {ReceiptState.ISSUED: "émis", ReceiptState.CANCELLED: "annulé"}


class NoReceipt(Exception):
    """No receipt was issued for that year."""


class FolderRefused(Exception):
    """The folder cannot be written; the message says why."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A receipt's file: its name and its bytes, unaltered."""

    name: str
    content: bytes


def register_rows(year: int) -> Iterator[Row]:
    """The receipts of a tax year under COLUMNS, cancelled ones too, in the order of their numbers."""
    old = aliased(Receipt)
    refs = sa.func.string_agg(Gift.ref, sa.text("' ' order by gift.tax_on, gift.id"))
    gifts = (
        sa.select(refs)
        .select_from(ReceiptedGift)
        .join(Gift, Gift.id == ReceiptedGift.gift_id)
        .where(ReceiptedGift.receipt_id == Receipt.id)
        .correlate(Receipt)
        .scalar_subquery()
    )
    wanted = (
        register_of(year)
        .outerjoin(old, old.id == Receipt.replaces_id)
        .add_columns(gifts, old.number)
        .order_by(Receipt.sequence)
        .execution_options(yield_per=500)
    )
    for receipt, refs_of_gifts, replaced in db.session.execute(wanted):
        yield _row(receipt, refs_of_gifts or "", replaced or "")


def _row(receipt: Receipt, gifts: str, replaced: str) -> Row:
    donor = ReceiptContent.from_json(receipt.content).donor
    cancelled = receipt.cancelled_at
    return (
        receipt.number,
        STATES[receipt.state],
        receipt.form,
        receipt.tax_year,
        receipt.issued_on,
        receipt.donor.ref,
        " ".join(donor.name_lines),
        ", ".join(filter(None, (donor.address1, donor.address2))),
        donor.postcode,
        donor.city,
        donor.country,
        donor.siren,
        receipt.amount,
        receipt.currency,
        gifts,
        paris_date(cancelled) if cancelled else None,
        receipt.cancel_reason,
        replaced,
        receipt.sha256,
        receipt.previous_hash,
        receipt.chain_hash,
    )


def register_file(year: int, kind: str) -> bytes:
    """The register of a tax year as ``csv`` or ``xlsx``. Raises NoReceipt."""
    rows = list(register_rows(year))
    if not rows:
        raise NoReceipt(year)
    if kind == "csv":
        return write_csv(COLUMNS, rows)
    return write_xlsx(f"register-{year}", COLUMNS, rows)


def papers_of(year: int) -> Iterator[Paper]:
    """Every paper of a tax year, one at a time, in the order of their numbers.

    Raises DamagedDocument when stored bytes are no longer those that were issued.
    """
    for receipt_id in numbers_of(year):
        receipt = db.session.get_one(Receipt, receipt_id)
        document = receipt.document
        paper = Paper(f"{receipt.number}.pdf", documents.read(document))
        db.session.expunge(document)
        yield paper


def write_archive(year: int, target: IO[bytes]) -> None:
    """The register and every paper of a tax year as one ZIP, the same bytes each time."""
    with zipfile.ZipFile(target, "w") as bundle:
        _add(bundle, Paper(REGISTER, register_file(year, "csv")), year, zipfile.ZIP_DEFLATED)
        for paper in papers_of(year):
            _add(bundle, paper, year, zipfile.ZIP_STORED)


def _add(bundle: zipfile.ZipFile, paper: Paper, year: int, how: int) -> None:
    member = zipfile.ZipInfo(paper.name, (year, 12, 31, 0, 0, 0))
    member.external_attr = 0o644 << 16
    member.compress_type = how
    bundle.writestr(member, paper.content)


def write_folder(year: int, folder: Path) -> int:
    """The register and one PDF a receipt into the folder; how many receipts.

    Each file appears whole or not at all, and ``register.csv`` last: where it stands, every
    paper it names does. Raises NoReceipt, FolderRefused, DamagedDocument.
    """
    register = register_file(year, "csv")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".partial-") as partial:
            count = _lay_out(year, register, Path(partial), folder)
    except OSError as error:
        raise FolderRefused(f"{folder}: {error.strerror or error}") from error
    with transaction():
        audit.record("receipts.exported", f"receipts:{year}", after={"receipts": count})
    return count


def _lay_out(year: int, register: bytes, partial: Path, folder: Path) -> int:
    names = []
    for paper in papers_of(year):
        _write(partial / paper.name, paper.content)
        names.append(paper.name)
    _write(partial / REGISTER, register)
    for name in (*names, REGISTER):
        (partial / name).replace(folder / name)
    return len(names)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())

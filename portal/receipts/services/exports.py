"""The register as a file, and the papers of a year in a folder or one archive."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.core import audit, documents
from portal.core.clock import paris_date
from portal.core.db import db, transaction
from portal.core.documents import DamagedDocument, Document
from portal.core.spreadsheets import Column, Row, csv_chunks, write_csv, write_xlsx
from portal.donations.models import Gift
from portal.receipts.models import Receipt, ReceiptedGift, ReceiptState
from portal.receipts.queries.register import register_of
from portal.receipts.queries.runs import open_run
from portal.receipts.rules.content import ReceiptDonor
from portal.receipts.rules.forms import DonorKind

REGISTER: Final = "register.csv"
PARTIAL: Final = "INCOMPLET.txt"
PARTIAL_WORDS: Final = (
    "Des reçus de cette année étaient encore en cours d’émission : il en manque ici.\r\n"
    "Receipts of this year were still being issued: some are missing here.\r\n"
).encode()
PAPERS_AT_ONCE: Final = 50
TOLD_EVERY: Final = 100
COLUMNS: Final = (
    Column("Numéro"),
    Column("État"),
    Column("Formulaire"),
    Column("Année fiscale", "year"),
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


@dataclass(frozen=True, slots=True)
class Stood:
    """How far a year's register was at an instant: its first receipts, some cancelled by then."""

    count: int
    at: dt.datetime
    partial: bool

    def cancelled(self, receipt: Receipt) -> bool:
        """Whether the receipt was cancelled by then."""
        return receipt.cancelled_at is not None and receipt.cancelled_at <= self.at


def register_rows(year: int, stood: Stood | None = None) -> Iterator[Row]:
    """The receipts of a tax year under COLUMNS, cancelled ones too, in the order of their numbers.

    They come from the database some hundred at a time, however many there are; with ``stood`` as the
    register was at that instant.
    """
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
    if stood is not None:
        wanted = wanted.where(Receipt.sequence <= stood.count)
    with db.session.execute(wanted) as rows:
        for receipt, refs_of_gifts, replaced in rows:
            void = receipt.cancelled_at if stood is None or stood.cancelled(receipt) else None
            yield _row(receipt, refs_of_gifts or "", replaced or "", void)


def _row(receipt: Receipt, gifts: str, replaced: str, cancelled: dt.datetime | None) -> Row:
    named = receipt.content["donor"]
    donor = ReceiptDonor(**named | {"kind": DonorKind(named["kind"])})
    return (
        receipt.number,
        STATES[ReceiptState.CANCELLED if cancelled else ReceiptState.ISSUED],
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
        receipt.cancel_reason if cancelled else "",
        replaced,
        receipt.sha256,
        receipt.previous_hash,
        receipt.chain_hash,
    )


def is_partial(year: int) -> bool:
    """Whether receipts of the year are still being issued: what is taken out now is not all."""
    return open_run(year) is not None


def file_name(stem: str, year: int, kind: str) -> str:
    """``register-2025.csv``, or ``register-2025-partiel.csv`` while the year's run is under way."""
    return f"{stem}-{year}{'-partiel' if is_partial(year) else ''}.{kind}"


def register_chunks(year: int, stood: Stood | None = None) -> Iterator[bytes]:
    """The register of a tax year as CSV, piece by piece. Raises NoReceipt at once."""
    return csv_chunks(COLUMNS, _rows_or_refusal(year, stood))


def register_file(year: int, kind: str) -> bytes:
    """The register of a tax year as ``csv`` or ``xlsx``. Raises NoReceipt."""
    rows = _rows_or_refusal(year)
    if kind == "csv":
        return write_csv(COLUMNS, rows)
    return write_xlsx(f"register-{year}", COLUMNS, rows)


def _rows_or_refusal(year: int, stood: Stood | None = None) -> Iterator[Row]:
    rows = register_rows(year, stood)
    first = next(rows, None)
    if first is None:
        raise NoReceipt(year)
    return chain((first,), rows)


def papers_of(year: int) -> Iterator[Paper]:
    """Every paper of a tax year, some at a time, in the order of their numbers.

    Raises DamagedDocument when stored bytes are no longer those that were issued.
    """
    last = 0
    while found := _papers_after(year, last):
        for sequence, number, sha256, head, tail in found:
            content = documents.joined(head, tail)
            if hashlib.sha256(content).hexdigest() != sha256:
                raise DamagedDocument(f"receipt {number} is damaged")
            yield Paper(f"{number}.pdf", content)
            last = sequence


def _papers_after(year: int, sequence: int) -> Sequence[sa.Row[int, str, str, str | None, bytes]]:
    return db.session.execute(
        sa.select(
            Receipt.sequence,
            Receipt.number,
            Document.sha256,
            Document.head_sha256,
            Document.content,
        )
        .join(Document, Document.id == Receipt.document_id)
        .where(Receipt.series_year == year, Receipt.sequence > sequence)
        .order_by(Receipt.sequence)
        .limit(PAPERS_AT_ONCE)
    ).all()


def write_archive(
    year: int,
    target: IO[bytes],
    told: Callable[[int], None] | None = None,
    stood: Stood | None = None,
) -> None:
    """The register and every paper of a tax year as one ZIP: with ``stood`` as they were at that
    instant, the same bytes whatever was issued and cancelled since.

    While the year's run is under way the archive says so in a file of its own. ``told`` hears now and
    then how many papers are in.
    """
    papers = papers_of(year) if stood is None else islice(papers_of(year), stood.count)
    with zipfile.ZipFile(target, "w") as bundle:
        if is_partial(year) if stood is None else stood.partial:
            _add(bundle, Paper(PARTIAL, PARTIAL_WORDS), year, zipfile.ZIP_DEFLATED)
        with bundle.open(_member(REGISTER, year, zipfile.ZIP_DEFLATED), "w") as register:
            for chunk in register_chunks(year, stood):
                register.write(chunk)
        for done, paper in enumerate(papers, start=1):
            _add(bundle, paper, year, zipfile.ZIP_STORED)
            if told is not None and done % TOLD_EVERY == 0:
                told(done)


def _add(bundle: zipfile.ZipFile, paper: Paper, year: int, how: int) -> None:
    bundle.writestr(_member(paper.name, year, how), paper.content)


def _member(name: str, year: int, how: int) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, (year, 12, 31, 0, 0, 0))
    member.external_attr = 0o644 << 16
    member.compress_type = how
    return member


def write_folder(year: int, folder: Path) -> int:
    """The register and one PDF a receipt into the folder; how many receipts.

    Each file appears whole or not at all, and ``register.csv`` last: where it stands, every
    paper it names does. While the year's run is under way a file beside it says that not all is
    there. Raises NoReceipt, FolderRefused, DamagedDocument.
    """
    register = register_chunks(year)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".partial-") as partial:
            count = _lay_out(year, register, Path(partial), folder)
    except OSError as error:
        raise FolderRefused(f"{folder}: {error.strerror or error}") from error
    with transaction():
        audit.record("receipts.exported", f"receipts:{year}", after={"receipts": count})
    return count


def _lay_out(year: int, register: Iterable[bytes], partial: Path, folder: Path) -> int:
    names = []
    _write(partial / REGISTER, register)
    for paper in papers_of(year):
        _write(partial / paper.name, (paper.content,))
        names.append(paper.name)
    for name in (*names, REGISTER):
        (partial / name).replace(folder / name)
    if is_partial(year):
        _write(folder / PARTIAL, (PARTIAL_WORDS,))
    else:
        (folder / PARTIAL).unlink(missing_ok=True)
    return len(names)


def _write(path: Path, content: Iterable[bytes]) -> None:
    with path.open("wb") as stream:
        stream.writelines(content)
        stream.flush()
        os.fsync(stream.fileno())

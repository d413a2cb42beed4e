"""The proof of the register as an archive of the house: taken out like every other file, with its identity."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from typing import IO, Final

from flask_babel import gettext as _

from portal.core.clock import paris_date
from portal.core.exports import (
    ExportKind,
    ExportRefused,
    Progress,
    Sheet,
    Sums,
    Written,
    member,
    told_of,
)
from portal.core.i18n_markers import N_
from portal.core.spreadsheets import Column, Row
from portal.receipts.queries.register import receipt_years
from portal.receipts.queries.signed_heads import heads_of
from portal.receipts.services.addresses import address_of
from portal.receipts.services.signature_files import signature_files

COLUMNS: Final = (
    Column("Dernier numéro"),
    Column("Reçus", "integer"),
    Column("Cumul", "amount"),
    Column("Annulés", "integer"),
    Column("Signé le", "date"),
    Column("Clé", "integer"),
    Column("Empreinte de la chaîne"),
)


def keys_address() -> str:
    """Where the public keys are published."""
    return address_of("receipts.keys", lang_code="fr")


def _sheets(year: int) -> Sequence[Sheet]:
    if not heads_of(year):
        raise ExportRefused(
            _("Nothing of %(year)s is signed yet: it will be by tomorrow morning.", year=year)
        )
    return [Sheet("Signatures", COLUMNS, lambda: _rows(year), lambda: Sums(len(heads_of(year))))]


def _rows(year: int) -> Iterator[Row]:
    for head in heads_of(year):
        yield (
            head.number, head.sequence, head.sum, head.cancelled_count,
            paris_date(head.signed_at), head.key.generation, head.chain_hash,
        )  # fmt: skip


def _write(year: int, file_format: str, target: IO[bytes], told: Progress) -> Written:
    del file_format, told
    _sheets(year)  # refuses, in words, what nobody signed yet
    with zipfile.ZipFile(target, "w") as bundle:
        for name, content in signature_files(year, keys_address()):
            bundle.writestr(member(name, year), content)
    return Written((told_of("Signatures", Sums(len(heads_of(year)))),))


KIND: Final = ExportKind(
    code="signatures",
    stem=lambda year: f"registre-signe-{year}",
    label=N_("Signed register"),
    about=N_("The register with its nightly signatures and public keys: proof without the portal."),
    icon="fingerprint",
    sheets=_sheets,
    years=receipt_years,
    formats=("zip",),
    order=66,
    write=_write,
)

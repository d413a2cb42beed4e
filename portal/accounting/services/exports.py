"""The FEC of a year with its description, and files written whole or not at all."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from flask_babel import gettext as _

from portal.accounting.fec import (
    CHARSET,
    FecEntry,
    FecError,
    FinancialYear,
    InvalidSiren,
    fec_chunks,
    fec_file_name,
)
from portal.accounting.fec_description import fec_description, fec_description_name
from portal.accounting.queries.chart import accounts_named
from portal.accounting.queries.checks import gifts_booked_once
from portal.accounting.queries.journal import entries_exist, fec_entries
from portal.accounting.rules.chart import UnknownAccount
from portal.accounting.rules.journals import JOURNAL_LABELS
from portal.config import Organisation
from portal.core.exports import Export, ExportRefused, hand_out, kind_of, make_now, member
from portal.core.money import Money, total

FEC: Final = "fec"
"""The code of the export."""


@dataclass(frozen=True, slots=True)
class Fec:
    """The FEC of a year and its description, ready to be written."""

    year: FinancialYear
    data: bytes
    description: bytes
    entries: int
    lines: int
    debit: Money
    credit: Money

    @property
    def name(self) -> str:
        return fec_file_name(self.year)

    @property
    def description_name(self) -> str:
        return fec_description_name(self.year)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def archive(self) -> bytes:
        """Both files in one ZIP: the same bytes each time, dated on the last day of the year."""
        kept = io.BytesIO()
        with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as bundle:
            for name, data in ((self.name, self.data), (self.description_name, self.description)):
                bundle.writestr(member(name, self.year.closes_on.year), data)
        return kept.getvalue()


def financial_year(organisation: Organisation, year: int) -> FinancialYear:
    """The civil year of the organisation.

    :raises InvalidSiren: when the settings have none that is valid.
    """
    return FinancialYear(organisation.siren, date(year, 1, 1), date(year, 12, 31))


@dataclass
class _Counted:
    """What goes by while the file is written."""

    entries: int = 0
    lines: int = 0
    debit: int = 0
    credit: int = 0

    def passing(self, entries: Iterator[FecEntry]) -> Iterator[FecEntry]:
        for entry in entries:
            self.entries += 1
            self.lines += len(entry.lines)
            self.debit += total([line.debit for line in entry.lines]).minor
            self.credit += total([line.credit for line in entry.lines]).minor
            yield entry


def fec_year(organisation: Organisation, year: int) -> FinancialYear:
    """The year a FEC may be made of.

    :raises ExportRefused: without a valid SIREN, without an entry, or while a gift is not booked.
    """
    try:
        period = financial_year(organisation, year)
    except InvalidSiren as error:
        raise ExportRefused(
            _(
                "The file is named by the organisation's SIREN, which is wrong: %(error)s.",
                error=error,
            )
        ) from error
    if not entries_exist(year):
        raise ExportRefused(_("No entry is booked in %(year)s.", year=year))
    booked, problem = gifts_booked_once()
    if not booked:
        raise ExportRefused(problem)
    return period


def make_fec(organisation: Organisation, year: int) -> Fec:
    """The FEC of a year (LPF art. A47 A-1).

    :raises ExportRefused: when the year has no entry, a gift is not booked, or an entry is not
        as the law wants it.
    """
    period = fec_year(organisation, year)
    counted = _Counted()
    try:
        data = b"".join(fec_chunks(counted.passing(fec_entries(year)), period))
    except (FecError, UnknownAccount) as error:
        raise ExportRefused(str(error)) from error
    journals = {journal.value: label for journal, label in JOURNAL_LABELS.items()}
    accounts = accounts_named(period.closes_on)
    description = fec_description(period, organisation.name, journals, accounts)
    return Fec(
        period,
        data,
        description.encode(CHARSET),
        counted.entries,
        counted.lines,
        Money(counted.debit),
        Money(counted.credit),
    )


def write_fec(year: int, folder: Path) -> tuple[Export, list[Path]]:
    """Make the FEC of a year as an export, and write what was kept, the file and its description, into
    the folder, each whole or not at all.

    :raises ExportRefused: as :func:`make_fec`, and when the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        kept = make_now(kind_of(FEC), year, "zip")
        with hand_out(kept, by=None) as archive, zipfile.ZipFile(archive) as bundle:
            paths = [_put(folder / name, bundle.read(name)) for name in bundle.namelist()]
    except OSError as error:
        raise ExportRefused(f"{folder}: {error.strerror or error}") from error
    return kept, paths


def _put(path: Path, data: bytes) -> Path:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        partial.chmod(0o644)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all.

    :raises ExportRefused: when it cannot be written.
    """
    try:
        _put(path, data)
    except OSError as error:
        raise ExportRefused(f"{path}: {error.strerror or error}") from error

"""The files accountants take: the FEC with its description, the journal, the trial balance."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from flask_babel import gettext as _

from portal.accounting.fec import (
    FecEntry,
    FecError,
    FinancialYear,
    fec_chunks,
    fec_file_name,
)
from portal.accounting.fec_description import fec_description, fec_description_name
from portal.accounting.queries.checks import gifts_booked_once
from portal.accounting.queries.journal import (
    COLUMNS,
    accounts_named,
    entries_exist,
    fec_entries,
    journal_rows,
)
from portal.accounting.queries.overview import trial_balance
from portal.accounting.rules.chart import UnknownAccount
from portal.accounting.rules.journals import JOURNAL_LABELS
from portal.config import Organisation
from portal.core import audit
from portal.core.db import transaction
from portal.core.money import Money, total
from portal.core.spreadsheets import Column, Row, write_csv, write_xlsx

BALANCE_COLUMNS: Final = (
    Column("Compte"),
    Column("Libellé du compte"),
    Column("Débit", "amount"),
    Column("Crédit", "amount"),
    Column("Solde débiteur", "amount"),
    Column("Solde créditeur", "amount"),
)


class ExportRefused(Exception):
    """The file cannot be made; ``reasons`` say why, in words."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


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
        closing = self.year.closes_on
        with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as bundle:
            for name, data in ((self.name, self.data), (self.description_name, self.description)):
                member = zipfile.ZipInfo(name, (closing.year, closing.month, closing.day, 0, 0, 0))
                member.compress_type = zipfile.ZIP_DEFLATED
                member.external_attr = 0o644 << 16
                bundle.writestr(member, data)
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


def make_fec(organisation: Organisation, year: int) -> Fec:
    """The FEC of a year (LPF art. A47 A-1).

    :raises ExportRefused: when the year has no entry, a gift is not booked, or an entry is not
        as the law wants it.
    """
    if not entries_exist(year):
        raise ExportRefused(_("No entry is booked in %(year)s.", year=year))
    booked, problem = gifts_booked_once()
    if not booked:
        raise ExportRefused(problem)
    counted = _Counted()
    try:
        period = financial_year(organisation, year)
        data = b"".join(fec_chunks(counted.passing(fec_entries(year)), period))
    except (FecError, UnknownAccount) as error:
        raise ExportRefused(str(error)) from error
    journals = {journal.value: label for journal, label in JOURNAL_LABELS.items()}
    accounts = accounts_named(period.closes_on)
    description = fec_description(period, organisation.name, journals, accounts)
    return Fec(
        period,
        data,
        description.encode(),
        counted.entries,
        counted.lines,
        Money(counted.debit),
        Money(counted.credit),
    )


def record_fec(fec: Fec) -> None:
    """Keep a trace of the export: who, which year, what was in it, its SHA-256."""
    _record("accounting.fec_exported", fec.year.closes_on.year, fec.name, fec.data, fec.entries)


def _record(action: str, year: int, name: str, data: bytes, rows: int) -> None:
    told = {"file": name, "sha256": hashlib.sha256(data).hexdigest(), "rows": rows}
    with transaction():
        audit.record(action, f"books:{year}", after=told)


def write_fec(organisation: Organisation, year: int, folder: Path) -> tuple[Fec, list[Path]]:
    """Write the FEC and its description into the folder, each whole or not at all.

    :raises ExportRefused: as :func:`make_fec`, and when the folder cannot be written.
    """
    fec = make_fec(organisation, year)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        described = _put(folder / fec.description_name, fec.description)
        written = _put(folder / fec.name, fec.data)
    except OSError as error:
        raise ExportRefused(f"{folder}: {error.strerror or error}") from error
    record_fec(fec)
    return fec, [written, described]


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


def balance_rows(year: int) -> list[Row]:
    """The trial balance of a year under :data:`BALANCE_COLUMNS`."""
    nothing = Money(0)
    return [
        (
            row.code,
            row.label,
            row.debit,
            row.credit,
            row.balance if row.balance > nothing else None,
            -row.balance if row.balance < nothing else None,
        )
        for row in trial_balance(year)
    ]


def journal_file(year: int, kind: str) -> bytes:
    """The journal of a year as ``csv`` or ``xlsx``."""
    return _spreadsheet(kind, f"journal-{year}", COLUMNS, lambda: list(journal_rows(year)))


def balance_file(year: int, kind: str) -> bytes:
    """The trial balance of a year as ``csv`` or ``xlsx``."""
    return _spreadsheet(kind, f"balance-{year}", BALANCE_COLUMNS, lambda: balance_rows(year))


def _spreadsheet(kind: str, name: str, columns: Any, rows: Callable[[], list[Row]]) -> bytes:
    if kind == "csv":
        return write_csv(columns, rows())
    return write_xlsx(name, columns, rows())


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all.

    :raises ExportRefused: when it cannot be written.
    """
    try:
        _put(path, data)
    except OSError as error:
        raise ExportRefused(f"{path}: {error.strerror or error}") from error

"""The files taken out of the register: the register, the papers of a year, the declaration's list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any, Final

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from portal.core.db import db
from portal.core.exports import (
    ExportKind,
    ExportRefused,
    Progress,
    Sheet,
    Sums,
    Written,
    told_of,
)
from portal.core.i18n_markers import N_
from portal.core.money import Money
from portal.core.spreadsheets import Column
from portal.receipts.models import Receipt
from portal.receipts.queries import declaration
from portal.receipts.queries.register import receipt_years
from portal.receipts.services import exports

ARCHIVED: Final = (
    Column("Fichier"),
    Column("Date d'émission", "date"),
    Column("Montant", "amount"),
    Column("SHA-256 du PDF"),
)
"""What the preview of the archive shows; the archive holds the register itself."""


def register_sums(year: int) -> Sums:
    """How many receipts the register of the year holds, cancelled ones too, and what they state."""
    count, minor = db.session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(Receipt.amount_minor), 0)).where(
            Receipt.tax_year == year
        )
    ).one()
    return Sums(int(count), {"Montant": Money(int(minor))})


def _register(year: int) -> Sequence[Sheet]:
    _must_have_receipts(year)
    return [
        Sheet(
            "Registre",
            exports.COLUMNS,
            lambda: exports.register_rows(year),
            lambda: register_sums(year),
        )
    ]


def _archived(year: int) -> Sequence[Sheet]:
    _must_have_receipts(year)

    def rows() -> Any:
        chosen = sa.select(
            Receipt.number, Receipt.issued_on, Receipt.amount_minor, Receipt.sha256
        ).where(Receipt.tax_year == year)
        for row in db.session.execute(chosen.order_by(Receipt.sequence)):
            yield (f"{row.number}.pdf", row.issued_on, Money(row.amount_minor), row.sha256)

    return [Sheet("Reçus", ARCHIVED, rows, lambda: register_sums(year))]


def _must_have_receipts(year: int) -> None:
    if year not in receipt_years():
        raise ExportRefused(_("No receipt was issued for %(year)s.", year=year))


def _declared(year: int) -> Sequence[Sheet]:
    if not declaration.declared_sums(year).rows:
        raise ExportRefused(
            _("No receipt of %(year)s stands: there is nothing to declare.", year=year)
        )
    return [
        Sheet(
            "Dons déclarés",
            declaration.COLUMNS,
            lambda: declaration.declared_rows(year),
            lambda: declaration.declared_sums(year),
        )
    ]


def _write_archive(year: int, file_format: str, target: IO[bytes], told: Progress) -> Written:
    """The register and every paper, unaltered, and how far they were: see ``_write_again``."""
    del file_format
    at = current_app.extensions["clock"].now()
    sums, partial = register_sums(year), exports.is_partial(year)
    stood = exports.Stood(sums.rows, at, partial)
    exports.write_archive(year, target, lambda done: told(done, sums.rows), stood)
    part = told_of("Reçus", sums)
    return Written(({**part, "as_of": at.isoformat(), "partial": partial},))


def _write_again(year: int, contents: Sequence[Mapping[str, Any]], target: IO[bytes]) -> None:
    """The archive as it was, whatever was issued and cancelled since."""
    part = contents[0]
    at = dt.datetime.fromisoformat(part["as_of"])
    exports.write_archive(year, target, stood=exports.Stood(part["rows"], at, part["partial"]))


def _partial(year: int) -> Sequence[str]:
    """Said while the year's run is under way."""
    if not exports.is_partial(year):
        return ()
    return (
        _(
            "Receipts of %(year)s are still being issued: this file will not hold them all.",
            year=year,
        ),
    )


def _stem(code: str) -> Callable[[int], str]:
    return lambda year: exports.file_name(code, year, "").rstrip(".")


KINDS: Final = (
    ExportKind(
        code="register",
        label=N_("Register of receipts"),
        about=N_(
            "Every receipt of a tax year, cancelled ones too, with its gifts and fingerprints."
        ),
        icon="receipt-euro",
        sheets=_register,
        years=receipt_years,
        order=60,
        stem=_stem("registre-des-recus"),
        warnings=_partial,
    ),
    ExportKind(
        code="receipts",
        label=N_("All receipts as PDF"),
        about=N_("One archive with every paper of a tax year and its register."),
        icon="file-text",
        sheets=_archived,
        years=receipt_years,
        formats=("zip",),
        order=65,
        stem=_stem("recus-fiscaux"),
        warnings=_partial,
        write=_write_archive,
        again=_write_again,
        stored=False,
    ),
    ExportKind(
        code="declaration",
        stem=lambda year: f"declaration-des-dons-{year}",
        label=N_("List of the gifts declared"),
        about=N_("The receipts behind the yearly declaration of gifts (CGI art. 222 bis)."),
        icon="flag",
        sheets=_declared,
        years=receipt_years,
        order=70,
    ),
)

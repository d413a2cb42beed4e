"""The files accountants take out of the books, each with its sheets and their sums."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Final

from flask import current_app
from flask_babel import gettext as _

from portal.accounting.fec import COLUMNS as FEC_COLUMNS
from portal.accounting.fec import fec_file_name, fec_records
from portal.accounting.queries import journal, ledger, payout_rows
from portal.accounting.queries.overview import (
    BALANCE_COLUMNS,
    balance_rows,
    balance_sums,
    years_with_entries,
)
from portal.accounting.services import exports
from portal.config import Organisation
from portal.core.clock import paris_date
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
from portal.core.spreadsheets import Column, Row

FEC_SHEET: Final = tuple(
    Column(name, "amount" if name in ("Debit", "Credit") else "text") for name in FEC_COLUMNS
)
SheetOf = Callable[[int], Iterable[Row]]
SumsOf = Callable[[int], Sums]


def _organisation() -> Organisation:
    return current_app.extensions["settings"].organisation  # type: ignore[no-any-return]


def _sheets(
    name: str, columns: Sequence[Column], rows: SheetOf, sums: SumsOf
) -> Callable[[int], Sequence[Sheet]]:
    """The one sheet of a kind; refused for a year without an entry."""

    def of_year(year: int) -> Sequence[Sheet]:
        if not journal.entries_exist(year):
            raise ExportRefused(_("No entry is booked in %(year)s.", year=year))
        return [Sheet(name, columns, lambda: rows(year), lambda: sums(year))]

    return of_year


def year_not_over(year: int) -> Sequence[str]:
    """Said while the year goes on."""
    if paris_date(current_app.extensions["clock"].now()).year > year:
        return ()
    return (
        _(
            "%(year)s is not over: entries will still be added, and the file will change.",
            year=year,
        ),
    )


def _fec_sheets(year: int) -> Sequence[Sheet]:
    period = exports.fec_year(_organisation(), year)

    def rows() -> Iterator[Row]:
        for entry in journal.fec_entries(year):
            for record, line in zip(fec_records(entry, period), entry.lines, strict=True):
                yield (*record[:11], line.debit, line.credit, *record[13:])

    def sums() -> Sums:
        told = journal.journal_sums(year)
        amounts = {"Debit": told.amounts["Débit"], "Credit": told.amounts["Crédit"]}
        return Sums(told.rows, amounts)

    return [Sheet(fec_file_name(period), FEC_SHEET, rows, sums)]


def _write_fec(year: int, file_format: str, target: IO[bytes], told: Progress) -> Written:
    del file_format
    told(0, journal.journal_sums(year).rows)
    fec = exports.make_fec(_organisation(), year)
    target.write(fec.archive)
    amounts: dict[str, Money] = {"Debit": fec.debit, "Credit": fec.credit}
    part = told_of(fec.name, Sums(fec.lines, amounts))
    return Written(({**part, "entries": fec.entries, "sha256": fec.sha256},))


def _fec_stem(year: int) -> str:
    return f"{_organisation().siren}FEC{year}1231"


KINDS: Final = (
    ExportKind(
        code=exports.FEC,
        label=N_("FEC"),
        about=N_(
            "The entries of gifts in the format of LPF art. A47 A-1 with the description of the file,"
            " to be taken into the general ledger. Donors appear by their number only."
        ),
        icon="file-check",
        sheets=_fec_sheets,
        years=years_with_entries,
        formats=("zip",),
        order=10,
        stem=_fec_stem,
        write=_write_fec,
        warnings=year_not_over,
    ),
    ExportKind(
        code="journal",
        stem=lambda year: f"journal-{year}",
        label=N_("Journal"),
        about=N_(
            "Every line of every entry, with the gift it comes from and the programme the money is"
            " dedicated to."
        ),
        icon="list",
        sheets=_sheets("Journal", journal.COLUMNS, journal.journal_rows, journal.journal_sums),
        years=years_with_entries,
        order=20,
        warnings=year_not_over,
    ),
    ExportKind(
        code="ledger",
        stem=lambda year: f"grand-livre-{year}",
        label=N_("General ledger"),
        about=N_("Each account, line by line, with its running balance since 1 January."),
        icon="book-open",
        sheets=_sheets("Grand livre", ledger.COLUMNS, ledger.ledger_rows, journal.journal_sums),
        years=years_with_entries,
        order=30,
        warnings=year_not_over,
    ),
    ExportKind(
        code="balance",
        stem=lambda year: f"balance-{year}",
        label=N_("Trial balance"),
        about=N_("Debits, credits and balance of each account."),
        icon="scale",
        sheets=_sheets("Balance", BALANCE_COLUMNS, balance_rows, balance_sums),
        years=years_with_entries,
        order=40,
        warnings=year_not_over,
    ),
    ExportKind(
        code="payouts",
        stem=lambda year: f"virements-stripe-{year}",
        label=N_("Payouts"),
        about=N_(
            "Each payout of Stripe with the lines it is made of, and the line of the bank that shows it."
        ),
        icon="landmark",
        sheets=lambda year: [
            Sheet(
                "Virements Stripe",
                payout_rows.COLUMNS,
                lambda: payout_rows.payout_rows(year),
                lambda: payout_rows.payout_sums(year),
            )
        ],
        years=payout_rows.payout_years,
        order=50,
    ),
)

"""The auditor's export of a tax year (LPF art. L14 A): receipts, gifts, money, entries; and that they tie."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from flask import current_app
from flask_babel import gettext as _

from portal.core.clock import paris_date
from portal.core.exports import ExportKind, ExportRefused, Sheet, Sums
from portal.core.i18n import in_language
from portal.core.i18n_markers import N_
from portal.core.money import Money
from portal.core.spreadsheets import Column, Row
from portal.donations.gift_export import MODES, PURPOSES
from portal.office.exports.auditor_text import read_me
from portal.office.exports.auditor_year import read_year
from portal.office.exports.missing_links import missing_links, no_receipt_because
from portal.receipts.queries.declaration import printed_name
from portal.receipts.queries.receiptable import plan_of
from portal.receipts.queries.register import receipt_years

STATES: Final = {"issued": "émis", "cancelled": "annulé"}
RECEIPTS: Final = (
    Column("Reçu"),
    Column("État"),
    Column("Formulaire"),
    Column("Date d'émission", "date"),
    Column("Référence du donateur"),
    Column("Donateur"),
    Column("Montant du reçu", "amount"),
    Column("Dons", "integer"),
    Column("Somme des dons certifiés", "amount"),
    Column("Concorde", "yes_no"),
    Column("Annulé le", "date"),
    Column("Motif d'annulation"),
    Column("Annule et remplace"),
    Column("Remplacé par"),
    Column("SHA-256 du PDF"),
    Column("Empreinte de la chaîne"),
)
MONEY: Final = (
    Column("Don"),
    Column("Date du don", "date"),
    Column("Reçu le", "date"),
    Column("Mode"),
    Column("Affectation"),
    Column("Montant du don", "amount"),
    Column("Devise"),
    Column("Montant en euros", "amount"),
    Column("Remboursé", "amount"),
    Column("Paiement Stripe"),
    Column("Ligne Stripe"),
    Column("Virement Stripe"),
    Column("Chèque"),
    Column("Bordereau"),
    Column("Bordereau du", "date"),
    Column("Prélèvement"),
    Column("Compte bancaire"),
    Column("Relevé"),
    Column("Relevé au", "date"),
    Column("Ligne du relevé"),
    Column("Crédité le", "date"),
    Column("Journal"),
    Column("Écriture"),
    Column("Date de l'écriture", "date"),
    Column("Validée le", "date"),
    Column("Produit de l'écriture", "amount"),
    Column("Contre-passée par"),
    Column("Lien complet", "yes_no"),
    Column("Ce qui manque et pourquoi"),
)
LINKS: Final = (
    Column("Reçu"),
    Column("État"),
    Column("Date d'émission", "date"),
    Column("Référence du donateur"),
    Column("Donateur"),
    Column("Montant certifié", "amount"),
    *MONEY,
)
WITHOUT: Final = (Column("Référence du donateur"), Column("Sans reçu parce que"), *MONEY)
CONTROLS: Final = (
    Column("Contrôle"),
    Column("Nombre dans ce fichier", "integer"),
    Column("Nombre relu en base", "integer"),
    Column("Montant dans ce fichier", "amount"),
    Column("Montant relu en base", "amount"),
    Column("Concorde", "yes_no"),
)


def _receipt_row(row: Any) -> Row:
    cancelled = row.cancelled_at
    return (
        row.number,
        STATES[row.state],
        row.form,
        row.issued_on,
        row.donor_ref,
        printed_name(row.donor),
        Money(row.amount_minor),
        row.gifts,
        Money(int(row.certified)),
        row.amount_minor == row.certified,
        paris_date(cancelled) if cancelled else None,
        row.cancel_reason,
        row.replaces or "",
        row.replaced_by or "",
        row.sha256,
        row.chain_hash,
    )


def _money(row: Any) -> Row:
    missing = missing_links(row)
    line = f"RLV-{row.bank_line:06}" if row.bank_line else (row.statement_line_ref or "")
    return (
        row.ref,
        row.tax_on,
        row.received_on,
        MODES[row.mode],
        PURPOSES[row.programme or row.purpose],
        Money(row.amount_minor, row.currency),
        row.currency,
        None if row.euro_minor is None else Money(row.euro_minor),
        Money(row.refunded_minor, row.currency) if row.refunded_minor else None,
        row.stripe_charge_id or "",
        row.provider_line or "",
        row.payout_id or "",
        row.cheque or row.cheque_number,
        row.slip or row.deposit_ref,
        row.slip_on,
        f"{row.message_id} {row.end_to_end}" if row.message_id else "",
        f"···· {row.account}" if row.account else "",
        row.statement or "",
        row.statement_on,
        line,
        row.bank_on,
        row.journal or "",
        row.entry or "",
        row.entry_on,
        row.validated_on,
        None if row.income_minor is None else Money(int(row.income_minor)),
        row.undone_by or "",
        not missing,
        " ".join(missing),
    )


def _link_row(row: Any) -> Row:
    return (
        row.number,
        STATES[row.receipt_state],
        row.issued_on,
        row.donor_ref,
        printed_name(row.donor),
        Money(row.certified_minor),
        *_money(row),
    )


def _blocked(year: int) -> Mapping[str, str]:
    """Why donors wait for their receipt, in French, by reference."""
    plan = plan_of(year, paris_date(current_app.extensions["clock"].now()))
    with in_language("fr"):
        return {
            each.donor.ref: " ".join(str(_(reason.message)) for reason in each.reasons)
            for each in plan.blocked
        }


def _sheets(year: int) -> Sequence[Sheet]:
    if year not in receipt_years():
        raise ExportRefused(_("No receipt was issued for %(year)s.", year=year))
    found, blocked = read_year(year), _blocked(year)
    without = [
        (row.donor_ref, no_receipt_because(row, blocked), *_money(row)) for row in found.without
    ]
    return [
        _sheet("Contrôles", CONTROLS, [each.row for each in found.controls]),
        _sheet("Reçus", RECEIPTS, map(_receipt_row, found.receipts), "Montant du reçu"),
        _sheet("Liens", LINKS, map(_link_row, found.links), "Montant certifié"),
        _sheet("Dons sans reçu", WITHOUT, without, "Montant en euros"),
    ]


def _sheet(name: str, columns: Sequence[Column], rows: Iterable[Row], summed: str = "") -> Sheet:
    kept: list[Row] = list(rows)
    place = [column.name for column in columns].index(summed) if summed else 0
    sums: Callable[[], Sums] = lambda: Sums(  # noqa: E731 - the rows are one reading already
        len(kept), {summed: _sum(row[place] for row in kept)} if summed else {}
    )
    return Sheet(name, columns, lambda: kept, sums)


def _sum(cells: Iterable[Any]) -> Money:
    return Money(sum(cell.minor for cell in cells if cell is not None))


def _warnings(year: int) -> Sequence[str]:
    if year not in receipt_years():
        return ()
    broken = [control.what for control in read_year(year).controls if not control.holds]
    return [_("This does not tie: %(control)s.", control=what) for what in broken]


KIND: Final = ExportKind(
    code="auditor",
    label=N_("Auditor's export"),
    about=N_(
        "For a check of the receipts (LPF art. L14 A): each receipt, its gifts, Stripe's or the bank's"
        " line, its entry; the gifts without a receipt and why; and that all of it ties."
    ),
    icon="shield-check",
    sheets=_sheets,
    years=receipt_years,
    order=5,
    stem=lambda year: f"controle-L14A-{year}",
    text=read_me,
    warnings=_warnings,
)

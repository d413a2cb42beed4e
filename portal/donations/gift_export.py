"""The gifts received in a tax year, as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from portal.accounts.codes import DonorKind
from portal.accounts.models import Donor
from portal.core.db import db
from portal.core.exports import ExportKind, Sheet, Sums
from portal.core.i18n_markers import N_
from portal.core.money import Money
from portal.core.spreadsheets import Column, Row
from portal.donations.models import Gift, kept_euro_minor
from portal.donations.queries import tax_years
from portal.donations.rules.gift import GiftState
from portal.programmes.codes import Programme

CAME: Final = (
    GiftState.SETTLED,
    GiftState.PARTIALLY_REFUNDED,
    GiftState.REFUNDED,
    GiftState.DISPUTED,
)
COLUMNS: Final = (
    Column("Don"),
    Column("Date fiscale", "date"),
    Column("Reçu le", "date"),
    Column("Référence du donateur"),
    Column("Donateur"),
    Column("Mode"),
    Column("Affectation"),
    Column("Montant", "amount"),
    Column("Devise"),
    Column("Montant en euros", "amount"),
    Column("Conservé en euros", "amount"),
    Column("Frais", "amount"),
    Column("État"),
    Column("Pièce"),
    Column("Bordereau"),
)
"""The columns of the file of gifts, in their order (docs/rules/exports.md)."""
PURPOSES: Final = {
    "general": "Là où c’est le plus utile",
    "sponsorship": "Parrainage d’un enfant",
    **{each.value: each.in_french for each in Programme},
}
"""What a gift is for, by the code of its programme, else of its purpose: French, whoever exports."""

MODES: Final = {
    "card": "carte",
    "sepa": "prélèvement",
    "cheque": "chèque",
    "transfer": "virement",
    "cash": "espèces",
    "in_kind": "nature",
    "waived_expenses": "abandon de frais",
}
STATES: Final = {
    "settled": "encaissé",
    "partially_refunded": "remboursé en partie",
    "refunded": "remboursé",
    "disputed": "contesté",
}
_EUROS: Final[Any] = sa.case((Gift.currency == "EUR", Gift.amount_minor), else_=Gift.euro_minor)


def _of_year(year: int) -> sa.ColumnElement[bool]:
    within = Gift.tax_on.between(date(year, 1, 1), date(year, 12, 31))
    return sa.and_(within, Gift.state.in_(CAME))


def gift_rows(year: int) -> Iterator[Row]:
    """The gifts whose money came under :data:`COLUMNS`, in the order of their day."""
    chosen = (
        sa.select(Gift, Donor, _EUROS.label("euros"), kept_euro_minor().label("kept"))
        .join(Donor, Donor.id == Gift.donor_id)
        .where(_of_year(year))
        .order_by(Gift.tax_on, Gift.id)
    )
    for gift, donor, euros, kept in db.session.execute(chosen):
        yield (
            gift.ref,
            gift.tax_on,
            gift.received_on,
            donor.ref,
            donor.company_name if donor.kind is DonorKind.COMPANY else donor.name,
            MODES[gift.mode.value],
            PURPOSES[gift.programme.value if gift.programme else gift.purpose.value],
            gift.amount,
            gift.currency,
            None if euros is None else Money(euros),
            None if kept is None else Money(kept),
            gift.fee,
            STATES[gift.state.value],
            gift.stripe_charge_id or gift.cheque_number or "",
            gift.deposit_ref,
        )


def gift_sums(year: int) -> Sums:
    """How many gifts came in the year, and what they come to in euros."""
    row = db.session.execute(
        sa.select(
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(_EUROS), 0),
            sa.func.coalesce(sa.func.sum(kept_euro_minor()), 0),
            sa.func.coalesce(sa.func.sum(Gift.fee_minor), 0),
        ).where(_of_year(year))
    ).one()
    names = ("Montant en euros", "Conservé en euros", "Frais")
    sums = {name: Money(int(minor)) for name, minor in zip(names, row[1:], strict=True)}
    return Sums(int(row[0]), sums)


KIND: Final = ExportKind(
    code="gifts",
    stem=lambda year: f"dons-{year}",
    label=N_("Gifts"),
    about=N_("Each gift of a tax year: donor, day, way of paying, purpose, what was kept of it."),
    icon="hand-coins",
    sheets=lambda year: [Sheet("Dons", COLUMNS, lambda: gift_rows(year), lambda: gift_sums(year))],
    years=tax_years,
    order=55,
)

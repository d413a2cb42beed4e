"""The figures of the yearly declaration, the receipts behind them, and what changed since it was filed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.accounts.models import Donor
from portal.core.db import db
from portal.core.exports import Sums
from portal.core.money import Money
from portal.core.spreadsheets import Column, Row
from portal.receipts.models import GiftDeclaration, Receipt, ReceiptState
from portal.receipts.rules.declaration import ArticleSum, DeclaredFigures, declaration_due_on

COLUMNS: Final = (
    Column("Numéro"),
    Column("Date d'émission", "date"),
    Column("Article du CGI"),
    Column("Formulaire"),
    Column("Référence du donateur"),
    Column("Donateur"),
    Column("Montant", "amount"),
    Column("Annule et remplace"),
)
"""The columns of the list behind the declaration, in their order (docs/rules/exports.md)."""
_ARTICLE = Receipt.content["legal_basis"].astext


def _counted(year: int) -> sa.ColumnElement[bool]:
    """Receipts that stand: a cancelled one counts for nothing, a duplicate is no row of its own."""
    return sa.and_(Receipt.tax_year == year, Receipt.state == ReceiptState.ISSUED)


def figures_of(year: int) -> DeclaredFigures:
    """What the declaration of the year states now."""
    rows = db.session.execute(
        sa.select(_ARTICLE, sa.func.count(), sa.func.sum(Receipt.amount_minor))
        .where(_counted(year))
        .group_by(_ARTICLE)
        .order_by(_ARTICLE)
    )
    sums = (ArticleSum(article or "", count, Money(int(minor))) for article, count, minor in rows)
    return DeclaredFigures(year, tuple(sums))


def declared_rows(year: int) -> Iterator[Row]:
    """The receipts behind the figures under :data:`COLUMNS`, by number."""
    old = sa.orm.aliased(Receipt)
    chosen = (
        sa.select(
            Receipt.number,
            Receipt.issued_on,
            _ARTICLE.label("article"),
            Receipt.form,
            Donor.ref,
            Receipt.content["donor"].label("donor"),
            Receipt.amount_minor,
            old.number.label("replaced"),
        )
        .join(Donor, Donor.id == Receipt.donor_id)
        .outerjoin(old, old.id == Receipt.replaces_id)
        .where(_counted(year))
        .order_by(Receipt.series_year, Receipt.sequence)
    )
    with db.session.execute(chosen.execution_options(yield_per=1_000)) as rows:
        for row in rows:
            yield (
                row.number,
                row.issued_on,
                row.article or "",
                row.form,
                row.ref,
                printed_name(row.donor),
                Money(row.amount_minor),
                row.replaced or "",
            )


def printed_name(donor: dict[str, Any]) -> str:
    """The donor's name as a receipt printed it, out of its snapshot."""
    person = " ".join(filter(None, (donor["title"], donor["first_name"], donor["last_name"])))
    return str(donor["company_name"]) if donor["kind"] == "company" else person


def declared_sums(year: int) -> Sums:
    """How many receipts count, and what they certify."""
    count, minor = db.session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(Receipt.amount_minor), 0)).where(
            _counted(year)
        )
    ).one()
    return Sums(int(count), {"Montant": Money(int(minor))})


def declarations_of(year: int) -> Sequence[GiftDeclaration]:
    """The filings of a year, the latest first: the first of them counts."""
    return db.session.scalars(
        sa.select(GiftDeclaration)
        .options(joinedload(GiftDeclaration.filer))
        .where(GiftDeclaration.year == year)
        .order_by(GiftDeclaration.id.desc())
    ).all()


def declaration_by_public_id(public_id: uuid.UUID) -> GiftDeclaration | None:
    """That filing."""
    chosen = sa.select(GiftDeclaration).options(joinedload(GiftDeclaration.document))
    return db.session.scalar(chosen.where(GiftDeclaration.public_id == public_id))


@dataclass(frozen=True, slots=True)
class Difference:
    """What the register says now less what was filed; the receipts that make the difference."""

    receipts: int
    amount: Money
    issued: Sequence[Receipt]
    cancelled: Sequence[Receipt]

    def __bool__(self) -> bool:
        return bool(self.receipts or self.amount or self.issued or self.cancelled)


def difference_since(filed: GiftDeclaration) -> Difference:
    """What changed in the year's receipts since the filing."""
    now = figures_of(filed.year)
    of_year = sa.select(Receipt).where(Receipt.tax_year == filed.year).order_by(Receipt.id)
    issued = of_year.where(
        Receipt.created_at > filed.created_at, Receipt.state == ReceiptState.ISSUED
    )
    cancelled = of_year.where(
        Receipt.created_at <= filed.created_at, Receipt.cancelled_at > filed.created_at
    )
    return Difference(
        now.receipts - filed.receipts,
        now.amount - filed.amount,
        db.session.scalars(issued).all(),
        db.session.scalars(cancelled).all(),
    )


def declarations_due(today: dt.date) -> int:
    """How many years wait to be declared: last year's, while receipts stand and nothing was filed.

    Counted from 1 January until it is filed, however late.
    """
    year = today.year - 1
    return int(bool(figures_of(year).receipts) and not declarations_of(year))


def days_left(year: int, today: dt.date) -> int:
    """How many days until the declaration of the year is due; below zero, it is late."""
    return (declaration_due_on(year) - today).days

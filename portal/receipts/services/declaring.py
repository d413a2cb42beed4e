"""The yearly declaration is filed: its figures and the list behind them are kept as they are now."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from portal.core import audit, documents
from portal.core.db import db, transaction
from portal.core.spreadsheets import write_csv
from portal.receipts.models import GiftDeclaration, ReceiptSeries
from portal.receipts.queries import declaration as reads


class NothingToDeclare(Exception):
    """No receipt stands for the year: nothing is due (CGI art. 222 bis)."""


def declare(
    year: int, *, filed_on: dt.date, reference: str, by: int, token: str
) -> GiftDeclaration:
    """Keep what was declared of a year: sums, count, the list, who and when. A form sent twice is one.

    Raises NothingToDeclare.
    """
    with transaction() as session:
        known = sa.select(GiftDeclaration).where(GiftDeclaration.form_token == token)
        if (found := session.scalar(known)) is not None:
            return found
        _hold_the_register()
        figures = reads.figures_of(year)
        if not figures.receipts:
            raise NothingToDeclare(year)
        content = write_csv(reads.COLUMNS, reads.declared_rows(year))
        filed = GiftDeclaration(
            year=year,
            receipts=figures.receipts,
            amount_minor=figures.amount.minor,
            by_article=[
                {"article": each.article, "receipts": each.receipts, "minor": each.amount.minor}
                for each in figures.by_article
            ],
            filed_on=filed_on,
            filed_by=by,
            reference=reference,
            form_token=token,
            document=documents.store("declaration", f"dons-{year}.csv", "text/csv", content),
        )
        session.add(filed)
        session.flush()
        told = {
            "receipts": filed.receipts,
            "amount_minor": filed.amount_minor,
            "filed_on": filed_on,
        }
        audit.record("receipts.declared", f"receipts:{year}", after=told, actor_id=by)
    return filed


def _hold_the_register() -> None:
    """No receipt is numbered while the figures and the list are taken: both are of one moment."""
    db.session.execute(sa.select(ReceiptSeries.year).order_by(ReceiptSeries.year).with_for_update())

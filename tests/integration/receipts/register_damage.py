"""What somebody with the database's password could do to the register."""

from __future__ import annotations

import sqlalchemy as sa

from portal.core.db import db
from portal.receipts.models import Receipt, ReceiptedGift, ReceiptSeries, SignedHead
from portal.receipts.rules.content import ReceiptContent
from portal.receipts.rules.register import chain_hash, number_of


def rewrite(*statements: sa.Update | sa.Delete | sa.TextClause) -> None:
    """Change rows that triggers keep, as a database's owner can."""
    db.session.execute(sa.text("set session_replication_role = replica"))
    for statement in statements:
        db.session.execute(statement)
    db.session.execute(sa.text("set session_replication_role = origin"))
    db.session.commit()
    db.session.expire_all()


def take_out(receipt: Receipt) -> None:
    """Remove a receipt, renumber those after it, and compute the whole chain anew."""
    year = receipt.series_year
    rewrite(
        sa.delete(ReceiptedGift).where(ReceiptedGift.receipt_id == receipt.id),
        sa.delete(Receipt).where(Receipt.id == receipt.id),
    )
    chain, place = "", 0
    wanted = sa.select(Receipt).where(Receipt.series_year == year).order_by(Receipt.sequence)
    for each in db.session.scalars(wanted).all():
        place += 1
        content = each.content | {"number": number_of(year, place)}
        before = chain
        chain = chain_hash(chain, each.sha256, ReceiptContent.from_json(content))
        told = {"sequence": place, "number": content["number"], "content": content}
        changed = sa.update(Receipt).where(Receipt.id == each.id)
        rewrite(changed.values(**told, previous_hash=before, chain_hash=chain))
    rewrite(
        sa.update(ReceiptSeries)
        .where(ReceiptSeries.year == year)
        .values(last=place, last_hash=chain)
    )


def forget_the_heads(*, and_the_log: bool = False) -> None:
    """Drop every signed head; the audit log too, when told."""
    rewrite(sa.delete(SignedHead))
    if and_the_log:
        rewrite(sa.text("delete from audit_entry where action = 'register.signed'"))

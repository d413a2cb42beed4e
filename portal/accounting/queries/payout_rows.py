"""The provider's payouts with the lines each is made of, and the bank's line that shows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from portal.accounting.models import BankLine, BankMatch, BankPart
from portal.core.clock import paris_date
from portal.core.db import db
from portal.core.exports import Sums
from portal.core.money import Money
from portal.core.spreadsheets import Column, Row
from portal.donations.models import Dispute, Gift, Payout, PayoutLine, ProviderLine, Refund

_PARIS: Final = ZoneInfo("Europe/Paris")
COLUMNS: Final = (
    Column("Virement"),
    Column("État du virement"),
    Column("Créé le", "date"),
    Column("Arrivée prévue le", "date"),
    Column("Montant du virement", "amount"),
    Column("Devise"),
    Column("Ligne du relevé bancaire"),
    Column("Crédité en banque le", "date"),
    Column("Ligne Stripe"),
    Column("Nature"),
    Column("Objet Stripe"),
    Column("Don"),
    Column("Date de la ligne", "date"),
    Column("Brut", "amount"),
    Column("Frais", "amount"),
    Column("Net", "amount"),
)
"""The columns of the payouts' file, in their order (docs/rules/exports.md)."""

STATES: Final = {
    "pending": "en attente",
    "in_transit": "en route",
    "paid": "arrivé",
    "failed": "refusé",
    "canceled": "annulé",
}
NATURES: Final = {
    "charge": "Paiement",
    "refund": "Remboursement",
    "dispute": "Litige",
    "dispute_reversal": "Litige gagné",
    "fee": "Frais Stripe",
    "payout": "Virement",
}


def payout_years() -> list[int]:
    """The years in which payouts were made, the latest first."""
    year = sa.extract("year", sa.func.timezone("Europe/Paris", Payout.created_at))
    chosen = sa.select(year.label("year")).distinct().order_by(sa.text("year desc"))
    return [int(each) for each in db.session.scalars(chosen)]


def _within(year: int) -> Any:
    begins = dt.datetime(year, 1, 1, tzinfo=_PARIS)
    return sa.and_(
        Payout.created_at >= begins, Payout.created_at < dt.datetime(year + 1, 1, 1, tzinfo=_PARIS)
    )


def _own_line() -> Any:
    """The line of the payout itself among its lines: it takes out what the others brought."""
    return sa.and_(ProviderLine.category == "payout", ProviderLine.source_id == Payout.id)


def _lines(year: int) -> Any:
    paid, source = sa.orm.aliased(Gift), ProviderLine.source_id
    gift_id = sa.func.coalesce(paid.id, Refund.gift_id, Dispute.gift_id)
    return (
        sa.select(
            Payout,
            ProviderLine,
            Gift.ref.label("gift_ref"),
            BankLine.id.label("bank_line"),
            BankLine.booked_on,
        )
        .join(PayoutLine, PayoutLine.payout_id == Payout.id, isouter=True)
        .join(
            ProviderLine,
            sa.and_(ProviderLine.id == PayoutLine.line_id, sa.not_(_own_line())),
            isouter=True,
        )
        .join(paid, paid.stripe_charge_id == source, isouter=True)
        .join(Refund, Refund.stripe_refund_id == source, isouter=True)
        .join(Dispute, Dispute.stripe_dispute_id == source, isouter=True)
        .join(Gift, Gift.id == gift_id, isouter=True)
        .join(BankPart, sa.and_(BankPart.payout_id == Payout.id, BankPart.live), isouter=True)
        .join(BankMatch, BankMatch.id == BankPart.match_id, isouter=True)
        .join(BankLine, BankLine.id == BankMatch.line_id, isouter=True)
        .where(_within(year))
        .where(sa.or_(ProviderLine.id.is_not(None), ~_has_lines()))
        .order_by(Payout.created_at, Payout.id, ProviderLine.created_at, ProviderLine.id)
    )


def _has_lines() -> Any:
    """The payout is told apart: some line is known beside its own."""
    part, line = sa.orm.aliased(PayoutLine), sa.orm.aliased(ProviderLine)
    own = sa.and_(line.category == "payout", line.source_id == Payout.id)
    known = sa.select(part.line_id).join(line, line.id == part.line_id)
    return known.where(part.payout_id == Payout.id, sa.not_(own)).correlate(Payout).exists()


def payout_rows(year: int) -> Iterator[Row]:
    """A row a line of each payout of the year; a payout whose lines are not known has one row."""
    for payout, line, gift_ref, bank_line, booked_on in db.session.execute(_lines(year)):
        yield (
            payout.id,
            STATES.get(payout.status, payout.status),
            paris_date(payout.created_at),
            payout.arrives_on,
            payout.amount,
            payout.currency,
            f"RLV-{bank_line:06}" if bank_line else "",
            booked_on,
            *(
                _line(line, gift_ref)
                if line is not None
                else ("", "", "", "", None, None, None, None)
            ),
        )


def _line(line: ProviderLine, gift_ref: str | None) -> Row:
    return (
        line.id,
        NATURES.get(line.category, line.category),
        line.source_id,
        gift_ref or "",
        paris_date(line.created_at),
        line.gross,
        line.fee,
        line.net,
    )


@dataclass(frozen=True, slots=True)
class PayoutsOfYear:
    """How many payouts were made in a year, in euros; how many no statement of the bank shows yet."""

    count: int
    amount: Money
    unseen: int


def payouts_in(year: int) -> PayoutsOfYear:
    """The year's payouts that did not come back."""
    seen = sa.exists().where(BankPart.payout_id == Payout.id, BankPart.live)
    count, minor, unseen = db.session.execute(
        sa.select(
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(Payout.amount_minor).filter(Payout.currency == "EUR"), 0),
            sa.func.count().filter(~seen),
        ).where(_within(year), Payout.status.not_in(("failed", "canceled")))
    ).one()
    return PayoutsOfYear(int(count), Money(int(minor)), int(unseen))


def payout_sums(year: int) -> Sums:
    """How many rows, and what the lines in euros come to."""
    found = _lines(year).order_by(None).subquery()
    euros = found.c.currency == "EUR"
    row = db.session.execute(
        sa.select(
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(found.c.gross_minor).filter(euros), 0),
            sa.func.coalesce(sa.func.sum(found.c.fee_minor).filter(euros), 0),
            sa.func.coalesce(sa.func.sum(found.c.net_minor).filter(euros), 0),
        )
    ).one()
    names = ("Brut", "Frais", "Net")
    sums = {name: Money(int(minor)) for name, minor in zip(names, row[1:], strict=True)}
    return Sums(int(row[0]), sums)

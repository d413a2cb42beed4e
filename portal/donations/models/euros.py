"""What gifts are worth in euros, for queries."""

from __future__ import annotations

import sqlalchemy as sa

from portal.donations.models.gifts import MONEY_MOVED, Gift


def kept_euro_minor() -> sa.ColumnElement[int]:
    """Cents of euro that remain of a gift, at the rate it came (`Gift.kept_euros` in a query).

    Null for a gift in another currency whose rate is not known yet.
    """
    back = sa.func.round(
        sa.cast(Gift.euro_minor, sa.Numeric) * Gift.refunded_minor / Gift.amount_minor
    )
    other = Gift.euro_minor - sa.cast(back, sa.BigInteger)
    return sa.case((Gift.currency == "EUR", Gift.amount_minor - Gift.refunded_minor), else_=other)


def money_moved() -> sa.ColumnElement[bool]:
    """Gifts of which another sum than was given may be kept: what went back, is disputed or is not
    in euros. Few of many, found by their index."""
    return sa.literal_column(f"({MONEY_MOVED})", sa.Boolean)

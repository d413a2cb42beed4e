"""Which days are closed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from portal.accounting.models import ClosedPeriod, PeriodKind
from portal.accounting.rules.closing import Span
from portal.core.db import db

FACT_DAY = "coalesce(e.fact_on, e.date)"
"""In SQL: the day a fact belongs to, also when its entry had to be booked later."""


def closed_spans() -> list[Span]:
    """What is closed now, in the order of its days; while anything is, also all that lies before the
    first period that was ever closed."""
    chosen: Any = sa.select(ClosedPeriod.first_on, ClosedPeriod.last_on, ClosedPeriod.kind)
    chosen = chosen.where(ClosedPeriod.live).order_by(ClosedPeriod.first_on)
    spans = [
        Span(row.first_on, row.last_on, row.kind is PeriodKind.YEAR)
        for row in db.session.execute(chosen)
    ]
    if not spans:
        return []
    begun = db.session.scalar(sa.select(sa.func.min(ClosedPeriod.first_on)))
    assert begun is not None
    return [Span(date.min, begun - timedelta(days=1), year=True), *spans]

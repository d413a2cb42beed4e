"""Killed in the middle of the run of a year: every donor has one receipt, no number is missing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from portal.core.db import db
from portal.receipts.queries import checks
from tests.factories.people import make_donor
from tests.factories.receipts import make_received_gift
from tests.integration.scenarios.house import House

OF_THE_YEAR = sa.text("""select
  (select array_agg(sequence || ':' || amount_minor order by sequence)
   from receipt where tax_year = cast(:year as int)),
  (select count(*) from receipted_gift x join receipt r on r.id = x.receipt_id
   where x.live and r.tax_year = cast(:year as int)),
  (select array_agg(state || ':' || done || ':' || total)
   from receipt_run where year = cast(:year as int) and total > 0),
  (select array_agg(c.state || ':' || c.issued order by c.position)
   from receipt_chunk c join receipt_run r on r.id = c.run_id where r.year = cast(:year as int)),
  (select count(*) from document where filename like 'R' || :year || '-%'),
  (select last from receipt_series where year = cast(:year as int)),
  (select count(*) from audit_entry
   where action = 'receipt.issued' and subject like 'receipt:R' || :year || '-%')""")
"""The receipts, the gifts on them, the run and its chunks, and what is kept of each paper."""


def test_a_run_that_is_killed_at_any_commit_ends_as_if_nothing_had_happened(house: House) -> None:
    waiting_in(2001)
    steps = house.does("issue_year", year=2001).steps
    undisturbed = of_the_year(2001)
    assert undisturbed[2:4] == (["done:3:3"], ["done:2", "done:1"])
    assert {"before commit 3", "after commit 3"} <= set(steps)
    for year, step in enumerate(steps, start=2002):
        waiting_in(year)
        house.dies("issue_year", step, year=year)
        house.does("issue_year", year=year)
        assert of_the_year(year) == undisturbed, f"killed {step}"
    assert [check()[1] for _name, check, _label in checks.CHECKS if not check()[0]] == []


def waiting_in(year: int) -> None:
    """Three donors gave in that year and have no receipt."""
    for euros in (10, 20, 30):
        make_received_gift(make_donor(), amount_minor=100 * euros, on=dt.date(year, 3, 3))
    db.session.rollback()


def of_the_year(year: int) -> tuple[Any, ...]:
    return tuple(db.session.execute(OF_THE_YEAR, {"year": str(year)}).one())

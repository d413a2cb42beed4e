"""A table whose rows are kept by a trigger cannot be emptied at once either."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core.db import db

BEFORE_EACH_ROW_DELETED, BEFORE_EMPTIED = 1 + 2 + 8, 2 + 32
"""Bits of ``pg_trigger.tgtype``: row, before, delete; before, truncate."""
EVIDENCE = ("receipt_cancel_notice", "receipt_delivery", "journal_counter")
"""Rows that change while work goes on, and prove something all the same."""


def _with_trigger(bits: int, *, that_refuses: bool = False) -> set[str]:
    found = """
        select distinct c.relname from pg_trigger t
        join pg_class c on c.oid = t.tgrelid join pg_proc p on p.oid = t.tgfoid
        where not t.tgisinternal and (t.tgtype & :bits) = :bits"""
    if that_refuses:
        found += " and p.prosrc like '%restrict_violation%'"
    return set(db.session.scalars(sa.text(found), {"bits": bits}))


def test_every_table_whose_rows_are_never_deleted_is_never_emptied(app: Flask) -> None:
    kept = _with_trigger(BEFORE_EACH_ROW_DELETED, that_refuses=True)
    assert {"receipt", "signed_head", "export", "gift_declaration", "document_head"} <= kept
    assert {*kept, *EVIDENCE} - _with_trigger(BEFORE_EMPTIED) == set()


@pytest.mark.parametrize("table", ["export", "receipt_duplicate", "receipt_cancel_notice"])
def test_emptying_is_refused(app: Flask, table: str) -> None:
    with (
        pytest.raises(sa.exc.IntegrityError, match="never changed or deleted"),
        db.session.begin_nested(),
    ):
        db.session.execute(sa.text(f"truncate {table} cascade"))

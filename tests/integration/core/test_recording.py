"""Rows that come in again: new, changed with a trace, or the same."""

from __future__ import annotations

from typing import Any

from flask import Flask

from portal.accounts.codes import DonorKind, Language
from portal.accounts.models import Donor
from portal.core import audit, recording
from portal.core.db import db, transaction
from portal.core.recording import record_rows


def _row(ref: str, **given: Any) -> dict[str, Any]:
    return {"ref": ref, "kind": DonorKind.PERSON, "last_name": f"Essai {ref}"} | given


def _record(*rows: dict[str, Any], key: tuple[str, ...] = ("ref",)) -> tuple[int, int, int]:
    with transaction():
        done = record_rows(Donor, rows, key=key, subject=lambda d: f"donor:{d.ref}")
    tally = done.tally
    assert len(done.touched) == tally.new + tally.changed
    return tally.new, tally.changed, tally.same


def test_a_second_delivery_of_the_same_rows_changes_nothing(app: Flask) -> None:
    rows = [_row("R1"), _row("R2", language=Language.EN)]
    assert _record(*rows) == (2, 0, 0)
    db.session.expire_all()
    assert _record(*rows) == (0, 0, 2)
    assert audit.history("donor:R1") == []


def test_what_changed_leaves_a_trace_of_before_and_after(app: Flask) -> None:
    _record(_row("R1", city="Lyon"), _row("R2"))
    assert _record(_row("R1", city="Nîmes"), _row("R2")) == (0, 1, 1)
    [entry] = audit.history("donor:R1")
    assert (entry.action, entry.before, entry.after) == (
        "record.changed", {"city": "Lyon"}, {"city": "Nîmes"},
    )  # fmt: skip


def test_a_column_that_was_not_delivered_is_left_alone(app: Flask) -> None:
    _record(_row("R1", city="Lyon", note="kept"))
    _record({"ref": "R1", "city": "Nîmes"})
    donor = db.session.query(Donor).filter_by(ref="R1").one()
    assert (donor.city, donor.note, donor.last_name) == ("Nîmes", "kept", "Essai R1")


def test_a_key_may_have_several_parts_and_codes_in_it(app: Flask) -> None:
    key = ("ref", "kind")
    assert _record(_row("R1"), _row("R2"), key=key) == (2, 0, 0)
    db.session.expire_all()
    assert _record(_row("R1"), _row("R2", city="Lyon"), key=key) == (0, 1, 1)


def test_many_rows_are_written_in_chunks(app: Flask, monkeypatch: Any) -> None:
    monkeypatch.setattr(recording, "CHUNK", 3)
    rows = [_row(f"R{n}") for n in range(8)]
    assert _record(*rows) == (8, 0, 0)
    assert _record(*rows, _row("R9")) == (1, 0, 8)
    assert _record() == (0, 0, 0)

"""The form of an export arrives several times at one moment: one export, and everybody is led to it."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import Flask

from portal.core import exports
from portal.core.audit import AuditEntry
from portal.core.db import db
from portal.core.exports import Export
from tests.factories.books import booked_gift
from tests.integration.accounting.bank.test_two_at_once import all_at_once, count, real

__all__ = ["real"]
TOKEN = "form-token-of-an-export"


def test_all_are_led_to_one_export(real: Flask) -> None:
    booked_gift(on=date(2025, 6, 1))
    kind, led_to = exports.kind_of("journal"), []

    def act() -> Any:
        led_to.append(exports.begin(kind, 2025, "csv", by=1, token=TOKEN).id)

    assert all_at_once(real, *[act] * 4) == []
    assert len(led_to) == 4
    assert len(set(led_to)) == 1
    assert count(Export) == 1
    made = sa.select(sa.func.count()).where(AuditEntry.action == "export.made")
    assert db.session.scalar(made) == 1

"""Gifts recorded by the teams: kept once, corrected with a trace, never behind a receipt's back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from portal.core import audit
from portal.core.db import db
from portal.core.money import Money
from portal.donations import events
from portal.donations.codes import GiftMode, PurposeKind
from portal.donations.events import ChangeRefused
from portal.donations.models import Gift, Origin
from portal.donations.rules.gift import GiftState
from portal.donations.services import record_imported_gift, record_imported_gifts
from portal.programmes.codes import Programme
from tests.factories.gifts import make_gift
from tests.factories.people import make_donor
from tests.integration.donations.conftest import Told

ROW: dict[str, Any] = {
    "gift_ref": "G000001",
    "received_on": date(2026, 3, 14),
    "amount_eur": Decimal("120.50"),
    "mode": "cheque",
    "purpose": "general",
    "cheque_number": "0001234",
    "deposit_ref": "R-7",
}


def row(**given: Any) -> dict[str, Any]:
    return ROW | given


def the_gift() -> Gift:
    return db.session.query(Gift).filter_by(ref="G000001").one()


def test_a_recorded_cheque_is_settled_on_the_day_it_was_received(app: Flask, told: Told) -> None:
    assert record_imported_gift(make_donor(), row()) == "new"
    gift = the_gift()
    assert (gift.state, gift.origin, gift.mode) == (
        GiftState.SETTLED,
        Origin.IMPORT,
        GiftMode.CHEQUE,
    )
    assert gift.amount == Money(12_050)
    assert gift.tax_on == gift.received_on == date(2026, 3, 14)
    assert (gift.cheque_number, gift.deposit_ref) == ("0001234", "R-7")
    assert told.names == ["gift_settled"]


def test_the_same_row_again_changes_nothing(app: Flask, told: Told) -> None:
    donor = make_donor()
    record_imported_gift(donor, row())
    assert record_imported_gift(donor, row()) == "same"
    assert told.names == ["gift_settled"]


def test_a_corrected_row_leaves_a_trace_and_tells_the_books(app: Flask, told: Told) -> None:
    donor = make_donor()
    record_imported_gift(donor, row())
    assert record_imported_gift(donor, row(amount_eur=Decimal(100))) == "changed"
    before, after = told.details[-1]["before"], told.details[-1]["after"]
    assert told.names == ["gift_settled", "gift_change_requested", "gift_changed"]
    assert (before.amount, after.amount) == (Money(12_050), Money(10_000))
    entry = audit.history("gift:G000001")[0]
    assert entry.action == "gift.corrected"
    assert entry.before is not None
    assert entry.before["amount"] == "120.50 EUR"


def test_columns_that_were_not_delivered_are_left_alone(app: Flask) -> None:
    donor = make_donor()
    record_imported_gift(donor, row())
    bare = {k: v for k, v in row().items() if k not in ("cheque_number", "deposit_ref")}
    assert record_imported_gift(donor, bare) == "same"
    assert the_gift().cheque_number == "0001234"


def test_a_refused_change_changes_nothing(app: Flask) -> None:
    def refuses(_gift: Gift, **_told: Any) -> None:
        raise ChangeRefused("This gift stands on a receipt.")

    donor = make_donor()
    record_imported_gift(donor, row())
    with events.gift_change_requested.connected_to(refuses), pytest.raises(ChangeRefused):
        record_imported_gift(donor, row(mode="transfer"))
    db.session.expire_all()
    assert the_gift().mode is GiftMode.CHEQUE


def test_a_gift_made_on_line_is_not_changed_by_a_file(app: Flask) -> None:
    gift = make_gift()
    with pytest.raises(ChangeRefused, match="made on line"):
        record_imported_gift(gift.donor, row(gift_ref=gift.ref))


def test_a_programme_is_kept(app: Flask) -> None:
    record_imported_gift(make_donor(), row(purpose="programme:health"))
    assert (the_gift().purpose, the_gift().programme) == (
        PurposeKind.PROGRAMME,
        Programme.HEALTH,
    )


def test_a_gift_of_another_donor_is_a_correction(app: Flask, told: Told) -> None:
    record_imported_gift(make_donor(), row())
    other = make_donor()
    assert record_imported_gift(other, row()) == "changed"
    assert the_gift().donor_id == other.id


def test_many_rows_are_told_of_together(app: Flask) -> None:
    heard: list[int] = []

    def hear(_sender: object, *, gift_ids: list[int]) -> None:
        heard.extend(gift_ids)

    donor = make_donor()
    rows = [row(gift_ref=f"G{n:06}", donor_ref=donor.ref) for n in range(3)]
    with events.gifts_settled_in_bulk.connected_to(hear):
        tally = record_imported_gifts(rows)
        again = record_imported_gifts([*rows[:2], rows[2] | {"mode": "cash"}])
    assert (tally.new, again.new, again.changed, again.same) == (3, 0, 1, 2)
    assert len(heard) == 3

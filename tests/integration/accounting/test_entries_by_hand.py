"""An accountant's own entries, and her reversals."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask

from portal.accounting.rules.draft import EntryError, UnbalancedEntry, credit, debit
from portal.accounting.services import manual
from portal.accounting.services.manual import ManualOrder, NotByHand, NotReversible
from portal.core import audit
from portal.core.checks import run_checks
from portal.core.money import Money
from tests.factories.books import as_written, balance_of, booked_gift, entries_about
from tests.factories.closing import close_through
from tests.factories.handed_over import make_accountant, token

ON = date(2026, 10, 5)


def order(**given: Any) -> ManualOrder:
    """A bank fee that stood on the suspense account."""
    values: dict[str, Any] = {
        "on": ON,
        "piece_ref": "Relevé 10",
        "piece_on": ON,
        "label": "Frais de tenue de compte",
        "lines": (debit("627800", Money(1_250)), credit("471000", Money(1_250))),
        "form_token": token(),
    }
    return ManualOrder(**(values | given))


def test_it_is_numbered_validated_and_told(app: Flask) -> None:
    who = make_accountant()

    entry = manual.write_entry(order(), by=who.id)

    assert entry.number == "OD-2026-000001"
    assert as_written(entry)[0] == ("627800", Money(1_250), Money(0))
    (told,) = audit.history("entry:OD-2026-000001")
    assert (told.action, told.actor_id) == ("books.entry_written", who.id)
    assert [check.name for check in run_checks() if not check.ok] == []


def test_the_same_form_is_one_entry(app: Flask) -> None:
    once, who = order(), make_accountant()
    assert manual.write_entry(once, by=who.id).id == manual.write_entry(once, by=who.id).id


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ((debit("627800", Money(2)), credit("471000", Money(1))), UnbalancedEntry),
        ((debit("517100", Money(1)), credit("471000", Money(1))), NotByHand),
        ((debit("471000", Money(1)), credit("754110", Money(1))), NotByHand),
        ((debit("999999", Money(1)), credit("471000", Money(1))), NotByHand),
    ],
    ids=["not balanced", "follows Stripe", "follows gifts", "not in the chart"],
)
def test_what_is_no_entry_is_refused(app: Flask, lines: Any, error: type[EntryError]) -> None:
    with pytest.raises(error):
        manual.write_entry(order(lines=lines), by=make_accountant().id)


def test_it_is_reversed_once_and_stays(app: Flask) -> None:
    who = make_accountant()
    entry = manual.write_entry(order(), by=who.id)
    sent = token()

    back = manual.reverse_entry(entry.number, reason="Doublon", on=ON, form_token=sent, by=who.id)

    again = manual.reverse_entry(entry.number, reason="Doublon", on=ON, form_token=sent, by=who.id)
    assert back.id == again.id
    assert back.label == "Annulation OD-2026-000001 Frais de tenue de compte"
    assert balance_of("627800") == Money(0)
    for number in (entry.number, back.number):
        with pytest.raises(NotReversible):
            manual.reverse_entry(number, reason="", on=ON, form_token=token(), by=who.id)


def test_an_entry_of_a_gift_is_corrected_with_its_gift(app: Flask) -> None:
    (settled,) = entries_about(booked_gift())
    with pytest.raises(NotReversible):
        manual.reverse_entry(
            settled.number, reason="Non", on=ON, form_token=token(), by=make_accountant().id
        )


def test_in_a_closed_month_it_stands_on_the_first_open_day(app: Flask) -> None:
    booked_gift(on=ON)
    close_through(2026, 10)

    entry = manual.write_entry(order(), by=make_accountant().id)

    assert (entry.date, entry.fact_on, entry.piece_date) == (date(2026, 11, 1), ON, ON)
    assert entry.label == "Frais de tenue de compte (du 05/10/2026)"

"""The books word an account as the chart does on the day of the entry."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask

from portal.accounting.queries.chart import account_on, accounts_named, all_accounts
from portal.accounting.queries.journal import fec_entries, journal_rows
from portal.accounting.rules.chart import CHART, GIFTS, UnknownAccount
from portal.accounting.rules.draft import Draft, credit, debit
from portal.accounting.rules.journals import Journal
from portal.accounting.services.manual import ManualOrder, NotByHand
from portal.core.dated_rules.writing import SaidAlready
from portal.core.money import Money
from tests.factories.books import booked_gift
from tests.factories.rules import make_version

DECEMBER, NEW_YEAR = dt.date(2026, 12, 31), dt.date(2027, 1, 1)


def test_a_new_label_begins_on_its_day_and_the_old_one_stays_before(app: Flask) -> None:
    make_version("account", GIFTS, NEW_YEAR, label="Dons manuels et parrainages")
    assert account_on(GIFTS, DECEMBER).label == "Dons manuels"
    assert account_on(GIFTS, NEW_YEAR).label == "Dons manuels et parrainages"
    assert accounts_named(NEW_YEAR)[GIFTS] == "Dons manuels et parrainages"


def test_the_portal_s_own_wordings_stay_as_they_were(app: Flask) -> None:
    assert sorted(
        (each.code, each.effective_from, each.label) for each in all_accounts()
    ) == sorted((each.code, each.effective_from, each.label) for each in CHART)
    with pytest.raises(UnknownAccount):
        account_on(GIFTS, dt.date(2019, 12, 31))


def test_the_journal_and_the_fec_follow_it(app: Flask) -> None:
    booked_gift()  # in 2026
    year = dt.date(2026, 1, 1)
    with pytest.raises(SaidAlready):
        make_version("account", GIFTS, year, label="Dons")
    make_version("account", GIFTS, NEW_YEAR, label="Dons")
    assert {row[4] for row in journal_rows(2026) if row[3] == GIFTS} == {"Dons manuels"}
    told = {line.account_label for each in fec_entries(2026) for line in each.lines}
    assert "Dons manuels" in told


def test_an_entry_may_stand_on_an_account_that_was_added(app: Flask) -> None:
    make_version("account", "754115", NEW_YEAR, label="Parrainages")
    lines = (debit("512100", Money(4700)), credit("754115", Money(4700)))
    with pytest.raises(UnknownAccount):
        Draft(Journal.BANK, NEW_YEAR, "X1", NEW_YEAR, "Parrainage", lines)
    draft = Draft(Journal.BANK, NEW_YEAR, "X1", NEW_YEAR, "Parrainage", lines, all_accounts())
    assert draft.reversed(NEW_YEAR).chart == draft.chart
    with pytest.raises(UnknownAccount):
        Draft(Journal.BANK, DECEMBER, "X1", DECEMBER, "Parrainage", lines, all_accounts())


def test_an_accountant_may_write_on_an_added_account_by_hand(app: Flask) -> None:
    lines = (debit("754115", Money(4700)), credit("471000", Money(4700)))
    order = ManualOrder(
        on=NEW_YEAR, piece_ref="X1", piece_on=NEW_YEAR, label="Parrainage", lines=lines,
        form_token="once",
    )  # fmt: skip
    with pytest.raises(NotByHand):
        _ = order.draft
    make_version("account", "754115", NEW_YEAR, label="Parrainages")
    assert order.draft.total == Money(4700)

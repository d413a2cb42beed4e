"""A file is brought in once, wholly or not at all; overlapping files tell each line once."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounting.models import BankAccount, BankFile, BankLine
from portal.accounting.queries.bank_checks import bank_statements_follow
from portal.accounting.rules.statements import StatementRefused
from portal.accounting.services import bank
from portal.core import documents
from portal.core.db import db
from portal.core.money import Money
from tests.factories.bank import all_lines, bring_in, one_line
from tests.factories.handed_over import make_accountant
from tests.factories.statements import (
    IBAN,
    PAYER_IBAN,
    Wire,
    camt,
    cfonb,
    delimited,
    later,
    ofx,
)

ONE = Wire(5_000, name="Claire Essai", iban=PAYER_IBAN, text="Don")
TWO = Wire(3_000, name="Paul Essai", text="Don")
FEE = Wire(-1_235, text="Frais")


def count(model: type) -> int:
    return int(db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0)


def test_each_line_is_kept_with_its_day_and_the_file_as_it_came(app: Flask) -> None:
    told = bring_in(ONE, FEE)
    assert (told.new, told.known, told.again) == (2, 0, False)
    file = db.session.scalars(sa.select(BankFile)).one()
    assert documents.read(file.document) == camt([ONE, FEE])
    line = all_lines()[0]
    assert (line.amount, line.counterparty, line.iban_last4) == (
        Money(5_000),
        "Claire Essai",
        "3000",
    )
    assert db.session.scalars(sa.select(BankAccount)).one().iban == IBAN


def test_the_account_of_who_paid_is_not_kept(app: Flask) -> None:
    line = one_line(iban=PAYER_IBAN)
    kept = [str(getattr(line, column.key)) for column in sa.inspect(BankLine).columns]
    assert not any(PAYER_IBAN in value for value in kept)
    assert line.iban_fingerprint is not None
    assert len(line.iban_fingerprint) == 64


def test_the_same_file_twice_is_one(app: Flask) -> None:
    bring_in(ONE)
    told = bring_in(ONE)
    assert told.again
    assert (count(BankLine), count(BankFile)) == (1, 1)


def test_overlapping_periods_tell_each_line_once(app: Flask) -> None:
    bring_in(ONE, later(TWO, 1))
    told = bring_in(later(TWO, 1), later(FEE, 2), opening=105_000)
    assert (told.new, told.known) == (1, 1)
    assert [line.amount_minor for line in all_lines()] == [5_000, 3_000, -1_235]


def test_two_gifts_that_are_alike_on_one_day_are_two(app: Flask) -> None:
    bring_in(ONE, ONE)
    assert bring_in(ONE, ONE, later(FEE, 1)).new == 1
    assert count(BankLine) == 3


@pytest.mark.parametrize("writer", [cfonb, ofx, delimited])
def test_another_format_of_the_same_days_brings_nothing_new(app: Flask, writer: object) -> None:
    bring_in(ONE, TWO, FEE)
    data = writer([ONE, TWO, FEE])  # type: ignore[operator]
    told = bank.import_statements(data, "autre", by=None, account=IBAN)
    assert (told.new, told.known) == (0, 3)


def test_a_dry_run_tells_all_and_keeps_nothing(app: Flask) -> None:
    told = bank.import_statements(camt([ONE, FEE]), "x.xml", by=None, dry_run=True)
    (report,) = told.statements
    assert (report.new, report.came_in, report.went_out) == (2, Money(5_000), Money(-1_235))
    assert report.account_is_new
    assert report.proved
    assert (count(BankLine), count(BankFile), count(BankAccount)) == (0, 0, 0)


def test_a_file_that_does_not_add_up_leaves_nothing(app: Flask) -> None:
    with pytest.raises(StatementRefused, match="does not add up"):
        bring_in(ONE, closing=1)
    assert (count(BankLine), count(BankFile)) == (0, 0)


def test_a_table_asks_which_account_it_is_of(app: Flask) -> None:
    with pytest.raises(bank.UnknownAccountOfOurs):
        bank.import_statements(delimited([ONE]), "x.csv", by=None)
    told = bank.import_statements(delimited([ONE]), "x.csv", by=None, account=IBAN)
    assert told.new == 1


def test_a_statement_that_is_missing_is_said(app: Flask) -> None:
    bring_in(ONE)
    assert bank_statements_follow()[0]
    told = bring_in(later(TWO, 10), opening=109_700)
    (gap,) = told.statements[0].gaps
    assert (gap.missing, gap.after) == (Money(4_700), dt.date(2026, 11, 2))
    holds, words = bank_statements_follow()
    assert not holds
    assert "47,00" in words
    bring_in(later(Wire(4_700), 5), opening=105_000)
    assert bank_statements_follow()[0]


def test_an_account_in_dollars_is_refused(app: Flask) -> None:
    with pytest.raises(StatementRefused, match="USD"):
        bank.import_statements(camt([ONE]).replace(b"EUR", b"USD"), "x.xml", by=None)


def test_a_line_is_never_changed_or_taken_away(app: Flask) -> None:
    line = one_line()
    for statement in ("update bank_line set amount_minor = 1", "delete from bank_line"):
        with pytest.raises(sa.exc.DatabaseError, match="never changed"), db.session.begin_nested():
            db.session.execute(sa.text(statement))
    assert line.amount == Money(5_000)


def test_names_are_forgotten_when_nobody_may_ask_any_more(app: Flask) -> None:
    waiting = one_line(on=dt.date(2025, 1, 5), name="Jean Essai")
    done = one_line(on=dt.date(2025, 1, 6), name="Anne Essai", text="x", iban=PAYER_IBAN)
    recent = one_line(on=dt.date(2026, 10, 6), name="Luc Essai", text="y")
    by = make_accountant().id
    bank.put_on_account([done.id, recent.id], "471000", note="", by=by)
    assert bank.forget_words(dt.date(2026, 11, 22)) == 1
    names = [line.counterparty for line in (waiting, done, recent)]
    assert names == ["Jean Essai", "", "Luc Essai"]
    assert done.amount == Money(5_000)
    assert bank.forget_words(dt.date(2026, 11, 22)) == 0

"""A bank writes several statements of one day: two gifts alike are two, and none is told twice."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.accounting.queries.bank_checks import bank_statements_follow
from portal.accounting.services import bank
from tests.factories.bank import all_lines
from tests.factories.statements import Wire, camt, cfonb, later, ofx

GIFT = Wire(5_000, name="Claire Essai", text="Don")
FEE = Wire(-5_000, text="Frais")
MORNING, NOON, EVENING = (cfonb([GIFT], opening=minor) for minor in (100_000, 105_000, 110_000))


def new_of(*files: bytes) -> list[int]:
    """How many new lines each file brings, imported one after the other."""
    return [bank.import_statements(data, "releve", by=None).new for data in files]


def test_two_gifts_alike_on_two_statements_of_a_day_are_two(app: Flask) -> None:
    assert new_of(MORNING, NOON, EVENING) == [1, 1, 1]
    assert sum(line.amount_minor for line in all_lines()) == 15_000
    assert bank_statements_follow()[0]


def test_the_statement_of_the_whole_day_brings_nothing_new(app: Flask) -> None:
    assert new_of(MORNING, NOON, cfonb([GIFT, GIFT])) == [1, 1, 0]


def test_the_same_statement_written_otherwise_brings_nothing_new(app: Flask) -> None:
    again = cfonb([GIFT], opening=105_000, end="\n")
    assert new_of(MORNING, NOON, again, cfonb([GIFT], end="\n")) == [1, 1, 0, 0]


def test_a_month_that_begins_on_that_day_brings_only_its_later_days(app: Flask) -> None:
    month = cfonb([GIFT, GIFT, later(GIFT, 3)])
    assert new_of(MORNING, NOON, month) == [1, 1, 1]


@pytest.mark.parametrize("write", [camt, cfonb])
def test_another_format_may_tell_the_second_half_of_the_day(app: Flask, write: object) -> None:
    assert callable(write)
    assert new_of(MORNING, write([GIFT], opening=105_000)) == [1, 1]


def test_where_the_day_comes_to_nothing_the_balances_prove_nothing(app: Flask) -> None:
    """The month opens with the balance the day closed with: its lines are those told before."""
    assert new_of(cfonb([GIFT, FEE]), cfonb([GIFT, FEE, later(GIFT, 2)])) == [2, 1]


def test_what_a_file_without_balances_told_before_is_not_counted_again(app: Flask) -> None:
    assert new_of(ofx([GIFT, GIFT]), MORNING, NOON) == [2, 0, 0]

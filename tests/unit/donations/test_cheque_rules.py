"""The control of a pile, the day that counts, the numbers of slips."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.money import Money
from portal.donations.rules import deposit
from portal.donations.rules.cheques import (
    WrongDay,
    YearEdge,
    arrival_day,
    control,
    same_cheque,
    year_edge,
)

TODAY = date(2027, 1, 8)


@given(st.lists(st.integers(1, 10**7), max_size=20), st.integers(1, 20), st.integers(1, 10**8))
def test_a_pile_fits_only_when_count_and_total_do(
    minors: list[int], count: int, announced: int
) -> None:
    found = control(count, Money(announced), [Money(minor) for minor in minors])
    assert found.fits == (len(minors) == count and sum(minors) == announced)
    assert found.entered + found.missing == found.announced


@pytest.mark.parametrize(
    ("arrived_on", "edge"),
    [
        pytest.param(date(2026, 12, 30), YearEdge.CAME_LAST_YEAR, id="entered in January"),
        pytest.param(date(2027, 1, 4), YearEdge.CAME_THIS_YEAR, id="written in December"),
    ],
)
def test_the_turn_of_the_year_is_explained(arrived_on: date, edge: YearEdge) -> None:
    assert year_edge(arrived_on, TODAY) is edge
    assert year_edge(date(2027, 6, 1), date(2027, 6, 2)) is YearEdge.NONE


@pytest.mark.parametrize("on", [date(2027, 1, 9), date(2026, 1, 6)])
def test_an_impossible_day_is_refused(on: date) -> None:
    with pytest.raises(WrongDay):
        arrival_day(on, TODAY)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("0001234", "BNP"), ("1234", "bnp"), True),
        (("1234", ""), ("1234", "Banque Exemple"), True),
        (("1234", "Banque Exemple"), ("1234", "banque-exemple Versailles"), True),
        (("1234", "Banque Exemple"), ("1234", "Crédit Imaginaire"), False),
        (("1234", "Banque Exemple"), ("1235", "Banque Exemple"), False),
        (("", "Banque Exemple"), ("", "Banque Exemple"), False),
    ],
)
def test_two_records_of_one_cheque(
    one: tuple[str, str], other: tuple[str, str], same: bool
) -> None:
    assert same_cheque(*one, *other) is same


def test_slips_are_numbered_and_add_up() -> None:
    assert deposit.deposit_ref(2026, 12) == "REM-2026-0012"
    assert deposit.slip_total([Money(100), Money(250)]) == Money(350)
    with pytest.raises(deposit.NothingToDeposit):
        deposit.slip_total([])


def test_an_iban_is_checked_and_written_in_groups() -> None:
    assert (
        deposit.account_name("fr1420041010050500013m02606") == "FR14 2004 1010 0505 0001 3M02 606"
    )
    assert deposit.account_name("Compte courant Versailles") == "Compte courant Versailles"
    with pytest.raises(ValueError, match="IBAN"):
        deposit.account_name("FR1420041010050500013M02607")

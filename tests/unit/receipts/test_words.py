"""Amounts written out as a French receipt wants them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.money import Money
from portal.receipts.rules.words import UnwritableAmount, amount_in_figures, amount_in_words

WORDS = {
    "0": "zéro euro",
    "0.01": "un centime",
    "0.50": "cinquante centimes",
    "1": "un euro",
    "1.01": "un euro et un centime",
    "21": "vingt et un euros",
    "47": "quarante-sept euros",
    "71": "soixante et onze euros",
    "80": "quatre-vingts euros",
    "80.50": "quatre-vingts euros et cinquante centimes",
    "81": "quatre-vingt-un euros",
    "91": "quatre-vingt-onze euros",
    "99.99": "quatre-vingt-dix-neuf euros et quatre-vingt-dix-neuf centimes",
    "200": "deux cents euros",
    "201": "deux cent un euros",
    "280.80": "deux cent quatre-vingts euros et quatre-vingts centimes",
    "564": "cinq cent soixante-quatre euros",
    "1000": "mille euros",
    "1980": "mille neuf cent quatre-vingts euros",
    "80000": "quatre-vingt mille euros",
    "200000": "deux cent mille euros",
    "1000000": "un million d'euros",
    "1500000": "un million cinq cent mille euros",
    "2000000": "deux millions d'euros",
}


@pytest.mark.parametrize(("amount", "words"), WORDS.items())
def test_an_amount_in_words(amount: str, words: str) -> None:
    assert amount_in_words(Money.parse(amount)) == words


def test_centimes_after_an_exact_million() -> None:
    assert amount_in_words(Money(100_000_001)) == "un million d'euros et un centime"


@pytest.mark.parametrize(
    ("minor", "figures"),
    [(0, "***0,00***"), (5, "***0,05***"), (56_400, "***564,00***"), (198_099, "***1980,99***")],
)
def test_an_amount_in_figures_is_framed_by_asterisks(minor: int, figures: str) -> None:
    assert amount_in_figures(Money(minor)) == figures


@pytest.mark.parametrize("amount", [Money(-1), Money(100, "USD"), Money(10**14)])
def test_other_amounts_are_refused(amount: Money) -> None:
    with pytest.raises(UnwritableAmount):
        amount_in_words(amount)
    with pytest.raises(UnwritableAmount):
        amount_in_figures(amount)


@given(st.integers(0, 10**11), st.integers(0, 10**11))
def test_different_amounts_never_read_the_same(one: int, other: int) -> None:
    same = amount_in_words(Money(one)) == amount_in_words(Money(other))
    assert same == (one == other)

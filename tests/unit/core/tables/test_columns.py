"""What each kind of column takes, and what it refuses."""

from __future__ import annotations

from decimal import Decimal

import pytest

from portal.core.tables.columns import Amount, Code, PlainKind, Ref, Text, Whole, Words, YesNo
from portal.core.tables.identifiers import COUNTRIES, Country, Email, Siren
from portal.core.tables.wording import ValueRefused
from tests.unit.core.tables.toy import Colour


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Text(5), "12345", "12345"),
        (Text(), "a \n\t b", "a b"),
        (Ref(), "D000001-01", "D000001-01"),
        (Ref(), "é_1./x", "é_1./x"),
        (Code(Colour), "RED", Colour.RED),
        (YesNo(), "Yes", True),
        (YesNo(), "no", False),
        (Whole(0, 31), "21.0", 21),
        (Whole(0, 31), "21,0", 21),
        (Whole(0, 31), "007", 7),
        (Amount(), "0", Decimal(0)),
        (Amount(), "30.00", Decimal(30)),
        (Amount(), "30,5", Decimal("30.5")),
        (Amount(), "1 234,50", Decimal("1234.50")),
        (Amount(), "1\u202f234\u00a0567", Decimal(1234567)),
        (Words(), " roof; water ;", "roof;water"),
        (Country(), "fr", "FR"),
        (Siren(), "732 829 320", "732829320"),
        (Siren(), "356000000", "356000000"),
        (Email(), "Anna.Roux@Example.ORG", "Anna.Roux@example.org"),
    ],
)
def test_a_value_is_understood(kind: PlainKind, text: str, value: object) -> None:
    assert kind.read(text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Text(5), "123456"),
        (Ref(), "C 1"),
        (Ref(), "C1;C2"),
        (Ref(), "x" * 41),
        (Code(Colour), "green"),
        (Code(Colour), "red, blue"),
        (YesNo(), "oui"),
        (YesNo(), "1"),
        (Whole(0, 31), "32"),
        (Whole(0, 31), "-1"),
        (Whole(0, 31), "21.5"),
        (Whole(0, 31), "1.000"),
        (Whole(0, 31), "२१"),
        (Whole(0, 31), "ten"),
        (Whole(0, 31), "9" * 5000),
        (Amount(), "-5"),
        (Amount(), "1,234.50"),
        (Amount(), "1.234,50"),
        (Amount(), "1,234"),
        (Amount(), "12 34"),
        (Amount(), "30 €"),
        (Amount(), "1e5"),
        (Amount(), "NaN"),
        (Amount(), "Infinity"),
        (Amount(), "10000000.01"),
        (Amount(), "9" * 5000),
        (Amount(above_zero=True), "0.00"),
        (Country(), "UK"),
        (Country(), "FRA"),
        (Country(), "France"),
        (Siren(), "732829321"),
        (Siren(), "73282932000074"),
        (Siren(), "abc"),
        (Email(), "anna"),
        (Email(), "anna@"),
        (Email(), "a@example.org; b@example.org"),
    ],
)
def test_a_value_is_refused_in_words(kind: PlainKind, text: str) -> None:
    with pytest.raises(ValueRefused) as refusal:
        kind.read(text)

    assert len(str(refusal.value)) > 10


def test_an_amount_that_groups_thousands_is_told_how_to_write_it() -> None:
    with pytest.raises(ValueRefused, match=r"write 1234\.50"):
        Amount().read("1,234.50")


def test_the_world_has_249_countries() -> None:
    assert len(COUNTRIES) == 249

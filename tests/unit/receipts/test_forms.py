"""Which official form and which rate hold on a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import combinations

import pytest

from portal.core.money import Money
from portal.receipts.rules.forms import (
    FORMS,
    GENERAL,
    PEOPLE_IN_NEED,
    RATES,
    DonorKind,
    NothingInForce,
    form_for,
    form_numbered,
    reduction_rate,
)


@pytest.mark.parametrize(
    ("kind", "on", "number", "label", "article"),
    [
        (DonorKind.PERSON, date(2023, 4, 1), "11580*05", "2041-RD", "200"),
        (DonorKind.PERSON, date(2026, 1, 15), "11580*05", "2041-RD", "200"),
        (DonorKind.COMPANY, date(2023, 10, 16), "16216*01", "2041-MEC-SD", "238 bis"),
        (DonorKind.COMPANY, date(2023, 10, 17), "16216*02", "2041-MEC-SD", "238 bis"),
        (DonorKind.COMPANY, date(2026, 1, 15), "16216*02", "2041-MEC-SD", "238 bis"),
    ],
)
def test_the_form_of_the_day(
    kind: DonorKind, on: date, number: str, label: str, article: str
) -> None:
    form = form_for(kind, on)
    assert (form.number, form.label, form.legal_basis) == (number, label, article)
    assert form_numbered(number) == form


def test_no_form_is_invented_for_older_days() -> None:
    with pytest.raises(NothingInForce):
        form_for(DonorKind.PERSON, date(2023, 3, 31))
    with pytest.raises(NothingInForce):
        form_numbered("11580*99")


@pytest.mark.parametrize(
    ("article", "category", "on", "rate", "cap"),
    [
        ("200", GENERAL, date(2026, 6, 1), "0.66", None),
        ("200", PEOPLE_IN_NEED, date(2025, 10, 13), "0.75", Money(100_000)),
        ("200", PEOPLE_IN_NEED, date(2025, 10, 14), "0.75", Money(200_000)),
        ("238 bis", GENERAL, date(2026, 6, 1), "0.60", Money(200_000_000)),
    ],
)
def test_the_rate_of_the_day(
    article: str, category: str, on: date, rate: str, cap: Money | None
) -> None:
    found = reduction_rate(article, category, on)
    assert (found.rate, found.up_to) == (Decimal(rate), cap)


def test_no_rate_is_invented() -> None:
    with pytest.raises(NothingInForce):
        reduction_rate("978", GENERAL, date(2026, 1, 1))


def test_no_two_rows_hold_on_the_same_day_and_each_has_its_source() -> None:
    last = date.max
    forms = [((str(f.donor_kind), ""), f.since, f.until or last) for f in FORMS]
    rates = [((r.legal_basis, r.category), r.since, r.until or last) for r in RATES]
    for (key, since, until), (other, from_, to) in combinations(forms + rates, 2):
        assert key != other or until <= from_ or to <= since
    assert all([form.source for form in FORMS] + [rate.source for rate in RATES])

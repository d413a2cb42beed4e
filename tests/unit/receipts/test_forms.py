"""Which official form holds on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest

from portal.receipts.rules.forms import (
    FORMS,
    DonorKind,
    NothingInForce,
    form_for,
    form_numbered,
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


def test_no_two_rows_hold_on_the_same_day_and_each_has_its_source() -> None:
    last = date.max
    rows = [(form.donor_kind, form.since, form.until or last) for form in FORMS]
    for (kind, since, until), (other, from_, to) in combinations(rows, 2):
        assert kind != other or until <= from_ or to <= since
    assert all(form.source for form in FORMS)


def test_a_newer_model_is_handed_in_and_the_older_one_keeps_its_days() -> None:
    older = form_for(DonorKind.PERSON, date(2026, 1, 1))
    newer = replace(older, number="11580*06", since=date(2027, 3, 1))
    forms = (replace(older, until=newer.since), newer)
    assert form_for(DonorKind.PERSON, date(2027, 2, 28), forms).number == "11580*05"
    assert form_for(DonorKind.PERSON, date(2027, 3, 1), forms).number == "11580*06"
    assert form_numbered("11580*05", forms).until == date(2027, 3, 1)

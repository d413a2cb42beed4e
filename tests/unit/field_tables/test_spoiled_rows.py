"""One value spoiled at a time: exactly that row, that column, and whoever depends on it."""

from __future__ import annotations

import pytest

from tests.unit.field_tables.small_delivery import (
    as_csv,
    as_files,
    checked,
    delivery,
    own_faults,
)

SPOILED = [
    # table, row (from 0), what is written there, the column at fault
    ("families", 0, {"family_ref": ""}, "family_ref"),
    ("families", 0, {"site": "paris"}, "site"),
    ("families", 0, {"household_size": "many"}, "household_size"),
    ("families", 0, {"monthly_income_usd": "-5"}, "monthly_income_usd"),
    ("families", 0, {"livelihood": "farming"}, "livelihood"),
    ("families", 0, {"identified_on": "2020-02-30"}, "identified_on"),
    ("families", 1, {"family_ref": "F00001"}, "family_ref"),
    ("children", 0, {"child_ref": "C 1"}, "child_ref"),
    ("children", 0, {"family_ref": "F99999"}, "family_ref"),
    ("children", 0, {"family_name_latin": "  "}, "family_name_latin"),
    ("children", 0, {"given_name_latin": ""}, "given_name_latin"),
    ("children", 0, {"sex": "X"}, "sex"),
    ("children", 0, {"born_on": ""}, "born_on"),
    ("children", 0, {"born_on": "2027-01-01"}, "born_on"),
    ("children", 0, {"born_on": "05/06/2018"}, "born_on"),
    ("children", 0, {"born_on": "25/06/2018"}, "born_on"),
    ("children", 0, {"born_on": "1818-10-30"}, "born_on"),
    ("children", 0, {"born_on_is_estimate": "maybe"}, "born_on_is_estimate"),
    ("children", 0, {"admitted_on": "2018-10-29"}, "admitted_on"),
    ("children", 0, {"status": "unknown"}, "status"),
    ("children", 0, {"sponsorable": "1"}, "sponsorable"),
    ("children", 0, {"need": "6"}, "need"),
    ("children", 0, {"need": "0"}, "need"),
    ("children", 1, {"child_ref": "C000001"}, "child_ref"),
    ("enrolments", 0, {"child_ref": "C999999"}, "child_ref"),
    ("enrolments", 0, {"programme": "sport"}, "programme"),
    ("enrolments", 0, {"activity": ""}, "activity"),
    ("enrolments", 0, {"end_on": "2024-10-31"}, "end_on"),
    ("enrolments", 0, {"outcome": "good"}, "outcome"),
    ("enrolments", 1, {"start_on": "2024-11-01"}, "child_ref"),
    ("attendance", 0, {"month": "2026-13"}, "month"),
    ("attendance", 0, {"month": "2026-12"}, "month"),
    ("attendance", 0, {"days_expected": "32"}, "days_expected"),
    ("attendance", 0, {"days_present": "22"}, "days_present"),
    ("attendance", 0, {"days_present": "-1"}, "days_present"),
    ("attendance", 1, {"month": "2026-08"}, "child_ref"),
    ("services", 0, {"ref": "X1"}, "ref"),
    ("services", 0, {"on": ""}, "on"),
    ("services", 0, {"quantity": ""}, "quantity"),
    ("services", 0, {"quantity": "1,234.5"}, "quantity"),
    ("consents", 0, {"scope": "press"}, "scope"),
    ("consents", 0, {"expires_on": "2024-09-10"}, "expires_on"),
    ("consents", 0, {"withdrawn_on": "2024-09-10"}, "withdrawn_on"),
    ("consents", 0, {"granted_on": "2026-12-01"}, "granted_on"),
    ("flip", 0, {"family_ref": "F99999"}, "family_ref"),
    ("flip", 0, {"course": "garden"}, "course"),
    ("flip", 1, {"completed_on": "2013-11-05"}, "completed_on"),
    ("flip", 1, {"outcome_on": "2013-11-05"}, "outcome_on"),
    ("flip", 0, {"loan_usd": "five"}, "loan_usd"),
    ("schools", 0, {"name": ""}, "name"),
    ("schools", 0, {"renovation_completed_on": "2011-09-04"}, "renovation_completed_on"),
    ("donors", 0, {"kind": "club"}, "kind"),
    ("donors", 1, {"siren": "732829321"}, "siren"),
    ("donors", 0, {"email": "helene.example.org"}, "email"),
    ("donors", 0, {"country": "France"}, "country"),
    ("donors", 0, {"language": "km"}, "language"),
    ("donors", 0, {"wish_age_min": "13"}, "wish_age_min"),
    ("donors", 0, {"wish_programme": "sport"}, "wish_programme"),
    ("donors", 0, {"wish_site": "kep"}, "wish_site"),
    ("donors", 0, {"payment": "crypto"}, "payment"),
    ("donors", 0, {"monthly_eur": "30 €"}, "monthly_eur"),
    ("gifts", 0, {"donor_ref": "D999999"}, "donor_ref"),
    ("gifts", 0, {"received_on": "2026-11-23"}, "received_on"),
    ("gifts", 0, {"amount_eur": "0"}, "amount_eur"),
    ("gifts", 0, {"amount_eur": "1.234,50"}, "amount_eur"),
    ("gifts", 0, {"amount_eur": "10.005"}, "amount_eur"),
    ("gifts", 0, {"mode": "gold"}, "mode"),
    ("gifts", 0, {"purpose": "programme:sport"}, "purpose"),
    ("gifts", 0, {"purpose": "programme"}, "purpose"),
    ("gifts", 1, {"gift_ref": "D000001-01"}, "gift_ref"),
]


def _line(table: str, row: int) -> int:
    """The physical line: the note of the first donor takes two."""
    return row + 2 + (table == "donors" and row > 0)


@pytest.mark.parametrize(("table", "row", "change", "column"), SPOILED)
def test_a_spoiled_row_is_told_where_it_stands_and_all_others_stay(
    table: str, row: int, change: dict[str, str], column: str
) -> None:
    tables = delivery()
    tables[table][row].update(change)
    found = checked(as_files(tables))

    faults = [fault for fault in own_faults(found) if fault.table == table]
    assert [(fault.line, fault.column) for fault in faults] == [(_line(table, row), column)]
    assert faults[0].value == tables[table][row][column].strip()
    assert found.tables[table].faulty == {_line(table, row)}


def test_a_spoiled_family_takes_its_child_and_all_its_records_along() -> None:
    tables = delivery()
    tables["families"][0]["site"] = "paris"

    found = checked(as_files(tables))

    left = {name: len(rows) for name, rows in found.without_bad().items()}
    assert left == {
        "families": 1,
        "children": 2,
        "enrolments": 1,
        "attendance": 0,
        "services": 1,
        "consents": 0,
        "flip": 1,
        "schools": 1,
        "donors": 2,
        "gifts": 3,
    }
    assert len(own_faults(found)) == 1
    assert (
        len(found.faults) == 1 + sum(len(rows) for rows in tables.values()) - sum(left.values()) - 1
    )


def test_a_donor_in_windows_1252_among_utf8_rows_is_the_only_one_lost() -> None:
    tables = delivery()
    content = as_csv(tables["children"]).encode().replace(b"Bopha", b"Bopha\xe9")

    found = checked({**as_files(tables), "children.csv": content})

    assert [(fault.table, fault.line, fault.column) for fault in found.faults] == [
        ("children", 4, "given_name_latin")
    ]

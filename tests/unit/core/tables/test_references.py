"""Rows that lean on rows: who is left out with whom."""

from __future__ import annotations

import pytest

from portal.core.tables.checking import in_writing_order
from portal.core.tables.spec import Reference, Table
from tests.unit.core.tables.toy import GIFTS, PEOPLE, VISITS, delivered, places, values

GOOD_PEOPLE = "person_ref,name\nP1,Anna\nP2,Zoé\n"


def test_a_reference_to_a_row_of_the_delivery_or_of_the_portal_is_good() -> None:
    checked = delivered(
        {"people.csv": GOOD_PEOPLE, "visits.csv": "visit_ref,person_ref\nV1,P1\nV2,P9\n"},
        known={"people": {"P9"}},
    )

    assert checked.sound


def test_an_unknown_reference_is_a_fault() -> None:
    checked = delivered({"visits.csv": "visit_ref,person_ref\nV1,P1\n"})

    assert places(checked) == [("visits", 2, "person_ref")]
    assert checked.faults[0].value == "P1"
    assert checked.faults[0].depends_on is None


def test_those_who_depend_on_a_faulty_row_are_left_out_and_say_on_which() -> None:
    checked = delivered(
        {
            "people.csv": "person_ref,name,colour\nP1,Anna,red\nP2,Zoé,pink\n",
            "visits.csv": "visit_ref,person_ref\nV1,P1\nV2,P2\nV3,P1\n",
            "presents.csv": "visit_ref,what\nV1,book\nV2,ball\n",
        }
    )

    assert places(checked) == [
        ("people", 3, "colour"),
        ("visits", 3, "person_ref"),
        ("presents", 3, "visit_ref"),
    ]
    assert [fault.depends_on for fault in checked.faults] == [None, ("people", 3), ("visits", 3)]
    assert "people, line 3" in str(checked.faults[1].problem)
    left = {name: [row.line for row in rows] for name, rows in checked.without_bad().items()}
    assert left == {"people": [2], "visits": [2, 4], "presents": [2]}


def test_a_faulty_row_the_portal_already_knows_carries_nobody_along() -> None:
    checked = delivered(
        {
            "people.csv": "person_ref,name,colour\nP2,Zoé,pink\n",
            "visits.csv": "visit_ref,person_ref\nV2,P2\n",
        },
        known={"people": {"P2"}},
    )

    assert places(checked) == [("people", 2, "colour")]


def test_a_row_with_too_many_cells_still_tells_who_depends_on_it() -> None:
    checked = delivered(
        {
            "people.csv": "person_ref,name\nP1,Le Goff,Yann\n",
            "visits.csv": "visit_ref,person_ref\nV1,P1\n",
        }
    )

    assert checked.faults[1].depends_on == ("people", 2)


def test_the_second_row_of_the_same_record_is_faulty_and_names_the_first() -> None:
    checked = delivered(
        {
            "people.csv": "person_ref,name\nP1,Anna\nP2,Zoé\nP1,Anne\n",
            "visits.csv": "visit_ref,person_ref\nV1,P1\n",
        }
    )

    assert places(checked) == [("people", 4, "person_ref")]
    assert "line 2" in str(checked.faults[0].problem)
    assert values(checked, "name") == ["Anna", "Zoé"]


def test_a_record_is_known_by_all_the_columns_that_name_it() -> None:
    checked = delivered(
        {"presents.csv": "visit_ref,what\nV1,book\nV1,ball\nV1,book\n"}, known={"visits": {"V1"}}
    )

    assert places(checked) == [("presents", 4, "visit_ref")]


@pytest.mark.parametrize("spoiled", [b"%PDF-1.7", b"name\nAnna\n"])
def test_rows_that_lean_on_an_unreadable_table_say_so(spoiled: bytes) -> None:
    checked = delivered({"people.csv": spoiled, "visits.csv": "visit_ref,person_ref\nV1,P1\n"})

    assert "could not be read" in str(checked.faults[-1].problem)
    assert not any(checked.without_bad().values())


def test_several_faults_of_one_row_are_all_told() -> None:
    checked = delivered({"visits.csv": "visit_ref,person_ref,start_on,end_on\n,P1,2025-02-30,x\n"})

    columns = {fault.column for fault in checked.faults}
    assert columns == {"visit_ref", "person_ref", "start_on", "end_on"}
    assert checked.tables["visits"].faulty == {2}


def test_days_are_compared_only_when_both_are_understood() -> None:
    header = "visit_ref,person_ref,start_on,end_on\n"
    checked = delivered(
        {
            "visits.csv": f"{header}V1,P1,2025-03-02,2025-03-01\nV2,P1,x,2025-03-01\nV3,P1,,2025-03-01\n"
        },
        known={"people": {"P1"}},
    )

    assert places(checked) == [("visits", 2, "end_on"), ("visits", 3, "start_on")]


def test_tables_are_written_after_those_they_lean_on() -> None:
    assert in_writing_order((GIFTS, VISITS, PEOPLE)) == [PEOPLE, VISITS, GIFTS]


def test_what_names_a_row_must_be_required() -> None:
    with pytest.raises(ValueError, match="must be required"):
        Table("x", PEOPLE.columns, ("note",), (Reference("note", ("people",)),))

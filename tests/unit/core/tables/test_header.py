"""The line that names the columns."""

from __future__ import annotations

from tests.unit.core.tables.toy import people, places, values


def test_columns_may_come_in_any_order_and_any_capitals() -> None:
    checked = people("NAME,Here,Person Ref\nAnna,YES,P1\n")

    assert values(checked, "person_ref") == ["P1"]
    assert values(checked, "here") == [True]


def test_unknown_columns_are_named_in_a_notice_and_stop_nothing() -> None:
    checked = people("person_ref,Shoe Size,name,village\nP1,38,Anna,x\n")

    assert checked.sound
    assert [str(notice.message) for notice in checked.notices] == [
        "columns unknown here were not read: Shoe Size, village"
    ]


def test_a_nameless_column_is_noticed_only_when_something_stands_in_it() -> None:
    assert not people("person_ref,name,,\nP1,Anna,,\n").notices
    assert "number 3" in str(people("person_ref,name,\nP1,Anna,x\n").notices[0].message)


def test_each_required_column_that_is_missing_is_a_fault_of_line_one() -> None:
    checked = people("note,here\nx,yes\ny,no\n")

    assert places(checked) == [("people", 1, "person_ref"), ("people", 1, "name")]
    assert checked.tables["people"].total == 2
    assert checked.without_bad() == {"people": ()}


def test_a_column_named_twice_is_a_fault() -> None:
    assert places(people("person_ref,name,Name\nP1,a,b\n")) == [("people", 1, "name")]


def test_a_file_without_a_header_is_told_in_one_sentence() -> None:
    checked = people("P1,Anna\nP2,Zoé\n")

    assert places(checked) == [("people", 1, "")]
    assert "must name the columns" in str(checked.faults[0].problem)


def test_the_header_may_stand_below_blank_lines() -> None:
    checked = people("\n,,\nperson_ref,name\nP1,\n")

    assert places(checked) == [("people", 4, "name")]


def test_an_empty_file_is_told_so_and_a_header_alone_is_no_fault() -> None:
    assert "empty" in str(people("\n \n").faults[0].problem)
    assert people("person_ref,name\n").sound

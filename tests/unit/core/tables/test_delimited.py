"""Quotes, lines and separators of files that people touched."""

from __future__ import annotations

import pytest

from portal.core.tables.delimited import rows_of
from tests.unit.core.tables.toy import people, places, values

KNOWN = {"person_ref", "name", "note"}


def _rows(text: str) -> list[tuple[int, list[str]]]:
    return [(row.line, row.cells) for row in rows_of(text, KNOWN) if not row.blank]


@pytest.mark.parametrize(
    ("said", "text", "cells"),
    [
        ("an empty end", "person_ref;name\nP1;\n", ["P1", ""]),
        ("a comma in a `;` file", "person_ref;name\nP1;a, b, c, d\n", ["P1", "a, b, c, d"]),
        (
            "more commas than `;` in the header",
            'person_ref;name;"x,y,z,w"\nP1;a;b\n',
            ["P1", "a", "b"],
        ),
        ("blanks around quotes", 'person_ref , "name" \n P1 , "a, b" \n', ["P1", "a, b"]),
        ("doubled quotes", 'person_ref,name\nP1,"a ""b"" c"\n', ["P1", 'a "b" c']),
        ("an inch mark inside", 'person_ref,name\nP1,a 5" pipe\n', ["P1", 'a 5" pipe']),
        ("an empty quoted value", 'person_ref,name\nP1,""\n', ["P1", ""]),
        ("no line end at the end", "person_ref,name\nP1,a", ["P1", "a"]),
        ("a line break in quotes", 'person_ref,name\nP1,"a\r\nb"\n', ["P1", "a\nb"]),
        ("the old end-of-file mark", "person_ref,name\nP1,a\n", ["P1", "a"]),
        ("a line break Unicode knows", "person_ref,name\nP1,a\u2028b\n", ["P1", "a\u2028b"]),
    ],
)
def test_a_row_is_taken_apart(said: str, text: str, cells: list[str]) -> None:
    assert _rows(text)[1] == (2, cells), said


def test_a_row_is_known_by_the_line_where_it_begins() -> None:
    text = 'person_ref,name\r\nP1,"a\r\nb\r\nc"\r\n\r\n,,\r\nP2,d\r\n'

    assert [line for line, _ in _rows(text)] == [1, 2, 7]


def test_the_line_that_tells_excel_the_separator_is_understood() -> None:
    assert _rows("sep=;\nperson_ref;name\nP1;a,b\n")[1] == (3, ["P1", "a,b"])


def test_a_quote_that_is_never_closed_spoils_its_row_only() -> None:
    checked = people('person_ref,name\nP1,"Le Goff\nP2,Anna\nP3,"Roux"\nP4,Zoé\n')

    assert places(checked) == [("people", 2, "")]
    assert values(checked, "person_ref") == ["P2", "P3", "P4"]


def test_a_quote_open_at_the_end_of_the_file_spoils_the_last_row_only() -> None:
    checked = people('person_ref,name\nP1,Anna\nP2,"Le Goff')

    assert places(checked) == [("people", 3, "")]
    assert values(checked, "person_ref") == ["P1"]


def test_words_behind_a_closed_quote_are_a_fault() -> None:
    checked = people('person_ref,name\nP1,"Chez" Paul\nP2,Anna\n')

    assert places(checked) == [("people", 2, "")]


def test_quotes_broken_everywhere_make_the_table_unreadable() -> None:
    checked = people("person_ref,name\n" + 'P1,"a" b\n' * 500)

    assert places(checked) == [("people", 202, "")]
    assert "people" not in checked.tables


def test_a_row_with_more_filled_cells_than_the_header_is_a_fault() -> None:
    checked = people("person_ref,name\nP1,Anna,,\nP2,Le Goff,Yann\n")

    assert places(checked) == [("people", 3, "")]
    assert checked.faults[0].value == "P2 | Le Goff | Yann"


def test_a_row_with_fewer_cells_has_empty_ones_at_its_end() -> None:
    checked = people("person_ref,name,note,here\nP1,Anna\nP2\n")

    assert values(checked, "note") == [None]
    assert places(checked) == [("people", 3, "name")]


def test_line_breaks_stay_in_a_note_and_become_spaces_in_a_name() -> None:
    checked = people('person_ref,name,note\nP1,"Anna \r\n Roux","one\r\ntwo"\n')

    assert values(checked, "name") == ["Anna Roux"]
    assert values(checked, "note") == ["one\ntwo"]

"""The same table, whatever program saved it."""

from __future__ import annotations

from itertools import product

import pytest

from tests.unit.core.tables.toy import people, places, values

TABLE = [
    ["person_ref", "name", "amount", "note"],
    ["P1", "Hélène Çelik", "30,00", "œuvre; « été »"],
    ["P2", 'dit "le Grand"', "1,5", "a\tb, c"],
]
ENCODINGS = {
    "UTF-8": "utf-8",
    "UTF-8 with its mark": "utf-8-sig",
    "Windows-1252": "cp1252",
    "UTF-16 with its mark": "utf-16",
}


def _written(separator: str, line_end: str) -> str:
    def cell(text: str) -> str:
        quoted = '"' + text.replace('"', '""') + '"'
        return quoted if any(mark in text for mark in (separator, '"', "\n")) else text

    return line_end.join(separator.join(map(cell, row)) for row in TABLE) + line_end


@pytest.mark.parametrize(
    ("encoding", "separator", "line_end"),
    list(product(ENCODINGS, (",", ";", "\t"), ("\n", "\r\n", "\r"))),
)
def test_every_way_of_saving_gives_the_same_rows(
    encoding: str, separator: str, line_end: str
) -> None:
    checked = people(_written(separator, line_end).encode(ENCODINGS[encoding]))

    assert not checked.faults
    assert values(checked, "name") == ["Hélène Çelik", 'dit "le Grand"']
    assert [str(amount) for amount in values(checked, "amount")] == ["30.00", "1.5"]
    assert values(checked, "note") == ["œuvre; « été »", "a\tb, c"]


def test_blanks_around_values_and_names_do_not_count() -> None:
    checked = people("\u00a0Person_Ref ,  NAME\n \u00a0P1\u202f, \u200bAnna\ufeff \n")

    assert values(checked, "name") == ["Anna"]


def test_letters_written_in_two_pieces_are_joined() -> None:
    checked = people("person_ref,name\nP1,He\u0301le\u0300ne\n")

    assert values(checked, "name") == ["H\u00e9l\u00e8ne"]


def test_a_byte_windows_1252_does_not_have_spoils_its_row_only() -> None:
    checked = people(b"person_ref,name\nP1,Andr\xe9\nP2,Al\x81i\nP3,No\xebl\n")

    assert places(checked) == [("people", 3, "name")]
    assert "\\x81" in checked.faults[0].value
    assert values(checked, "name") == ["André", "Noël"]


def test_a_damaged_utf8_file_is_not_taken_for_windows_1252() -> None:
    content = "person_ref,name\nP1,ហុង វាសនា\nP2,Andr".encode() + b"\xe9\nP3,Sok\n"

    checked = people(content)

    assert places(checked) == [("people", 3, "name")]
    assert values(checked, "name") == ["ហុង វាសនា", "Sok"]


@pytest.mark.parametrize("mark", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\ufffd"])
def test_an_unreadable_character_is_a_fault_and_is_shown_as_its_code(mark: str) -> None:
    checked = people(f"person_ref,name\nP1,ok\nP2,a{mark}b\n")

    assert places(checked) == [("people", 3, "name")]
    assert mark not in checked.faults[0].value


def test_utf16_without_its_mark_is_said_to_be_no_text() -> None:
    checked = people("person_ref,name\nP1,Anna\n".encode("utf-16-le"))

    assert places(checked) == [("people", 1, "")]
    assert "not a text file" in str(checked.faults[0].problem)

"""Whatever the bytes are, the answer is rows and sentences, never a crash."""

from __future__ import annotations

import json
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.core.tables.toy import delivered, workbook

GOOD = workbook({"people": [["person_ref", "name", "amount"], ["P1", "Anna", 3.5], ["P2", "x", 1]]})
PIECES = st.sampled_from(
    [
        *(b"person_ref", b"name", b"note", b",", b";", b"\t", b'"', b'""', b"\n", b"\r\n", b"\r"),
        *(b" ", b"P1", b"P2", b"\xe9", b"\xc3\xa9", b"\x81", b"\0", b"\x1a", b"\xef\xbb\xbf"),
        *(b"\xff\xfe", b"2025-01-01", b"01/02/2025", b"=1+1", b"sep=;", b"PK\x03\x04", b"x" * 50),
        "ហុង".encode(),
    ]
)


def _is_answered(name: str, content: bytes) -> None:
    checked = delivered({name: content})
    json.dumps([fault.as_json() for fault in checked.faults]).encode()
    for fault in checked.faults:
        fault.value.encode()
        assert fault.line >= 1
    for table in checked.tables.values():
        assert {row.line for row in table.rows}.isdisjoint(table.faulty)


@given(st.binary(max_size=2_000))
@settings(max_examples=150, deadline=None)
def test_any_bytes_called_a_table_are_answered(content: bytes) -> None:
    _is_answered("people.csv", content)


@given(st.lists(PIECES, max_size=60).map(b"".join))
@settings(max_examples=300, deadline=None)
def test_pieces_of_tables_in_any_order_are_answered(content: bytes) -> None:
    _is_answered("people.csv", b"person_ref,name,note,born_on\n" + content)


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_a_damaged_workbook_is_answered(seed: int) -> None:
    chance = random.Random(seed)
    content = bytearray(GOOD)
    for _ in range(chance.randint(1, 12)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    _is_answered("people.xlsx", bytes(content[: chance.randint(1, len(content))]))
    _is_answered("people.xlsx", bytes(content))

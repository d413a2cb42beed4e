"""Numbers, codes and the chain."""

from __future__ import annotations

import pytest

from portal.receipts.rules.register import chain_hash, code_typed, number_of, readable_code
from tests.unit.receipts.conftest import MakeReceipt


def test_a_number_names_its_year_and_its_place() -> None:
    assert number_of(2025, 1) == "R2025-000001"
    assert number_of(2025, 1_234_567) == "R2025-1234567"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("ABCDEFGHIJKL", "ABCDEFGHIJKL"),
        ("abcd-efgh ijkl", "ABCDEFGHIJKL"),
        ("01AAAAAAAAA8", "OIAAAAAAAAAB"),
        ("ABC", ""),
        ("ABCDEFGHIJKL2", ""),
        ("ABCDEFGHIJK!", ""),
        ("", ""),
    ],
)
def test_a_code_is_read_however_it_is_typed(typed: str, code: str) -> None:
    assert code_typed(typed) == code


def test_a_code_is_shown_in_groups_of_four() -> None:
    assert readable_code("ABCDEFGHIJKL") == "ABCD-EFGH-IJKL"


def test_the_chain_changes_with_each_of_its_parts(make_receipt: MakeReceipt) -> None:
    content, other = make_receipt(), make_receipt(number="R2025-000002")
    hashes = {
        chain_hash("", "a" * 64, content),
        chain_hash("x", "a" * 64, content),
        chain_hash("", "b" * 64, content),
        chain_hash("", "a" * 64, other),
    }
    assert len(hashes) == 4

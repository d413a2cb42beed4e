"""What is handed in may be anything: archives, empty files, pictures of statements."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounting.rules.statements import StatementRefused, read_file
from tests.factories.statements import Wire, camt, cfonb, delimited, later, ofx

GIFT = Wire(4_700, name="Claire Essai", text="Don")


def packed(**files: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, data in files.items():
            bundle.writestr(name, data)
    return archive.getvalue()


def test_an_archive_is_read_in_the_order_of_days() -> None:
    first = camt([GIFT], number="1")
    second = camt([later(GIFT, 1)], opening=104_700, number="2")
    read = read_file(packed(**{"b.xml": first, "a.xml": second, "__MACOSX/._a.xml": b"x"}))
    assert [statement.number for statement in read.statements] == ["1", "2"]


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "", "empty"),
        (b"%PDF-1.7 ...", "releve.pdf", "ask the bank's site"),
        (b"PK\x03\x04", "releve.xlsx", "ask the bank's site"),
        (b"\xff" * 300, "", "none of CAMT"),
        (b"<html><body>Session expired</body></html>", "x.xml", "none of CAMT"),
        (b"<?xml version='1.0'?><Document><a></Document>", "x.xml", "damaged"),
        (b"OFXHEADER:100\n<OFX></OFX>", "x.ofx", "no statement"),
    ],
)
def test_what_is_no_statement_is_refused_in_words(data: bytes, name: str, said: str) -> None:
    with pytest.raises(StatementRefused, match=said):
        read_file(data, name)


def test_a_bomb_is_not_unpacked() -> None:
    with pytest.raises(StatementRefused, match="more than is reasonable"):
        read_file(packed(a=b"0" * (21 * 1024 * 1024)))


def test_an_archive_of_two_formats_is_refused() -> None:
    with pytest.raises(StatementRefused, match="mixes"):
        read_file(packed(a=camt([GIFT]), b=cfonb([GIFT])))


@given(st.binary(max_size=400), st.sampled_from([camt, cfonb, ofx, delimited]), st.integers(0, 900))
def test_damage_is_refused_or_harmless_and_never_breaks(
    noise: bytes, writer: object, place: int
) -> None:
    whole = writer([GIFT, later(GIFT, 1)])  # type: ignore[operator]
    try:
        read_file(whole[:place] + noise + whole[place + len(noise) :])
        read_file(whole[:place])
    except StatementRefused:
        pass

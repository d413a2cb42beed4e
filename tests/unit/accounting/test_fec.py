"""The FEC that is written: byte for byte, and against the strict reading of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.accounting.fec import (
    BadAccount,
    FecEntry,
    FecError,
    FecLine,
    FecUnbalancedEntry,
    FinancialYear,
    InvalidSiren,
    MissingField,
    NotValidated,
    NumberGap,
    OutOfOrder,
    OutsideYear,
    check_siren,
    fec_bytes,
    fec_chunks,
    fec_file_name,
    fec_order,
)
from portal.accounting.fec_description import fec_description, fec_description_name
from portal.accounting.fec_text import fec_text
from portal.core.money import Money
from tests.fec_checker import check_fec

YEAR = FinancialYear("732829320", date(2026, 1, 1), date(2026, 12, 31))
VALIDATED = date(2026, 4, 30)
GIFT_LINES = (
    FecLine("517100", "Stripe", debit=Money(4700)),
    FecLine("754110", "Dons manuels", credit=Money(4700)),
)
FEE_LINES = (
    FecLine("627800", "Autres frais et commissions", debit=Money(96)),
    FecLine("517100", "Stripe", credit=Money(96)),
)


def entry(sequence: int = 1, **facts: Any) -> FecEntry:
    known: dict[str, Any] = {
        "journal": "DON",
        "journal_label": "Dons en ligne",
        "sequence": sequence,
        "on": date(2026, 1, 5),
        "piece_ref": "ch_A",
        "piece_on": date(2026, 1, 5),
        "label": "Don D000123",
        "validated_on": VALIDATED,
        "lines": GIFT_LINES,
    }
    return FecEntry(**(known | facts))


AS_WRITTEN = """\
JournalCode;JournalLib;EcritureNum;EcritureDate;CompteNum;CompteLib;CompAuxNum;CompAuxLib;\
PieceRef;PieceDate;EcritureLib;Debit;Credit;EcritureLet;DateLet;ValidDate;Montantdevise;Idevise
DON;Dons en ligne;DON-2026-000001;20260105;517100;Stripe;;;ch_A;20260105;Don D000123;47,00;0,00;;;20260430;;
DON;Dons en ligne;DON-2026-000001;20260105;754110;Dons manuels;;;ch_A;20260105;Don D000123;0,00;47,00;;;20260430;;
DON;Dons en ligne;DON-2026-000002;20260105;627800;Autres frais et commissions;;;txn_A;20260105;Frais prélevés;0,96;0,00;;;20260430;;
DON;Dons en ligne;DON-2026-000002;20260105;517100;Stripe;;;txn_A;20260105;Frais prélevés;0,00;0,96;;;20260430;;
"""


def test_the_file_byte_for_byte() -> None:
    fee = entry(2, label="Frais prélevés", piece_ref="txn_A", lines=FEE_LINES)

    expected = AS_WRITTEN.replace(";", "\t").replace("\n", "\r\n").encode("iso8859-15")
    assert fec_bytes([entry(), fee], YEAR) == expected


def test_the_columns_that_may_be_blank_are_written_when_known() -> None:
    line = FecLine(
        "467000", "Divers", Money(123_456_789), Money(0), "D000123", "Donateur D000123",
        "AA", date(2026, 5, 1), Money(-500_000, "KHR"),
    )  # fmt: skip
    lines = (line, FecLine("754110", "Dons manuels", credit=Money(123_456_789)))
    data = fec_bytes([entry(lines=lines)], YEAR)

    assert b"\t1234567,89\t0,00\tAA\t20260501\t20260430\t-5000,00\tKHR\r\n" in data
    assert check_fec(data, fec_file_name(YEAR)) == []


def test_the_name_is_siren_and_closing_day() -> None:
    assert fec_file_name(YEAR) == "732829320FEC20261231.txt"
    assert fec_description_name(YEAR) == "732829320FEC20261231_description.txt"


def test_the_file_comes_as_it_is_made() -> None:
    def endless() -> Iterator[FecEntry]:
        sequence = 0
        while True:
            sequence += 1
            yield entry(sequence)

    chunks = fec_chunks(endless(), YEAR)

    assert next(chunks).startswith(b"JournalCode\t")
    assert b"DON-2026-000001" in next(chunks)


def test_sorting_gives_the_order_of_the_file() -> None:
    later = date(2026, 5, 31)
    entries = [
        entry(2, validated_on=later),
        entry(1, journal="CHQ", journal_label="Chèques", validated_on=later),
        entry(1),
    ]
    data = fec_bytes(sorted(entries, key=fec_order), YEAR)

    assert check_fec(data, fec_file_name(YEAR)) == []


@pytest.mark.parametrize(
    ("words", "entries", "error"),
    [
        ("one cent is missing", [entry(lines=(GIFT_LINES[0], FEE_LINES[1]))], FecUnbalancedEntry),
        ("no lines at all", [entry(lines=())], FecUnbalancedEntry),
        ("both sides on one line",
         [entry(lines=(replace(GIFT_LINES[0], credit=Money(4700)), *GIFT_LINES))],
         FecUnbalancedEntry),
        ("a debit below zero",
         [entry(lines=(replace(GIFT_LINES[0], debit=Money(-4700)), *GIFT_LINES))],
         FecUnbalancedEntry),
        ("not validated", [entry(validated_on=None)], NotValidated),
        ("an account that is a word",
         [entry(lines=(replace(GIFT_LINES[0], account="STRIPE"), GIFT_LINES[1]))], BadAccount),
        ("an account of two digits",
         [entry(lines=(replace(GIFT_LINES[0], account="51"), GIFT_LINES[1]))], BadAccount),
        ("an account of class 9",
         [entry(lines=(replace(GIFT_LINES[0], account="951000"), GIFT_LINES[1]))], BadAccount),
        ("number 2 is missing", [entry(1), entry(3)], NumberGap),
        ("the first is not 1", [entry(2)], NumberGap),
        ("a number twice", [entry(1), entry(1)], NumberGap),
        ("validated before the one above",
         [entry(1), entry(2, validated_on=date(2026, 4, 29))], OutOfOrder),
        ("of another year", [entry(on=date(2025, 12, 31))], OutsideYear),
        ("without a label", [entry(label="\t")], MissingField),
        ("without a voucher", [entry(piece_ref="")], MissingField),
        ("lettered on no day",
         [entry(lines=(replace(GIFT_LINES[0], lettering="AA"), GIFT_LINES[1]))], MissingField),
        ("an auxiliary account without its label",
         [entry(lines=(replace(GIFT_LINES[0], auxiliary="D1"), GIFT_LINES[1]))], MissingField),
    ],
)  # fmt: skip
def test_a_file_that_would_be_wrong_is_not_made(
    words: str, entries: list[FecEntry], error: type[FecError]
) -> None:
    with pytest.raises(error):
        fec_bytes(entries, YEAR)


def test_entries_not_validated_cannot_be_sorted() -> None:
    with pytest.raises(NotValidated):
        fec_order(entry(validated_on=None))


@pytest.mark.parametrize("siren", ["732829320", "356000000", "404833048"])
def test_a_right_siren(siren: str) -> None:
    assert check_siren(siren) == siren


@pytest.mark.parametrize(
    "siren", ["732829321", "73282932", "7328293200", "73282932A", "000000000", "", "٧٣٢٨٢٩٣٢٠"]
)
def test_a_wrong_siren_stops_everything(siren: str) -> None:
    with pytest.raises(InvalidSiren):
        FinancialYear(siren, date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Don D000123", "Don D000123"),
        ("Reçu à l’œuvre – 47 €", "Reçu à l'œuvre - 47 €"),
        ("tab\tand|line\r\nend", "tab and/line end"),
        ("Nguyễn Văn Đức", "Nguyen Van Duc"),
        ("Łódź", "Lódz"),
        ("សុខា", "?"),
        ("Don 🎁🎁 D1", "Don ? D1"),
        ("e\u0301cole", "école"),
        ("  a\u00a0b\u202fc  ", "a b c"),
        ("a\u200bb\x00c\x85d", "ab c d"),
        ("½", "?"),
    ],
)
def test_text_is_brought_into_the_charset(text: str, written: str) -> None:
    assert fec_text(text) == written


@given(st.text(max_size=60))
def test_any_text_ends_as_one_clean_line(text: str) -> None:
    written = fec_text(text)

    assert written.encode("iso8859-15").decode("iso8859-15") == written
    assert written.isprintable()
    assert not set("\t|\r\n") & set(written)
    assert fec_text(written) == written


NAMES = st.text(min_size=1, max_size=30).filter(lambda text: bool(fec_text(text)))


@st.composite
def ledgers(draw: st.DrawFn) -> list[FecEntry]:
    entries: list[FecEntry] = []
    last = {"DON": 0, "CHQ": 0}
    validated_on = date(2026, 1, 31)
    for _ in range(draw(st.integers(0, 8))):
        journal = draw(st.sampled_from(sorted(last)))
        last[journal] += 1
        validated_on += timedelta(days=draw(st.integers(0, 60)))
        amount = Money(draw(st.integers(1, 10**11)))
        entries.append(
            entry(
                last[journal],
                journal=journal,
                journal_label=f"Dons reçus {journal}",
                on=draw(st.dates(YEAR.opens_on, YEAR.closes_on)),
                label=draw(NAMES),
                piece_ref=draw(NAMES),
                validated_on=validated_on,
                lines=(
                    replace(GIFT_LINES[0], debit=amount),
                    replace(GIFT_LINES[1], credit=amount),
                ),
            )
        )
    return entries


@settings(max_examples=60)
@given(ledgers())
def test_whatever_the_ledger_the_strict_reading_finds_nothing(entries: list[FecEntry]) -> None:
    assert check_fec(fec_bytes(entries, YEAR), fec_file_name(YEAR)) == []


def test_the_description_says_what_the_file_is_and_is_not() -> None:
    text = fec_description(
        YEAR, "Association Exemple", {"DON": "Dons en ligne"}, {"754110": "Dons manuels"}
    )

    for words in (
        "732829320FEC20261231.txt",
        "journal auxiliaire des dons",
        "ISO 8859-15",
        "18. Idevise",
        "DON : Dons en ligne",
        "754110 : Dons manuels",
        "du 01/01/2026 au 31/12/2026",
    ):
        assert words in text

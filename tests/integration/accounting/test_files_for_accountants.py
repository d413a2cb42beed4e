"""``portal accounting …`` and ``portal books check``: what accountants take, and what is refused."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask
from openpyxl import load_workbook

from portal.accounting.commands import accounting, books
from portal.accounting.services import exports
from portal.accounting.services.exports import Fec, make_fec
from portal.config import Organisation, Settings
from portal.core.db import db
from portal.core.exports import Export
from portal.core.money import Money
from portal.donations.codes import GiftMode
from tests.factories.books import booked_gift, online_gift, refund, unbooked_gift
from tests.factories.people import make_donor
from tests.fec_checker import check_fec

FEC_2025 = "123456782FEC20251231.txt"


def run(*words: object) -> Result:
    group, *rest = (str(word) for word in words)
    return CliRunner().invoke({"accounting": accounting, "books": books}[group], rest)


@pytest.fixture
def year_2025(app: Flask) -> None:
    """Gifts of every mode, a fee and a refund in 2025, and one gift in 2026."""
    for mode in GiftMode:
        booked_gift(mode=mode, on=date(2025, 6, 1), donor=make_donor(last_name="Łukasz — សុខ"))
    refund(online_gift(on=date(2025, 7, 14)), 1_700, date(2025, 8, 1))
    booked_gift(on=date(2026, 1, 1))


def test_the_fec_of_a_year_passes_the_strict_reading(year_2025: None, tmp_path: Path) -> None:
    result = run("accounting", "fec", 2025, tmp_path)

    assert result.exit_code == 0, result.output
    assert check_fec((tmp_path / FEC_2025).read_bytes(), FEC_2025) == []


def test_the_fec_comes_with_its_description_and_nothing_else(
    year_2025: None, tmp_path: Path
) -> None:
    run("accounting", "fec", 2025, tmp_path / "new")

    names = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert names == [FEC_2025, "123456782FEC20251231_description.txt"]
    written = (tmp_path / "new" / names[1]).read_bytes().decode("iso8859-15")
    assert "LibellÃ" not in written
    assert "FICHIER DES ÉCRITURES COMPTABLES" in written


def test_the_command_says_what_it_wrote_and_its_totals(year_2025: None, tmp_path: Path) -> None:
    said = run("accounting", "fec", 2025, tmp_path).output

    assert str(tmp_path / FEC_2025) in said
    assert "10 entries, 22 lines, debit 464.96 EUR, credit 464.96 EUR" in said


def test_the_fec_names_no_donor(year_2025: None, settings: Settings) -> None:
    data = make_fec(settings.organisation, 2025).data.decode("iso8859-15")

    assert "Essai" not in data
    assert "ukasz" not in data


def test_the_same_year_gives_the_same_bytes(year_2025: None, settings: Settings) -> None:
    first, again = make_fec(settings.organisation, 2025), make_fec(settings.organisation, 2025)

    assert first.archive == again.archive


def test_a_file_made_by_command_is_kept_with_its_hash(
    year_2025: None, settings: Settings, tmp_path: Path
) -> None:
    run("accounting", "fec", 2025, tmp_path)

    kept = db.session.scalars(sa.select(Export)).one()
    assert kept.parameters == {"kind": "fec", "year": 2025, "format": "zip"}
    assert kept.contents[0]["sha256"] == make_fec(settings.organisation, 2025).sha256


def test_the_file_in_the_folder_is_the_one_that_was_kept(
    year_2025: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = exports.make_fec

    def and_then_something_is_booked(organisation: Organisation, year: int) -> Fec:
        fec = made(organisation, year)
        booked_gift(on=date(2025, 12, 30))
        return fec

    monkeypatch.setattr(exports, "make_fec", and_then_something_is_booked)
    run("accounting", "fec", 2025, tmp_path)

    kept = db.session.scalars(sa.select(Export)).one()
    written = (tmp_path / FEC_2025).read_bytes()
    assert hashlib.sha256(written).hexdigest() == kept.contents[0]["sha256"]


def test_a_year_without_entries_is_refused(app: Flask, tmp_path: Path) -> None:
    result = run("accounting", "fec", 2024, tmp_path)

    assert (result.exit_code, result.output) == (1, "No entry is booked in 2024.\n")
    assert list(tmp_path.iterdir()) == []


def test_a_gift_that_is_not_booked_stops_the_fec(year_2025: None, tmp_path: Path) -> None:
    unbooked_gift(ref="FORGOTTEN-2", on=date(2025, 2, 2))

    result = run("accounting", "fec", 2025, tmp_path)

    assert result.exit_code == 1
    assert "FORGOTTEN-2" in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_is_refused_in_words(year_2025: None, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")

    result = run("accounting", "fec", 2025, tmp_path / "taken" / "inside")

    assert result.exit_code == 1
    assert "taken" in result.output


@pytest.mark.parametrize("words", [("fec", "next", "."), ("journal", 2025, "journal.pdf")])
def test_what_is_not_a_year_or_a_known_format_is_misuse(
    app: Flask, words: tuple[object, ...]
) -> None:
    assert run("accounting", *words).exit_code == 2


def test_the_journal_is_a_file_french_spreadsheets_open(year_2025: None, tmp_path: Path) -> None:
    result = run("accounting", "journal", 2025, tmp_path / "journal.csv")

    assert result.exit_code == 0, result.output
    text = (tmp_path / "journal.csv").read_bytes().decode("utf-8-sig")
    head, first = text.splitlines()[:2]
    assert head.startswith("Journal;Écriture;Date;Compte;Libellé du compte;Pièce;")
    assert first.startswith("BNQ;BNQ-2025-000001;2025-06-01;512100;Banque;")
    assert len(text.splitlines()) == 23


def test_the_journal_as_xlsx_has_numbers_and_dates(year_2025: None, tmp_path: Path) -> None:
    run("accounting", "journal", 2025, tmp_path / "journal.xlsx")

    sheet = load_workbook(tmp_path / "journal.xlsx").active
    assert sheet is not None
    assert sheet["I2"].value == 50
    assert sheet["C2"].is_date


def test_the_balance_adds_up(year_2025: None) -> None:
    said = run("accounting", "balance", 2025).output

    assert "517100  Stripe" in said
    total = said.splitlines()[-1].split()
    assert total == ["Total", "464.96", "464.96", "0.00"]


def test_the_check_prints_one_document_and_says_so_by_its_status(year_2025: None) -> None:
    result = run("books", "check", "--json")

    document = json.loads(result.output)
    assert result.exit_code == 0
    assert document["ok"] is True
    assert set(document["checks"][0]) == {"name", "ok", "detail"}


def test_the_check_fails_in_words_when_the_books_do_not_hold(year_2025: None) -> None:
    unbooked_gift(ref="FORGOTTEN-3")

    result = run("books", "check")

    assert result.exit_code == 1
    assert "FORGOTTEN-3" in result.output
    assert result.output.endswith("The books do not hold.\n")


def test_the_archive_holds_both_files(year_2025: None, settings: Settings) -> None:
    made = make_fec(settings.organisation, 2025)

    assert made.debit == made.credit == Money(46_496)
    assert made.archive.startswith(b"PK")


def test_the_fec_says_what_was_paid_in_another_currency(app: Flask, tmp_path: Path) -> None:
    rate = {"euro_minor": 9_210, "exchange_rate": Decimal("0.921"), "rate_source": "Stripe, txn_1"}
    gift = online_gift(currency="USD", amount_minor=10_000, on=date(2025, 7, 14), **rate)
    refund(gift, 2_500, date(2025, 8, 1), currency="USD", euro_minor=2_310)
    run("accounting", "fec", 2025, tmp_path)

    raw = (tmp_path / FEC_2025).read_bytes()
    assert check_fec(raw, FEC_2025) == []
    lines = [line.split("\t") for line in raw.decode("iso8859-15").splitlines()[1:]]
    said = {(line[4], line[11], line[12]): (line[16], line[17]) for line in lines}
    assert said["517100", "92,10", "0,00"] == ("100,00", "USD")
    assert said["517100", "0,00", "23,10"] == ("25,00", "USD")
    assert said["656000", "0,07", "0,00"] == ("", "")

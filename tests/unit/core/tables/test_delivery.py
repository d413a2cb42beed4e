"""Which files of a folder, or of a form, are tables."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from portal.core.tables import check, limits, read_files, read_folder
from portal.core.tables.limits import MAX_FILE_BYTES
from tests.unit.core.tables.toy import TABLES, TODAY, delivered, places, workbook

PEOPLE = "person_ref,name\nP1,Anna\n"
ROWS = [["person_ref", "name"], ["P1", "Anna"]]


@pytest.mark.parametrize("name", ["people.csv", "People.CSV", "PEOPLE.txt", "people.tsv"])
def test_a_table_is_found_by_its_files_name_whatever_the_capitals(name: str) -> None:
    assert delivered({name: PEOPLE}).tables["people"].total == 1


def test_a_path_sent_by_a_browser_is_cut_to_its_name() -> None:
    assert delivered({"C:\\field\\people.csv": PEOPLE}).sound


def test_a_stream_is_read_as_well_as_bytes() -> None:
    batch = read_files({"people.csv": io.BytesIO(PEOPLE.encode())}, TABLES)

    assert check(batch, TABLES, {}, TODAY).tables["people"].total == 1


def test_files_that_are_no_table_are_named_and_noise_is_passed_over() -> None:
    checked = delivered(
        {
            "people.csv": PEOPLE,
            "holidays.csv": "a,b\n",
            "cat.jpg": b"\xff\xd8",
            ".DS_Store": b"",
            "~$people.xlsx": b"x",
            "Thumbs.db": b"",
        }
    )

    assert checked.sound
    assert [str(n.message) for n in checked.notices] == [
        "the file holidays.csv is no table known here and was not read",
        "the file cat.jpg is no table known here and was not read",
    ]


def test_a_folder_of_tables_is_read(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE)
    (tmp_path / "visits.xlsx").write_bytes(
        workbook({"Sheet1": [["visit_ref", "person_ref"], ["V1", "P1"]]})
    )
    (tmp_path / "old").mkdir()

    checked = check(read_folder(tmp_path, TABLES), TABLES, {}, TODAY)

    assert checked.sound
    assert list(checked.tables) == ["people", "visits"]


@pytest.mark.parametrize(
    "files", [{}, {"cat.jpg": b"\xff\xd8"}, {"x.xlsx": workbook({"Sheet1": ROWS})}]
)
def test_a_delivery_without_any_table_is_refused_in_one_sentence(files: dict[str, bytes]) -> None:
    checked = delivered(files)

    assert places(checked) == [("", 1, "")]
    assert "must be called people, visits, presents" in str(checked.faults[0].problem)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    batch = read_folder(tmp_path / "nowhere", TABLES)

    assert "there is no folder" in str(batch.faults[0].problem)


def test_a_table_delivered_twice_is_not_read_at_all() -> None:
    checked = delivered({"people.csv": PEOPLE, "all.xlsx": workbook({"People": ROWS})})

    assert places(checked) == [("people", 1, "")]
    assert "twice" in str(checked.faults[0].problem)
    assert "people" not in checked.tables


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "people.csv").open("wb") as stream:
        stream.truncate(200 * 1024**3)

    batch = read_folder(tmp_path, TABLES)

    assert str(batch.faults[0].problem) == "the file is larger than 50 MB"


def test_a_stream_beyond_the_limit_is_read_no_further() -> None:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1, /) -> bytes:
            assert 0 < size <= MAX_FILE_BYTES + 1
            return b"a" * size

    batch = read_files({"people.csv": Endless()}, TABLES)  # type: ignore[dict-item]

    assert "larger than 50 MB" in str(batch.faults[0].problem)


def test_a_table_with_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ROWS", 3)
    content = "person_ref,name\n" + "".join(f"P{n},x\n" for n in range(4))

    checked = delivered({"people.csv": content})

    assert places(checked) == [("people", 5, "")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"  <!DOCTYPE html><html>", "web page"),
        (b"<table><tr>", "web page"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not a text file"),
        (b"PK\x03\x04nonsense", "damaged"),
        (b"", "empty"),
    ],
)
@pytest.mark.parametrize("name", ["people.csv", "people.xlsx", "people.xls"])
def test_foreign_files_are_recognised_by_what_they_are(
    content: bytes, words: str, name: str
) -> None:
    (fault,) = delivered({name: content}).faults

    assert fault.table == "people"
    assert words in str(fault.problem) or (name != "people.csv" and "damaged" in str(fault.problem))


def test_a_workbook_called_csv_is_read_as_the_workbook_it_is() -> None:
    assert delivered({"people.csv": workbook({"Sheet1": ROWS})}).tables["people"].total == 1


def test_a_file_that_cannot_be_opened_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "people.csv").mkdir()

    batch = read_folder(tmp_path, TABLES)

    assert "cannot be opened" in str(batch.faults[0].problem)

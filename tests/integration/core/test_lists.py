"""Lists: found without accents, sorted, in pages, and the same rows as a file."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounts.models import Donor
from portal.core.web.lists import ListColumn, ListPage, ListSpec, download, export, list_page
from tests.factories.people import make_donor

SPEC = ListSpec(
    name="donors",
    columns=[
        ListColumn("name", "Name", lambda d: d.last_name, sort=Donor.last_name),
        ListColumn("city", "City", lambda d: d.city),
        ListColumn("ref", "Reference", lambda d: d.ref, sort=Donor.ref),
    ],
    search=(Donor.last_name, Donor.city),
    default_sort="name",
    tie=Donor.id,
)
NAMES = [
    "Élan",
    "elan",
    "Zoé",
    "100% Soleil",
    "1000 Soleils",
    "a_b",
    "acb",
    "O'Neil",
    "back\\slash",
]


@pytest.fixture
def donors(app: Flask) -> None:
    for name in NAMES:
        make_donor(last_name=name, city="Nîmes" if name == "Zoé" else "Lyon")


def _page(app: Flask, query: str = "") -> ListPage:
    with app.test_request_context(f"/office/donors?{query}"):
        return list_page(SPEC, sa.select(Donor))


def _names(page: ListPage) -> list[str]:
    return [row.last_name for row in page.rows]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("elan", {"Élan", "elan"}),
        ("ÉLAN", {"Élan", "elan"}),
        ("zoe nimes", {"Zoé"}),
        ("zoe lyon", set()),
        ("100%25", {"100% Soleil"}),
        ("a_b", {"a_b"}),
        ("back%5Cslash", {"back\\slash"}),
        ("o'neil", {"O'Neil"}),
        ("%00zoe", {"Zoé"}),
        ("';drop table donor;--", set()),
        ("+", set(NAMES)),
    ],
)
def test_a_search_finds_words_as_they_are_said(
    app: Flask, donors: None, query: str, found: set[str]
) -> None:
    assert set(_names(_page(app, f"q={query}"))) == found


def test_a_column_sorts_both_ways(app: Flask, donors: None) -> None:
    up, down = _page(app, "sort=ref&dir=asc"), _page(app, "sort=ref&dir=desc")
    assert [d.ref for d in up.rows] == sorted(d.ref for d in up.rows)
    assert [d.ref for d in down.rows] == sorted((d.ref for d in up.rows), reverse=True)


@pytest.mark.parametrize("sort", ["nothing", "city", "name; drop table donor", ""])
def test_what_cannot_be_sorted_falls_back_to_the_usual_order(
    app: Flask, donors: None, sort: str
) -> None:
    assert _page(app, f"sort={sort}").sort == "name"


@pytest.mark.parametrize(
    ("asked", "page", "rows"),
    [
        ("per=25", 1, 25),
        ("per=25&page=2", 2, 5),
        ("per=25&page=99", 2, 5),
        ("per=25&page=0", 1, 25),
        ("per=25&page=-1", 1, 25),
        ("per=25&page=abc", 1, 25),
        ("per=25&page=" + "9" * 5000, 2, 5),
        ("per=25&page=٢", 1, 25),
        ("per=7", 1, 30),
        ("per=100", 1, 30),
    ],
)
def test_pages(app: Flask, asked: str, page: int, rows: int) -> None:
    for _ in range(30):
        make_donor()
    shown = _page(app, asked)
    assert (shown.page, len(shown.rows), shown.total) == (page, rows, 30)
    assert shown.pages == -(-30 // shown.per_page)


def test_an_empty_list_is_one_empty_page(app: Flask) -> None:
    page = _page(app, "page=3")
    assert (page.rows, page.total, page.pages, page.page) == ([], 0, 1, 1)


def _query(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(address).query)


def test_the_neighbours_keep_what_was_asked(app: Flask, donors: None) -> None:
    with app.test_request_context("/office/donors?q=é&kind=a&kind=b&page=2&sort=ref&dir=asc&x="):
        page = list_page(SPEC, sa.select(Donor))
        kept = {"q": ["é"], "kind": ["a", "b"]}
        assert _query(page.url_for_page(3)) == kept | {
            "page": ["3"],
            "sort": ["ref"],
            "dir": ["asc"],
        }
        assert _query(page.url_for_page(1)) == kept | {"sort": ["ref"], "dir": ["asc"]}
        assert _query(page.url_for_sort("ref")) == kept | {"sort": ["ref"], "dir": ["desc"]}
        assert _query(page.url_for_sort("name")) == kept | {"sort": ["name"], "dir": ["asc"]}
        assert _query(page.export_urls["csv"])["format"] == ["csv"]


@pytest.mark.parametrize(
    "trick",
    [
        "_scheme=javascript&_external=1",
        "_anchor=x",
        "_method=POST",
        "endpoint=site.home",
        "_host=e",
    ],
)
def test_no_argument_of_a_visitor_turns_a_link_elsewhere(
    app: Flask, donors: None, trick: str
) -> None:
    with app.test_request_context(f"/office/donors?{trick}"):
        link = list_page(SPEC, sa.select(Donor)).url_for_page(2)
    assert link.startswith("/office/donors?")


def _file(app: Flask, kind: str) -> Any:
    with app.test_request_context(f"/office/donors?format={kind}&per=25"):
        answer = export(list_page(SPEC, sa.select(Donor)))
    assert answer is not None
    return answer


def test_the_same_rows_as_csv(app: Flask, donors: None) -> None:
    make_donor(last_name="=cmd()", city='"x"; y')
    answer = _file(app, "csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == "attachment; filename=donors.csv"
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["Name", "City", "Reference"]
    assert len(rows) == len(NAMES) + 2
    assert not any(cell.startswith("=") for row in rows for cell in row)


def test_the_same_rows_as_a_workbook(app: Flask, donors: None) -> None:
    answer = _file(app, "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data())).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert {row[0] for row in rows} >= {*NAMES}


def test_a_page_is_a_page_unless_a_file_is_asked_for(app: Flask, donors: None) -> None:
    with app.test_request_context("/office/donors?format=pdf"):
        assert export(list_page(SPEC, sa.select(Donor))) is None


def test_a_file_names_itself_in_any_script(app: Flask) -> None:
    with app.test_request_context("/"):
        answer = download(b"x", 'reçu "1".pdf', "application/pdf", inline=True)
    said = answer.headers["Content-Disposition"]
    assert said.startswith("inline; ")
    assert "filename*=UTF-8''re%C3%A7u%20%221%22.pdf" in said
    assert "\n" not in said

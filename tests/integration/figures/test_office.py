"""The head office looks at the figures and at the rows behind them."""

from __future__ import annotations

import json
from datetime import date

import click.testing
import pytest
from flask import Flask

from portal.programmes import commands
from tests.factories.children import make_child
from tests.factories.newsletters import make_flip_results
from tests.pages import PageClient


@pytest.mark.parametrize("who", ["editor", "field_officer", "matcher", "accountant", "admin"])
def test_the_head_office_reads_exact_values(request: pytest.FixtureRequest, who: str) -> None:
    browser: PageClient = request.getfixturevalue(who)
    make_flip_results(trained=3, employed=2, businesses=1, renovated=4)
    page = browser.get("/office/figures?as_of=2026-11-22")
    assert page.status == 200
    row = next(r for r in page.html.split("<tr>") if "flip.parents_trained" in r)
    assert '<td class="number">3</td>' in row


def test_sponsors_and_visitors_do_not(sponsor: PageClient, visitor: PageClient) -> None:
    assert visitor.get("/office/figures").status == 302
    assert sponsor.get("/office/figures").status == 404
    assert sponsor.get("/office/figures/children.in_care").status == 404


def test_rows_name_children_by_their_reference_only(matcher: PageClient) -> None:
    child = make_child(family_name_latin="Canarysurname", called="Canarycalled")
    page = matcher.get("/office/figures/children.in_care")
    assert page.has(child.ref)
    assert "Canary" not in page.html
    file = matcher.get("/office/figures/children.in_care?format=csv").html
    assert child.ref in file
    assert "Canary" not in file


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_figure_gives_its_rows_as_a_file(admin: PageClient, kind: str) -> None:
    make_flip_results(trained=1, employed=1, businesses=1, renovated=1)
    for found in commands.told(date(2026, 11, 22))["figures"]:
        answer = admin.get(f"/office/figures/{found['code']}?format={kind}")
        assert answer.status == 200, found["code"]


def test_an_unknown_figure_is_not_found(editor: PageClient) -> None:
    assert editor.get("/office/figures/children.hair_colour").status == 404


@pytest.mark.parametrize("day", ["nonsense", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_any_day_may_be_asked_for(editor: PageClient, day: str) -> None:
    assert editor.get(f"/office/figures?as_of={day}").status == 200


@pytest.fixture
def command(app: Flask, monkeypatch: pytest.MonkeyPatch) -> click.testing.CliRunner:
    """The command on the test's own application."""
    monkeypatch.setattr("portal.create_app", lambda: app)
    return click.testing.CliRunner()


def test_the_command_prints_one_json_document(command: click.testing.CliRunner) -> None:
    make_flip_results(trained=3, employed=2, businesses=1, renovated=4)
    result = command.invoke(commands.figures, ["--as-of", "2026-11-22", "--json"])
    assert result.exit_code == 0
    told = json.loads(result.output)
    assert told["as_of"] == "2026-11-22"
    trained = next(f for f in told["figures"] if f["code"] == "flip.parents_trained")
    assert trained == {
        "code": "flip.parents_trained",
        "value": 3,
        "period": "../2026-11-22",
        "label_fr": "Parents formés par FLIP",
        "label_en": "Parents trained by FLIP",
    }


def test_the_command_refuses_what_is_no_day(command: click.testing.CliRunner) -> None:
    assert command.invoke(commands.figures, ["--as-of", "yesterday"]).exit_code == 2

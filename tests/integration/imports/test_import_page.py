"""The field officer hands tables in, reads what would happen, and decides."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path

from click.testing import CliRunner
from flask import Flask

from portal.cli import main
from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.office.imports import deliveries
from portal.office.imports.models import DeliveryState, FieldDelivery
from portal.programmes.models import Child
from tests.factories.deliveries import CHILDREN, delivery
from tests.jobs import run_due_jobs
from tests.pages import Page, PageClient


def hand_in(browser: PageClient, files: dict[str, bytes]) -> str:
    data = {"files": [(io.BytesIO(content), name) for name, content in files.items()]}
    page = browser.post("/office/imports/", data, content_type="multipart/form-data")
    assert page.status == 302
    return page.location


def tried(browser: PageClient, files: dict[str, bytes]) -> tuple[str, Page]:
    where = hand_in(browser, files)
    run_due_jobs(only="office.check_delivery")
    return where, browser.get(where)


def test_a_sound_delivery_is_tried_then_imported(field_officer: PageClient) -> None:
    where, page = tried(field_officer, delivery())
    assert page.has("Aucune anomalie")
    assert db.session.query(Child).count() == 0
    field_officer.post(f"{where}/confirm")
    run_due_jobs(only="office.import_delivery")
    assert db.session.query(Child).count() == 2
    assert db.session.query(FieldDelivery).one().content is None


def test_faults_are_shown_by_table_and_line_in_the_readers_language(
    field_officer: PageClient,
) -> None:
    bad = delivery(children=CHILDREN.replace("2015-03-02", "2015-02-30"))
    where, page = tried(field_officer, bad)
    assert page.has("born_on")
    assert page.has("2015-02-30")
    assert page.has("anomalies empêchent l’import")
    rows = field_officer.get(f"{where}/faults.csv").html
    assert "children;2;born_on;2015-02-30;" in rows


def test_only_the_sound_rows_when_told_so(field_officer: PageClient) -> None:
    bad = delivery(children=CHILDREN.replace("2015-03-02", "2015-02-30"))
    where, _page = tried(field_officer, bad)
    field_officer.post(f"{where}/confirm", {"skip_bad": "yes"})
    run_due_jobs(only="office.import_delivery")
    assert [child.ref for child in db.session.query(Child)] == ["C2"]


def test_a_dropped_delivery_is_forgotten(field_officer: PageClient) -> None:
    where, _page = tried(field_officer, delivery())
    field_officer.post(f"{where}/drop")
    kept = db.session.query(FieldDelivery).one()
    assert (kept.state, kept.content) == (DeliveryState.DROPPED, None)


def test_confirming_twice_imports_once(field_officer: PageClient) -> None:
    where, _page = tried(field_officer, delivery())
    field_officer.post(f"{where}/confirm")
    second = field_officer.post(f"{where}/confirm")
    assert field_officer.follow(second).has("déjà été traité")


def test_without_a_file_the_field_says_so(field_officer: PageClient) -> None:
    page = field_officer.post("/office/imports/", {}, content_type="multipart/form-data")
    assert page.status == 422
    assert page.has("Choisissez les fichiers")


def test_what_is_no_table_is_one_sentence(field_officer: PageClient) -> None:
    _where, page = tried(field_officer, {"photo.jpg": b"\xff\xd8\xff\xe0"})
    assert page.has("Aucun tableau n’a pu être lu")


def test_unconfirmed_files_are_forgotten_after_a_day(
    field_officer: PageClient, clock: FrozenClock
) -> None:
    tried(field_officer, delivery())
    kept = db.session.query(FieldDelivery).one()
    deliveries.forget_older_than(kept.created_at + timedelta(hours=1))
    db.session.refresh(kept)
    assert kept.content is None


def test_the_accountant_sees_no_childrens_records(accountant: PageClient) -> None:
    assert accountant.get("/office/imports/").status == 404


def test_the_command_prints_one_json_document(app: Flask, tmp_path: Path) -> None:
    for name, content in delivery().items():
        (tmp_path / name).write_bytes(content)
    result = CliRunner().invoke(main, ["import", "field", str(tmp_path), "--json"])
    told = json.loads(result.stdout)
    assert (result.exit_code, told["imported"], told["faults"]) == (0, True, [])
    assert told["tables"]["children"] == {
        "rows": 2, "new": 2, "changed": 0, "same": 0, "faulty": 0,
    }  # fmt: skip


def test_the_command_refuses_with_status_one_and_reasons(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "schools.csv").write_text("school_ref,name\nS1,\n")
    result = CliRunner().invoke(main, ["import", "field", str(tmp_path), "--json"])
    fault = json.loads(result.stdout)["faults"][0]
    assert result.exit_code == 1
    assert (fault["table"], fault["line"], fault["column"]) == ("schools", 2, "name")


def test_a_folder_that_is_not_there_is_a_misuse(app: Flask) -> None:
    assert CliRunner().invoke(main, ["import", "field", "/nowhere"]).exit_code == 2

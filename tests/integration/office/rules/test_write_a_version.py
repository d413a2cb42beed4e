"""An administrator writes a new version of a rule: filled in, looked at, kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core import audit
from portal.core.clock import FrozenClock
from portal.core.dated_rules.models import DatedRule
from portal.core.db import db
from portal.donations.tax_terms import schemes
from tests.factories.receipts import make_receipt
from tests.factories.rules import make_version
from tests.pages import PageClient

COLUCHE = "/office/rules/tax_scheme/coluche"
FILLED: dict[str, Any] = {
    "since": "2027-01-01",
    "rate": "75",
    "cap": "2 500",
    "rate_beyond_cap": "66",
    "limit_rate": "",
    "limit_floor": "",
    "carry_years": "5",
    "source": "loi de finances pour 2027",
    "reason": "The cap is raised.",
    "after": "0",
}
FORM: dict[str, Any] = {
    "since": "2027-01-01",
    "number": "11580*06",
    "label": "2041-RD",
    "title": "Reçu des dons et versements",
    "legal_basis": "200",
    "notes": "(1) Une note.",
    "source": "arrêté d’exemple",
    "reason": "A new model.",
    "after": "0",
}


def _written() -> list[DatedRule]:
    return list(db.session.scalars(sa.select(DatedRule)))


def test_what_was_filled_in_is_shown_old_and_new_and_nothing_is_kept_yet(admin: PageClient) -> None:
    page = admin.post(f"{COLUCHE}/new", FILLED)
    assert page.status == 200
    assert page.heading == "Keep this version?"
    assert page.has("People: help to people in need · From January 1, 2027 on")
    assert page.has("€2,000 → €2,500")
    assert page.has("loi de finances pour 2027")
    assert _written() == []


def test_a_confirmed_version_is_kept_with_who_why_and_the_source(admin: PageClient) -> None:
    answer = admin.post(f"{COLUCHE}/new", {**FILLED, "step": "confirm"})
    assert answer.status == 303
    (row,) = _written()
    assert (row.kind, row.code, row.number) == ("tax_scheme", "coluche", 1)
    assert row.value["cap"] == 250_000
    assert row.made_by == admin.account.id
    page = admin.follow(answer)
    assert page.has("From January 1, 2027 on Planned")
    assert page.has("Why: The cap is raised.")
    assert page.has("From October 14, 2025 to December 31, 2026 In force")
    (act,) = audit.history("rule:tax_scheme:coluche")
    assert act.actor_id == admin.account.id
    assert (act.before or {})["cap"] == 200_000
    assert (act.after or {})["cap"] == 250_000


def test_a_form_sent_twice_makes_one_version(admin: PageClient) -> None:
    for _ in range(2):
        assert admin.post(f"{COLUCHE}/new", {**FILLED, "step": "confirm"}).status == 303
    assert len(_written()) == 1


def test_who_writes_on_what_a_colleague_changed_meanwhile_begins_anew(admin: PageClient) -> None:
    make_version("tax_scheme", "coluche", dt.date(2027, 1, 1), cap=300_000)
    page = admin.post(f"{COLUCHE}/new", {**FILLED, "step": "confirm"})
    assert page.status == 422
    assert page.has("Somebody wrote another version while you were writing.")
    assert len(_written()) == 1


def test_going_back_from_the_preview_loses_nothing(admin: PageClient) -> None:
    page = admin.post(f"{COLUCHE}/new", {**FILLED, "step": "edit"})
    assert page.status == 200
    assert 'value="2 500"' in page.html
    assert "loi de finances pour 2027" in page.html


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"rate": "97"}, "A rate is above nothing and no more than 90%."),
        ({"rate": "high"}, "Write a percentage such as 66."),
        ({"rate": ""}, "This must be filled in."),
        ({"cap": "-5"}, "The smallest possible amount is €0.00."),
        ({"cap": ""}, "Say the rate above the cap when there is a cap, and only then."),
        ({"carry_years": "50"}, "Write a number of years from 0 to 10."),
        ({"since": ""}, "Write the day the version begins."),
        ({"since": "1999-12-31"}, "Choose a day from 2000 on, and no more than five years ahead."),
        ({"source": ""}, "Write the law, order or decision it comes from."),
        ({"reason": " "}, "Write why it changes: the history keeps it."),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    admin: PageClient, wrong: dict[str, str], said: str
) -> None:
    page = admin.post(f"{COLUCHE}/new", {**FILLED, **wrong})
    assert page.status == 422
    assert page.has(said)
    assert _written() == []


def test_what_holds_already_is_no_new_version(admin: PageClient) -> None:
    law = next(each.law for each in reversed(schemes()) if each.category == "coluche")
    same = {**FILLED, "cap": "2000", "source": law}
    assert admin.post(f"{COLUCHE}/new", same).has("On that day the rule says exactly this already.")


def test_a_model_cannot_begin_on_a_day_receipts_were_issued(admin: PageClient) -> None:
    make_receipt()  # issued on 22 November 2026
    path = "/office/rules/receipt_form/person/new"
    assert admin.get(path).has("The first day possible is November 23, 2026.")
    page = admin.post(path, {**FORM, "since": "2026-11-22"})
    assert page.status == 422
    assert page.has("Choose November 23, 2026 or a later day.")
    assert admin.post(path, {**FORM, "since": "2026-11-23"}).status == 200
    other = {**FORM, "number": "16216*03", "legal_basis": "238 bis", "since": "2026-11-22"}
    assert admin.post("/office/rules/receipt_form/company/new", other).status == 200


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"number": "06"}, "Write the number as the tax office does, such as 11580*05."),
        ({"legal_basis": "238 bis"}, "This article is not the one of these donors."),
        ({"title": "Reçu 🙂"}, "Our fonts cannot print one of these characters."),
        ({"notes": ""}, "This must be filled in."),
    ],
)
def test_a_model_that_cannot_be_printed_is_refused(
    admin: PageClient, wrong: dict[str, str], said: str
) -> None:
    page = admin.post("/office/rules/receipt_form/person/new", {**FORM, **wrong})
    assert page.status == 422
    assert page.has(said)


def test_an_account_is_added_under_six_digits(admin: PageClient, app: Flask) -> None:
    path = "/office/rules/account/add"
    assert admin.post(path, {"code": "75411"}).has("Write six digits, beginning with the class")
    assert admin.post(path, {"code": "754110"}).has("This account is in the chart already.")
    form = admin.follow(admin.post(path, {"code": "754115"}))
    assert form.heading == "A new version: 754115"
    answer = admin.post(
        "/office/rules/account/754115/new",
        {
            "since": "2026-01-01",
            "label": "Parrainages",
            "source": "board",
            "reason": "Our own subdivision.",
            "after": "0",
            "step": "confirm",
        },
    )
    assert answer.status == 303
    assert admin.get("/office/rules").has("754115 Parrainages")


def test_a_planned_version_is_taken_back_and_stays_readable(admin: PageClient) -> None:
    row = make_version("tax_scheme", "coluche", dt.date(2027, 1, 1), cap=300_000)
    path = f"{COLUCHE}/{row.public_id}/withdraw"
    assert admin.post(path, {"reason": ""}).status == 422
    answer = admin.post(path, {"reason": "The law did not pass."})
    page = admin.follow(answer)
    assert page.has("Taken back")
    assert page.has("The law did not pass.")
    assert page.has("€2,000 → €3,000")
    assert page.has("From October 14, 2025 on In force")


def test_a_version_that_holds_is_not_taken_back(
    app: Flask, admin: PageClient, clock: FrozenClock
) -> None:
    row = make_version("tax_scheme", "coluche", dt.date(2026, 11, 23), cap=300_000)
    clock.instant = dt.datetime(2026, 11, 22, 23, 30, tzinfo=dt.UTC)  # 23 November in Paris
    now = PageClient(app).sign_in(admin.account)
    answer = now.post(f"{COLUCHE}/{row.public_id}/withdraw", {"reason": "too late"})
    assert now.follow(answer).has("This version holds already: write a new one instead.")
    db.session.refresh(row)
    assert row.withdrawn_at is None

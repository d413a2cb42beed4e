"""Accountants read the rules, administrators write them, nobody else sees them."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from portal.core.clock import FrozenClock
from portal.core.db import db, transaction, violated
from tests.factories.rules import make_version
from tests.pages import PageClient

PAGES = ("/office/rules", "/office/rules/tax_scheme/general")
NEW = "/office/rules/tax_scheme/general/new"


def test_accountants_read_and_find_no_way_to_write(accountant: PageClient) -> None:
    for path in PAGES:
        page = accountant.get(path)
        assert page.status == 200
        assert not [link for link in page.links() if link.endswith(("/new", "/add"))]
    assert accountant.get(NEW).status == 404
    assert accountant.post(NEW, {"step": "confirm"}).status == 404
    assert accountant.get("/office/rules/account/add").status == 404


def test_others_see_nothing(
    sponsor: PageClient, matcher: PageClient, editor: PageClient, field_officer: PageClient
) -> None:
    for who in (sponsor, matcher, editor, field_officer):
        assert [who.get(path).status for path in (*PAGES, NEW)] == [404, 404, 404]


def test_writing_asks_who_is_there_after_a_quarter_of_an_hour(
    admin: PageClient, clock: FrozenClock
) -> None:
    clock.instant += dt.timedelta(minutes=16)
    assert admin.get(PAGES[1]).status == 200
    assert "confirm" in admin.get(NEW).location


def test_a_rule_that_does_not_exist_is_not_found(admin: PageClient) -> None:
    for path in ("nothing/x", "tax_scheme/nothing", "tax_scheme/nothing/new", "tax_scheme/add"):
        assert admin.get(f"/office/rules/{path}").status == 404, path


@pytest.mark.parametrize(
    "change",
    [
        "value = '{}'",
        "effective_from = effective_from + 1",
        "reason = 'another'",
        "made_by = 0",
    ],
)
def test_a_written_version_is_never_changed(app: Flask, change: str) -> None:
    make_version("tax_scheme", "general", dt.date(2027, 1, 1), rate="0.60")
    assert _refusal(f"update dated_rule set {change}") == "kept_dated_rule"


def test_a_written_version_is_never_deleted_nor_taken_back_twice_or_late(app: Flask) -> None:
    make_version("tax_scheme", "general", dt.date(2027, 1, 1), rate="0.60")
    assert _refusal("delete from dated_rule") == "kept_dated_rule"
    assert _refusal("truncate dated_rule") == "kept_dated_rule"
    back = "update dated_rule set withdrawn_by = 1, withdrawn_reason = 'x', withdrawn_at ="
    late = _refusal(f"{back} '2026-12-31 23:30+00'")  # 1 January in Paris
    assert late == "ck_dated_rule_withdrawn_before_its_day"
    with transaction() as session:
        session.execute(sa.text(f"{back} '2026-12-31 22:30+00'"))
    assert _refusal(f"{back} '2026-12-01 00:00+00'") == "kept_dated_rule"


def test_two_versions_never_have_one_number_whoever_writes_at_once(app: Flask) -> None:
    make_version("tax_scheme", "general", dt.date(2027, 1, 1), rate="0.60")
    copied = "kind, code, number, effective_from, value, source, reason, made_at, made_by"
    twice = (
        f"insert into dated_rule (public_id, {copied})"
        f" select gen_random_uuid(), {copied} from dated_rule"
    )
    assert _refusal(twice) == "uq_dated_rule_kind_code_number"


def _refusal(statement: str) -> str:
    with pytest.raises(IntegrityError) as refused, transaction() as session:
        session.execute(sa.text(statement))
    db.session.rollback()
    return violated(refused.value)

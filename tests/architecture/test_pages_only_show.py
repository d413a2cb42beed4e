"""A GET never writes: the session refuses, on every page."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core.db import ReadOnlyRequest, db, transaction
from portal.core.roles import Role
from tests.factories.people import make_account
from tests.pages import PageClient

UNCOUNTED = {"rate_counter"}


def _rows(app: Flask) -> dict[str, int]:
    tables = sa.inspect(db.engine).get_table_names()
    return {
        t: int(db.session.scalar(sa.text(f'select count(*) from "{t}"')) or 0)
        for t in tables
        if t not in UNCOUNTED
    }


def test_a_get_request_may_not_open_a_transaction(app: Flask) -> None:
    with app.test_request_context("/", method="GET"):
        app.preprocess_request()
        with pytest.raises(ReadOnlyRequest), transaction():
            pass
    db.session.info.pop("read_only", None)


def test_no_page_without_parameters_writes_a_row(app: Flask) -> None:
    account = make_account(roles=list(Role), with_donor=True)
    browser = PageClient(app).sign_in(account)
    before = _rows(app)
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.arguments - {"lang_code"}:
            continue
        path = rule.rule.replace("<lang_code>", "fr")
        page = browser.get(path)
        assert page.status < 500, path
    assert _rows(app) == before

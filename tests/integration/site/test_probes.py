"""The addresses that watch over the house."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from portal.core.db import db
from tests.pages import PageClient


def test_the_process_says_that_it_lives(visitor: PageClient) -> None:
    page = visitor.get("/healthz")
    assert (page.status, page.html) == (200, "ok\n")


def test_the_process_says_that_it_is_ready(visitor: PageClient) -> None:
    page = visitor.get("/readyz")
    assert (page.status, page.html) == (200, "ready\n")


def test_without_its_database_it_is_not_ready(visitor: PageClient) -> None:
    def refuse(*_args: object) -> None:
        raise OperationalError("select 1", {}, Exception("away"))

    sa.event.listen(db.engine, "before_cursor_execute", refuse)
    try:
        page = visitor.get("/readyz")
        assert visitor.get("/healthz").status == 200
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", refuse)
    assert (page.status, page.html) == (503, "database away\n")

"""Each request begins afresh: the reader and the language of the one before are forgotten.

The ``app`` fixture keeps one application context open, in which Flask-Login and Flask-Babel would
otherwise remember them from one browser to the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, g, request_started


@pytest.fixture(autouse=True)
def _every_request_begins_afresh(app: Flask) -> Iterator[None]:
    def forget(_app: Flask, **_more: Any) -> None:
        g.pop("_login_user", None)
        g.pop("_flask_babel", None)

    with request_started.connected_to(forget, app):
        yield

"""No reader ever sees a stack trace: every refusal is a page with a sentence and a way on."""

from __future__ import annotations

import logging

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from portal.core.db import db

log = logging.getLogger(__name__)
PAGES = frozenset({403, 404, 405, 413, 422, 429, 500, 503})


def _page(status: int) -> tuple[str, int]:
    shown = status if status in PAGES else (500 if status >= 500 else 404)
    if request.path.startswith("/webhooks/"):
        return "", status
    return render_template(f"errors/{shown}.html"), status


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error.get_response(request.environ)
    page, shown = _page(status)
    kept = {k: v for k, v in error.get_headers() if k in ("Retry-After", "Allow")}
    return page, shown, kept


def _forgery(_error: CSRFError) -> ResponseReturnValue:
    """The form was open for too long, or came from elsewhere."""
    return render_template("errors/422.html", expired=True), 422


def _database_away(error: OperationalError) -> ResponseReturnValue:
    log.error("database away: %s", type(error).__name__)
    return render_template("errors/503.html"), 503, {"Retry-After": "30"}


def _bug(error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    log.error("unexpected error at %s", request.endpoint, exc_info=error)
    return _page(500)


def init_app(app: Flask) -> None:
    """Register the pages; in tests an unexpected error is raised instead."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _forgery)
    app.register_error_handler(OperationalError, _database_away)
    if not app.testing:
        app.register_error_handler(Exception, _bug)

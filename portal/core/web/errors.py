"""No reader ever sees a stack trace: every refusal is a page with a sentence and a way on."""

from __future__ import annotations

import logging

from flask import Flask, g, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import HTTPException

from portal.core import i18n
from portal.core.db import db

log = logging.getLogger(__name__)
PAGES = frozenset({403, 404, 405, 413, 422, 429, 500, 503})
LIKE = {401: 403, 410: 404}  # a status without a page of its own


def _shown(status: int) -> int:
    if status in PAGES:
        return status
    return LIKE.get(status, 500 if status >= 500 else 422)


def _page(status: int) -> tuple[str, int]:
    if request.path.startswith("/webhooks/"):
        return "", status
    return render_template(f"errors/{_shown(status)}.html"), status


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


def _database_away(error: Exception) -> ResponseReturnValue:
    """A page that asks the database nothing, not even who is reading."""
    log.error("database away: %s", type(error).__name__)
    db.session.rollback()
    g._login_user = AnonymousUserMixin()  # flask_login keeps the reader here
    told = g.get("lang_code") or session.get("language")
    browser = request.accept_languages.best_match(i18n.LANGUAGES)
    with i18n.in_language(told or browser or "fr"):
        page, status = _page(503)
    return page, status, {"Retry-After": "30"}


def _bug(error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    log.error("unexpected error at %s", request.endpoint, exc_info=error)
    return _page(500)


def init_app(app: Flask) -> None:
    """Register the pages; in tests an unexpected error is raised instead."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _forgery)
    for away in (OperationalError, InterfaceError, NoConnectionFree):
        app.register_error_handler(away, _database_away)
    if not app.testing:
        app.register_error_handler(Exception, _bug)

"""Addresses of our own files that change when the file does."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request, url_for

STATIC = Path(__file__).resolve().parent.parent.parent / "static"
A_YEAR = 31_536_000


@lru_cache(maxsize=512)
def _mark(path: str, _changed: int) -> str:
    return hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]


def asset(path: str) -> str:
    """``/static/css/base.css?v=…``; raises FileNotFoundError for a file that is not there."""
    return url_for("static", filename=path, v=_mark(path, (STATIC / path).stat().st_mtime_ns))


def init_app(app: Flask) -> None:
    """Templates may call ``asset``; marked files are kept by browsers for a year."""
    app.jinja_env.globals["asset"] = asset

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code == 200:
            marked = "v" in request.args
            response.headers["Cache-Control"] = (
                f"public, max-age={A_YEAR}, immutable" if marked else "public, max-age=300"
            )
        return response

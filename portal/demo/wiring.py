"""Puts the doors of the demonstration into the application."""

from __future__ import annotations

import re

from flask import Flask
from flask_wtf import CSRFProtect

from portal.demo.routes import demo


def _urls(text: str) -> list[str]:
    """The addresses in a letter, each once."""
    return list(dict.fromkeys(re.findall(r"https?://[^\s>)]+", text)))


def register(app: Flask, csrf: CSRFProtect) -> None:
    """The pages answer 404 unless the portal runs as a demonstration on loopback."""
    del csrf
    app.jinja_env.filters["urls"] = _urls
    app.register_blueprint(demo)

"""Puts the public pages into the application."""

from __future__ import annotations

from flask import Flask
from flask_wtf import CSRFProtect

from portal.site.me import wiring as me
from portal.site.routes import site


def register(app: Flask, csrf: CSRFProtect) -> None:
    """The public pages and the sponsor's own."""
    del csrf
    app.register_blueprint(site)
    me.register(app)

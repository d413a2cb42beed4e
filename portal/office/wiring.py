"""Puts the head office's own pages into the application."""

from __future__ import annotations

from flask import Flask
from flask_wtf import CSRFProtect

from portal.core.i18n_markers import N_
from portal.core.roles import Role
from portal.core.web.menu import OFFICE, MenuItem
from portal.core.web.menu import register as add_to_menu
from portal.office.imports.routes import imports
from portal.office.people import wiring as people
from portal.office.today.routes import today

CARE = frozenset({Role.FIELD_OFFICER, Role.MATCHER})


def register(app: Flask, csrf: CSRFProtect) -> None:
    """Today, imports, people of the head office."""
    del csrf
    app.register_blueprint(today)
    app.register_blueprint(imports)
    people.register(app)
    add_to_menu(
        OFFICE,
        MenuItem("office.today", N_("Today"), "sun", order=1),
        MenuItem("imports.index", N_("Imports"), "upload", N_("Programmes"), 30, CARE),
    )

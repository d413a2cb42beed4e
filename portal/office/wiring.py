"""Puts the head office's own pages into the application."""

from __future__ import annotations

from flask import Flask
from flask_wtf import CSRFProtect

from portal.core.exports import register_export
from portal.core.i18n_markers import N_
from portal.core.roles import Role
from portal.core.web.cards import register_year_section
from portal.core.web.menu import OFFICE, MenuItem
from portal.core.web.menu import register as add_to_menu
from portal.office.exports import auditor, year_card
from portal.office.exports import routes as exports
from portal.office.imports.routes import imports
from portal.office.people import wiring as people
from portal.office.rules import wiring as rules
from portal.office.today.routes import today

MONEY = frozenset({Role.ACCOUNTANT})
CARE = frozenset({Role.FIELD_OFFICER, Role.MATCHER})


def register(app: Flask, csrf: CSRFProtect) -> None:
    """Today, imports, people of the head office."""
    del csrf
    app.register_blueprint(today)
    app.register_blueprint(imports)
    app.register_blueprint(exports.pages)
    register_export(auditor.KIND)
    register_year_section(40, year_card.exports_of_the_year)
    people.register(app)
    rules.register(app)
    add_to_menu(
        OFFICE,
        MenuItem("office.today", N_("Today"), "sun", order=1),
        MenuItem("exports.index", N_("Exports"), "download", N_("Accounts"), 70, MONEY),
        MenuItem("imports.index", N_("Imports"), "upload", N_("Programmes"), 30, CARE),
    )

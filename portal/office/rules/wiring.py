"""Puts the pages of rules with dates into the application."""

from __future__ import annotations

from flask import Flask

from portal.core.i18n_markers import N_
from portal.core.roles import Role
from portal.core.web import menu
from portal.office.rules.routes import bp


def register(app: Flask) -> None:
    """The pages and their menu item."""
    app.register_blueprint(bp)
    menu.register(
        menu.OFFICE,
        menu.MenuItem(
            "rules.index",
            N_("Rates, forms and accounts"),
            "settings",
            N_("Settings"),
            88,
            frozenset({Role.ACCOUNTANT}),
        ),
    )

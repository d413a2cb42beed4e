"""Puts the people of the head office into the application."""

from __future__ import annotations

from flask import Flask

from portal.core.i18n_markers import N_
from portal.core.roles import Role
from portal.core.web import menu
from portal.office.people.routes import bp


def register(app: Flask) -> None:
    """The pages and their menu item."""
    app.register_blueprint(bp)
    menu.register(
        menu.OFFICE,
        menu.MenuItem(
            "people.index", N_("Colleagues"), "user-round", N_("Settings"), 90,
            frozenset({Role.ADMINISTRATOR}),
        ),
    )  # fmt: skip

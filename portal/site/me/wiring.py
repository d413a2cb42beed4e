"""Puts the sponsor's own pages into the application."""

from __future__ import annotations

from flask import Flask

from portal.core.i18n_markers import N_
from portal.core.web import menu
from portal.site.me.routes import bp


def register(app: Flask) -> None:
    """The pages and their menu items."""
    app.register_blueprint(bp)
    menu.register(
        menu.ME,
        menu.MenuItem("me.home", N_("Home"), "house", order=1, also=frozenset({"my_child"})),
        menu.MenuItem("me.profile", N_("My details"), "user-round", order=80),
        menu.MenuItem("me.security", N_("Sign-in and security"), "lock", order=85),
        menu.MenuItem("me.privacy", N_("My data"), "shield", order=90),
    )

"""Puts the programme records into the application."""

from __future__ import annotations

from flask import Flask
from flask_wtf import CSRFProtect

from portal.core.i18n_markers import N_
from portal.core.web import menu
from portal.programmes import fact_tasks, office_facts

__all__ = ["fact_tasks", "register"]  # imported for the jobs it registers


def register(app: Flask, csrf: CSRFProtect) -> None:
    """The pages of the programme records and their menu."""
    del csrf
    app.register_blueprint(office_facts.blueprint)
    menu.register(
        menu.OFFICE,
        menu.MenuItem(
            "facts.index",
            N_("News to approve"),
            "book-open",
            N_("Programmes"),
            40,
            frozenset(office_facts.MAY_DECIDE),
            office_facts.count_to_read,
        ),
    )

"""Puts the accounts into the application."""

from __future__ import annotations

from flask import Flask
from flask_wtf import CSRFProtect

from portal.accounts import merging, merging_pages, office, personal_data, routes
from portal.accounts.services import passwords
from portal.accounts.sign_in import login_manager
from portal.core.i18n_markers import N_
from portal.core.web import menu


def register(app: Flask, csrf: CSRFProtect) -> None:
    """Sign-in, the pages of accounts, the office's pages of donors."""
    del csrf
    login_manager.init_app(app)
    app.register_blueprint(routes.bp)
    app.register_blueprint(office.bp)
    app.register_blueprint(merging_pages.bp)
    _when_merged()
    passwords.warm_up()
    personal_data.register()
    menu.register(
        menu.OFFICE,
        menu.MenuItem(
            "donors.index", N_("Donors"), "users", N_("Sponsors and donors"), 30,
            frozenset(office.MAY_SEE),
        ),
    )  # fmt: skip


def _when_merged() -> None:
    """The account is seen to by the service itself; links of the other record stop working."""
    for column in ("account.donor_id", "account_token.donor_id", "donor.merged_into_id"):
        merging.own(column)
    merging.stays("donors_kept_apart.first_id")
    merging.stays("donors_kept_apart.second_id")

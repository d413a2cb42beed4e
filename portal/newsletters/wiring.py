"""Puts newsletters into the application, with the figures and photos they are made of."""

from __future__ import annotations

from flask import Flask
from flask_wtf import CSRFProtect

from portal.accounts import events as accounts
from portal.accounts import merging
from portal.core import personal_data
from portal.core.i18n_markers import N_
from portal.core.roles import Role
from portal.core.web import cards as places
from portal.core.web import menu
from portal.newsletters import cards, office, routes, tasks
from portal.newsletters.queries.issues import drafts_count
from portal.newsletters.services import optouts
from portal.programmes.figures import office as figures
from portal.programmes.photos import office as photos
from portal.programmes.photos import public as public_photos
from portal.programmes.photos.queries import photos_to_approve

__all__ = ["register", "tasks"]  # imported for the job it registers


def register(app: Flask, csrf: CSRFProtect) -> None:
    """Pages, menus, cards; the one address that mail programs post to without a form."""
    for part in (office, routes, figures, photos, public_photos):
        app.register_blueprint(part.blueprint)
    csrf.exempt(app.view_functions["newsletters.unsubscribe_one_click"])
    merging.stays("newsletter_delivery.donor_id")
    merging.own("newsletter_optout.donor_id")
    accounts.donors_merging.connect(optouts.on_donors_merging)
    places.register_card(40, cards.home_card)
    places.register_donor_section(40, cards.donor_section)
    personal_data.register("newsletters", cards.personal_file)
    programmes, sponsors = N_("Programmes"), N_("Sponsors and donors")
    menu.register(
        menu.OFFICE,
        menu.MenuItem(
            "newsletter_office.index", N_("Newsletters"), "newspaper", sponsors, 35,
            frozenset({Role.EDITOR}), drafts_count,
        ),
        menu.MenuItem(
            "photos.index", N_("Photos"), "camera", programmes, 44,
            frozenset(photos.MAY_HAND_IN), photos_to_approve,
        ),
        menu.MenuItem(
            "figures.index", N_("Figures"), "chart-column", programmes, 46,
            frozenset(figures.MAY_READ),
        ),
    )  # fmt: skip
    menu.register(menu.ME, menu.MenuItem("newsletters.index", N_("News"), "newspaper", "", 40))

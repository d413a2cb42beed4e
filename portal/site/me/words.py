"""What the sponsor's own pages say that is not in a table."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_login import current_user

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to begin."""

    label: str
    url: str
    kind: str
    icon: str


def greeting() -> str:
    """The first name of a person, else the name they gave."""
    donor = current_user.account.donor
    return str((donor and (donor.first_name or donor.name)) or current_user.display_name)


def first_places() -> list[Place]:
    """Where somebody begins who has no gift yet."""
    wanted = (
        ("donations.sponsor", _("Sponsor a child"), "primary", "heart-handshake"),
        ("donations.give", _("Make a gift"), "secondary", "gift"),
    )
    return [
        Place(label, url_for(endpoint), kind, icon)
        for endpoint, label, kind, icon in wanted
        if endpoint in current_app.view_functions
    ]


def shown_browser(agent: str) -> str:
    """``Firefox · Windows``: the first names found in the browser's own description."""
    found = [_first(_BROWSERS, agent), _first(_MACHINES, agent)]
    return " · ".join(name for name in found if name) or _("Unknown browser")


def _first(names: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((shown for mark, shown in names if mark in agent), "")


def what_is_kept() -> list[tuple[str, str, str]]:
    """What, why, how long: the record of processing in words (GDPR art. 13 and 30)."""
    return [
        (
            _("Name, address, phone"),
            _("to thank you, write to you and issue your tax receipts"),
            _("as long as you give, and three years after"),
        ),
        (
            _("Gifts and debits"),
            _("the law makes us keep our books (Code de commerce, art. L123-22)"),
            _("ten years"),
        ),
        (
            _("Tax receipts"),
            _(
                "the tax office may check them (Livre des procédures fiscales, art. L102 B and L102 E)"
            ),
            _("six years after the year they were issued"),
        ),
        (
            _("Sponsorship and wishes"),
            _("to bring you and a child together and send you the child's news"),
            _("as long as the sponsorship lasts, and three years after"),
        ),
        (
            _("Account, browsers signed in"),
            _("so that only you see your pages"),
            _("until you close the account; a browser for thirty days at most"),
        ),
        (
            _("Card and bank account"),
            _("they are with our payment provider Stripe; we never see nor keep them"),
            _("not kept by us"),
        ),
    ]

"""The public pages, and the addresses that watch over the house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from portal.core import i18n
from portal.core.clock import paris_date
from portal.core.db import db
from portal.core.money import Money
from portal.core.web.audience import everyone, machine
from portal.donations.codes import PurposeKind
from portal.donations.forms.giving import REFERENCE_SPONSORSHIP
from portal.donations.rules.amounts import Rhythm, amount_limits
from portal.donations.tax_terms import category_on
from portal.donations.wording import cost_words
from portal.programmes.figures import PublicFigure, computed, public_figures
from portal.site.facts import FACTS

site = Blueprint("site", __name__)
SHOWN_AT_HOME = ("children.in_care", "meals.served", "children.employed", "families.accompanied")


@site.before_app_request
def read_unknown_addresses_in_their_language() -> None:
    """An address that leads nowhere, below ``/en/``, is answered in English."""
    first = request.path.partition("/")[2].partition("/")[0]
    if request.url_rule is None and first in i18n.LANGUAGES:
        g.lang_code = first


def _today() -> date:
    return paris_date(current_app.extensions["clock"].now())


@dataclass(frozen=True, slots=True)
class SponsorshipPrice:
    """What sponsoring costs a month: the usual amount, what is left after tax and why, the least."""

    amount: Money
    cost: Money
    law: str
    least: Money


def _price() -> SponsorshipPrice:
    category = category_on(_today(), PurposeKind.SPONSORSHIP)
    told = cost_words(REFERENCE_SPONSORSHIP, Rhythm.MONTHLY, category, _today(), "person")
    least = amount_limits(Rhythm.MONTHLY).minimum
    return SponsorshipPrice(REFERENCE_SPONSORSHIP, told.cost, told.law, least)


def _figures_at_home() -> list[PublicFigure]:
    """A few figures, without those that are nought or too small to be published."""
    return [
        PublicFigure(found.figure.code, found.label, found.published, found.period_words)
        for found in computed(_today(), SHOWN_AT_HOME)
        if found.value and not found.suppressed
    ]


@site.get("/")
@everyone
def root() -> ResponseReturnValue:
    """To the home page in the reader's language."""
    return redirect(url_for("site.home"))


@site.get("/<any(fr, en):lang_code>/")
@everyone
def home() -> ResponseReturnValue:
    """Who we are, and the two ways to help."""
    return render_template(
        "site/home.html",
        facts=FACTS,
        price=_price(),
        figures=_figures_at_home(),
    )


@site.get("/<lang_code>/how-sponsorship-works")
@everyone
def sponsorship() -> ResponseReturnValue:
    """What a sponsor does, receives and may not know."""
    return render_template("site/sponsorship.html", facts=FACTS, price=_price())


@site.get("/<lang_code>/transparency")
@everyone
def transparency() -> ResponseReturnValue:
    """Where the money goes, and every published figure."""
    figures = public_figures(_today(), i18n.language())
    return render_template("site/transparency.html", facts=FACTS, figures=figures)


@site.get("/<lang_code>/legal")
@everyone
def legal() -> ResponseReturnValue:
    """Who publishes this site."""
    return render_template("site/legal.html")


@site.get("/<lang_code>/privacy")
@everyone
def privacy() -> ResponseReturnValue:
    """Which personal data we hold, why, how long, and the reader's rights."""
    return render_template("site/privacy.html")


@site.get("/<lang_code>/accessibility")
@everyone
def accessibility() -> ResponseReturnValue:
    """How far the site can be used by everybody."""
    return render_template("site/accessibility.html")


@site.get("/<lang_code>/language")
@everyone
def set_language() -> ResponseReturnValue:
    """Remember the language in this browser and go back to a page of ours."""
    cookie["language"] = i18n.language()
    return redirect(_own_page(request.args.get("next", "/")))


def _own_page(address: str) -> str:
    parts = urlsplit(address)
    ours = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if ours and not parts.netloc and not parts.scheme else "/"


@site.get("/healthz")
@machine
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@site.get("/readyz")
@machine
def readyz() -> ResponseReturnValue:
    """The process can reach its database."""
    try:
        db.session.execute(sa.text("select 1"))
    except SQLAlchemyError:
        return Response("database away\n", status=503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")

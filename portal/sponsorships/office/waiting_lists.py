"""The two full lists behind the board, with search, sort and files."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.models import Donor
from portal.core.clock import paris_date
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.core.web.lists import ListColumn, ListSpec, export, list_page
from portal.programmes.codes import Programme, Site
from portal.programmes.models import Child
from portal.programmes.queries.children import first_name_of
from portal.programmes.rules.ages import age_on
from portal.programmes.rules.labels import PROGRAMMES, SEXES, SITES
from portal.sponsorships.models import Wish
from portal.sponsorships.office.matching import blueprint
from portal.sponsorships.office.narrowing import SEARCHED, SEX_CHOICES, SITE_CHOICES, narrowed
from portal.sponsorships.queries import waiting
from portal.sponsorships.queries.availability import available_children
from portal.sponsorships.queries.board import shown_children
from portal.sponsorships.queries.wording import words_of_wish


def _sponsors_spec() -> ListSpec:
    return ListSpec(
        name=_("sponsors-waiting"),
        columns=(
            ListColumn("ref", _("Reference"), lambda w: w.donor.ref, sort=Donor.ref),
            ListColumn("name", _("Sponsor"), lambda w: w.donor.name, sort=Donor.last_name),
            ListColumn("wish", _("Wish"), words_of_wish),
            ListColumn("since", _("Waiting since"), lambda w: w.since, "date", sort=Wish.since),
        ),
        search=waiting.SEARCHED,
        default_sort="since",
        tie=Wish.id,
    )


def _children_spec() -> ListSpec:
    today = paris_date(clock_now())
    return ListSpec(
        name=_("children-available"),
        columns=(
            ListColumn("ref", _("Reference"), lambda c: c.ref, sort=Child.ref),
            ListColumn("name", _("First name"), first_name_of, sort=Child.called),
            ListColumn("sex", _("Sex"), lambda c: _(SEXES[c.sex]), sort=Child.sex),
            ListColumn(
                "age", _("Age"), lambda c: age_on(c.born_on, today), "integer", sort=-_born()
            ),
            ListColumn("site", _("Site"), lambda c: _(SITES[c.site]), sort=Child.site),
            ListColumn("need", _("Need (1 to 5)"), lambda c: c.need, "integer", sort=Child.need),
            ListColumn(
                "since", _("In care since"), lambda c: c.admitted_on, "date", sort=Child.admitted_on
            ),
        ),
        search=SEARCHED,
        default_sort="since",
        tie=Child.id,
    )


def _born() -> Any:
    return sa.func.date_part("epoch", Child.born_on)


@blueprint.get("/sponsors")
@needs(Role.MATCHER)
def sponsors() -> ResponseReturnValue:
    """Everybody who waits for a child."""
    statement = waiting.waiting_wishes(clock_now())
    if request.args.get("site") in set(Site):
        statement = statement.where(Wish.site == Site(request.args["site"]))
    if request.args.get("programme") in set(Programme):
        statement = statement.where(Wish.programme == Programme(request.args["programme"]))
    page = list_page(_sponsors_spec(), statement)
    return export(page) or render_template(
        "sponsorships/matching/sponsors.html",
        page=page,
        wished={wish.id: words_of_wish(wish) for wish in page.rows},
        sites=SITE_CHOICES,
        programmes=[(str(code), label) for code, label in PROGRAMMES.items()],
    )


@blueprint.get("/children")
@needs(Role.MATCHER)
def children() -> ResponseReturnValue:
    """Every child who may be promised today."""
    now = clock_now()
    page = list_page(_children_spec(), available_children(now).where(*narrowed(words=False)))
    return export(page) or render_template(
        "sponsorships/matching/children.html",
        page=page,
        shown=list(shown_children(page.rows, paris_date(now)).values()),
        sexes=SEX_CHOICES,
        sites=SITE_CHOICES,
    )

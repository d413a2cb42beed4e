"""All sponsorships: the list, and the page of one with its history."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import contains_eager

from portal.accounts.models import Donor
from portal.core.clock import paris_date
from portal.core.db import db
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.core.web.lists import ListColumn, ListSpec, export, list_page
from portal.donations.plan_wording import good_order
from portal.programmes.models import Child
from portal.programmes.queries.children import child_view, first_name_of
from portal.programmes.rules.labels import SITES, STATUSES
from portal.sponsorships.forms import EndForm
from portal.sponsorships.models import Sponsorship, SponsorshipState
from portal.sponsorships.office.deciding import id_of
from portal.sponsorships.queries.histories import history_of
from portal.sponsorships.queries.promises import concerns
from portal.sponsorships.queries.wording import (
    CONCERNS,
    END_REASONS,
    STATES,
    words_of_refusal,
    words_of_wish,
)
from portal.sponsorships.rules.errors import SponsorshipError
from portal.sponsorships.services.ending import end_sponsorship

blueprint = Blueprint("sponsorships", __name__, url_prefix="/office/sponsorships")


def _spec() -> ListSpec:
    return ListSpec(
        name=_("sponsorships"),
        columns=(
            ListColumn("child", _("Child"), lambda s: first_name_of(s.child), sort=Child.called),
            ListColumn("child_ref", _("Child's reference"), lambda s: s.child.ref, sort=Child.ref),
            ListColumn("site", _("Site"), lambda s: _(SITES[s.child.site]), sort=Child.site),
            ListColumn("sponsor", _("Sponsor"), lambda s: s.donor.name, sort=Donor.last_name),
            ListColumn("sponsor_ref", _("Sponsor's reference"), lambda s: s.donor.ref),
            ListColumn(
                "since", _("Since"), lambda s: s.started_on, "date", sort=Sponsorship.started_on
            ),
            ListColumn("state", _("State"), lambda s: _(STATES[s.state]), sort=Sponsorship.state),
            ListColumn("ended", _("Ended on"), lambda s: s.ended_on, "date"),
            ListColumn("reason", _("Reason"), _reason),
        ),
        search=(
            Child.called,
            Child.given_name_latin,
            Child.ref,
            Donor.first_name,
            Donor.last_name,
            Donor.company_name,
            Donor.ref,
        ),
        default_sort="since",
        default_descending=True,
        tie=Sponsorship.id,
    )


def _reason(row: Sponsorship) -> str:
    return str(_(END_REASONS[row.end_reason])) if row.end_reason else ""


def _all() -> sa.Select[Any]:
    every = sa.select(Sponsorship).join(Sponsorship.child).join(Sponsorship.donor)
    return every.options(contains_eager(Sponsorship.child), contains_eager(Sponsorship.donor))


@blueprint.get("")
@needs(Role.MATCHER)
def index() -> ResponseReturnValue:
    """Every sponsorship, active ones unless asked otherwise."""
    statement, state = _all(), request.args.get("state", "active")
    if state in set(SponsorshipState):
        statement = statement.where(Sponsorship.state == SponsorshipState(state))
    page = list_page(_spec(), statement)
    return export(page) or render_template(
        "sponsorships/sponsorships/index.html",
        page=page,
        state=state,
        states=[(str(code), label) for code, label in STATES.items()],
        site_words=SITES,
        state_words=STATES,
        name_of=first_name_of,
    )


@blueprint.get("/<uuid:sponsorship>")
@needs(Role.MATCHER)
def show(sponsorship: uuid.UUID) -> ResponseReturnValue:
    """One sponsorship: who, since when, what happened, and how to end it."""
    return _shown(db.session.get_one(Sponsorship, id_of(Sponsorship, sponsorship)), EndForm())


@blueprint.post("/<uuid:sponsorship>/end")
@needs(Role.MATCHER)
def end(sponsorship: uuid.UUID) -> ResponseReturnValue:
    """End it, with a reason."""
    row = db.session.get_one(Sponsorship, id_of(Sponsorship, sponsorship))
    form = EndForm()
    if not form.validate_on_submit():
        return _shown(row, form), 422
    try:
        end_sponsorship(
            row.id,
            form.reason.data,
            current_user.id,
            clock_now(),
            waits_again=bool(form.waits_again.data),
        )
        flash(_("The sponsorship has ended. The child may be promised again."), "success")
    except SponsorshipError as error:
        flash(words_of_refusal(error), "danger")
    return redirect(url_for(".show", sponsorship=sponsorship))


def _shown(row: Sponsorship, form: EndForm) -> str:
    on = paris_date(clock_now())
    return render_template(
        "sponsorships/sponsorships/show.html",
        sponsorship=row,
        child=child_view(row.child, on),
        status=STATUSES[row.child.status],
        reason=_reason(row),
        wished=words_of_wish(row.hold.wish),
        concerns=[CONCERNS[c.why] for c in concerns(on) if c.sponsorship.id == row.id],
        history=history_of(row),
        order=good_order(row.plan) if row.plan is not None else None,
        form=form,
    )

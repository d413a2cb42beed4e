"""The sponsor's own pages about the child."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.core import i18n
from portal.core.clock import paris_date
from portal.core.web.audience import signed_in
from portal.core.web.forms import clock_now
from portal.programmes.codes import ConsentScope
from portal.programmes.queries.children import TimelineEntry, child_view, may_be_shown, timeline_of
from portal.sponsorships.queries.promises import sponsored_child

blueprint = Blueprint("my_child", __name__, url_prefix="/me/child")


@blueprint.get("/<uuid:child>")
@signed_in
def show(child: uuid.UUID) -> ResponseReturnValue:
    """The child she sponsors; anybody else's child does not exist for her."""
    sponsorship = sponsored_child(current_user.donor_id, child)
    if sponsorship is None:
        abort(404)
    today = paris_date(clock_now())
    if not may_be_shown(sponsorship.child_id, ConsentScope.PORTAL, today):
        return render_template("sponsorships/my_child/hidden.html", since=sponsorship.started_on)
    return render_template(
        "sponsorships/my_child/show.html",
        child=child_view(sponsorship.child, today),
        entries=[_line(entry) for entry in timeline_of(sponsorship.child_id, today)],
        since=sponsorship.started_on,
    )


def _line(entry: TimelineEntry) -> dict[str, str]:
    return {
        "when": i18n.day(entry.on),
        "datetime": entry.on.isoformat(),
        "title": entry.text,
        "icon": entry.icon,
    }

"""What newsletters add to shared pages and to a donor's file."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.core import i18n
from portal.core.web.cards import Card
from portal.newsletters.queries.issues import issues_received, wants_none


def home_card(donor_id: int) -> Card | None:
    """The newest newsletter, on the sponsor's home."""
    newest = next(iter(issues_received(donor_id)), None)
    if newest is None:
        return None
    return Card(
        title=_("News from PSE"),
        lines=(newest.issue.title, i18n.day(newest.issue.sent_at)),
        url=url_for("newsletters.show", issue=newest.issue.public_id),
        link=_("Read it"),
        icon="newspaper",
    )


def donor_section(donor_id: int) -> Card | None:
    """For the head office: what the donor received, and whether they want any."""
    received, stopped = issues_received(donor_id), wants_none(donor_id)
    if not received and not stopped:
        return None
    lines = [ngettext("%(num)s newsletter received", "%(num)s newsletters received", len(received))]
    if received:
        newest = received[0].issue
        lines.append(
            _("The last: %(title)s, %(day)s", title=newest.title, day=i18n.day(newest.sent_at))
        )
    if stopped:
        lines.append(_("Asked for no newsletter."))
    return Card(title=_("Newsletters"), lines=tuple(lines), icon="newspaper")


def personal_file(donor_id: int) -> dict[str, Any]:
    """What the house keeps about a donor and newsletters."""
    return {
        "wants_none": wants_none(donor_id),
        "received": [
            {"title": row.issue.title, "sent_at": row.delivered_at.isoformat()}
            for row in issues_received(donor_id)
        ],
    }

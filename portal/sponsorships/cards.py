"""What sponsorships add to shared pages: the sponsor's home, the office's page of a donor."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _

from portal.core import i18n
from portal.core.clock import paris_date
from portal.core.db import db
from portal.core.web.cards import Card
from portal.core.web.forms import clock_now
from portal.programmes.codes import ConsentScope
from portal.programmes.queries.children import child_view, first_name_of, may_be_shown, timeline_of
from portal.sponsorships.models import Sponsorship, WishState
from portal.sponsorships.queries.promises import active_sponsorships_of
from portal.sponsorships.queries.waiting import open_wishes_of, place_in_queue
from portal.sponsorships.queries.wording import STATES, words_of_wish


def home_card(donor_id: int) -> Card | None:
    """The sponsor's children, and her place in the queue while she waits."""
    children = [_child(row) for row in active_sponsorships_of(donor_id)]
    waiting = [
        {"wish": words_of_wish(wish), "place": place_in_queue(wish)}
        for wish in open_wishes_of(donor_id)
    ]
    if not children and not waiting:
        return None
    title = _("The child you sponsor") if len(children) == 1 else _("The children you sponsor")
    return Card(
        title=title if children else _("Your sponsorship"),
        template="sponsorships/my_child/_card.html",
        context={"children": children, "waiting": waiting},
        icon="heart-handshake",
    )


def _child(row: Sponsorship) -> dict[str, Any]:
    """A ChildView and the newest line; nothing but the link when consent is not in force."""
    today = paris_date(clock_now())
    url = url_for("my_child.show", child=row.child.public_id)
    if not may_be_shown(row.child_id, ConsentScope.PORTAL, today):
        return {"view": None, "url": url, "news": None}
    newest = timeline_of(row.child_id, today)[:1]
    return {
        "view": child_view(row.child, today),
        "url": url,
        "news": newest[0] if newest else None,
    }


def donor_section(donor_id: int) -> Card | None:
    """For the head office: the donor's sponsorships and wishes, without amounts."""
    mine = sa.select(Sponsorship).where(Sponsorship.donor_id == donor_id)
    lines = [
        _(
            "%(child)s (%(ref)s), since %(since)s: %(state)s",
            child=first_name_of(row.child),
            ref=row.child.ref,
            since=i18n.day(row.started_on),
            state=_(STATES[row.state]),
        )
        for row in db.session.scalars(mine.order_by(Sponsorship.started_on, Sponsorship.id))
    ]
    for wish in open_wishes_of(donor_id):
        state = _("waits") if wish.state is WishState.WAITING else _("not yet paid")
        lines.append(
            _(
                "Wish: %(wish)s, since %(since)s: %(state)s",
                wish=words_of_wish(wish),
                since=i18n.day(wish.since),
                state=state,
            )
        )
    if not lines:
        return None
    return Card(title=_("Sponsorships"), lines=tuple(lines), icon="heart-handshake")

"""What happened to a sponsorship, in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from portal.accounts.models import Account
from portal.core import audit
from portal.core.audit import AuditEntry
from portal.core.db import db
from portal.core.i18n_markers import N_
from portal.sponsorships.models import Sponsorship

ACTS = {
    "hold.held": N_("The child was held for the sponsor"),
    "hold.extended": N_("The hold was extended"),
    "hold.released": N_("The hold was released"),
    "hold.lapsed": N_("The hold lapsed"),
    "hold.taken": N_("The pair was accepted"),
    "sponsorship.started": N_("The sponsorship began"),
    "sponsorship.ended": N_("The sponsorship ended"),
    "sponsorship.gifts_paused": N_("The sponsor's gifts pause; the sponsorship stays"),
    "sponsorship.gifts_resumed": N_("The sponsor's gifts go on after a pause"),
    "sponsorship.gifts_failed": N_("A debit of the sponsor's failed; the child's care goes on"),
    "sponsorship.gifts_in_order": N_("The sponsor's gifts are in good order again"),
    "wish.waiting": N_("The first payment settled: the sponsor waits"),
    "wish.unpaid": N_("The first payment never came after all: not paid for yet"),
    "wish.withdrawn": N_("The wish was withdrawn"),
    "wish.imported": N_("The wish was changed by an import"),
}


@dataclass(frozen=True, slots=True)
class Act:
    """One line of a history; ``by`` is '' when the portal acted by itself."""

    at: dt.datetime
    what: str
    by: str


def history_of(sponsorship: Sponsorship) -> list[Act]:
    """The acts on a sponsorship and on the wish it came from, newest first."""
    wish = sponsorship.hold.wish
    entries = audit.history(f"sponsorship:{sponsorship.public_id}")
    entries += audit.history(f"wish:{wish.public_id}")
    entries.sort(key=lambda entry: entry.id, reverse=True)
    names = _names(entries)
    return [
        Act(entry.at, _(ACTS.get(entry.action, entry.action)), names.get(entry.actor_id or 0, ""))
        for entry in entries
    ]


def _names(entries: list[AuditEntry]) -> dict[int, str]:
    ids = {entry.actor_id for entry in entries if entry.actor_id}
    people = db.session.scalars(sa.select(Account).where(Account.id.in_(ids)))
    return {person.id: person.display_name or person.email for person in people}

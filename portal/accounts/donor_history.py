"""What happened to a donor's record, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from babel import Locale
from flask_babel import gettext as _

from portal.accounts import queries
from portal.accounts.models import Donor
from portal.core import audit, i18n
from portal.core.i18n_markers import N_

ACTS = {
    "donor.created": N_("Record made from an online form"),
    "donor.completed": N_("Blanks filled from an online form"),
    "donor.changed": N_("Details corrected"),
    "donor.claimed": N_("Account opened or linked"),
    "donor.merged": N_("Two records of one person joined"),
    "donor.kept_apart": N_("Looks like another record, and is another person"),
    "donor.mail_works": N_("E-mail address found to work again"),
    "receipt_preference.changed": N_("Preference for tax receipts changed"),
}
FIELDS = {
    "title": N_("Courtesy title"),
    "first_name": N_("First name"),
    "last_name": N_("Last name"),
    "company_name": N_("Name of the organisation"),
    "legal_form": N_("Legal form"),
    "siren": N_("SIREN"),
    "email": N_("E-mail address"),
    "address1": N_("Address"),
    "address2": N_("Building, floor, care of"),
    "postcode": N_("Postcode"),
    "city": N_("Town"),
    "country": N_("Country"),
    "language": N_("Language"),
    "phone": N_("Phone"),
    "note": N_("Note"),
    "timing": N_("When receipts are made"),
    "channel": N_("How receipts are sent"),
}
CHOICES = {
    ("timing", "annual"): N_("one receipt for the whole year"),
    ("timing", "each"): N_("a receipt after each gift"),
    ("channel", "mail"): N_("by e-mail"),
    ("channel", "post"): N_("by post"),
    ("channel", "account"): N_("in the account only"),
}


@dataclass(frozen=True, slots=True)
class Act:
    """One line of a history."""

    at: datetime
    what: str
    who: str
    changes: list[str]


def history_of(donor: Donor) -> list[Act]:
    """Newest first."""
    entries = audit.history(f"donor:{donor.ref}", limit=30)
    names = queries.names_of_accounts({e.actor_id for e in entries if e.actor_id})
    return [
        Act(
            entry.at,
            _(ACTS[entry.action]) if entry.action in ACTS else entry.action,
            names.get(entry.actor_id or 0, _("The portal")),
            _changes(entry),
        )
        for entry in entries
    ]


def _changes(entry: audit.AuditEntry) -> list[str]:
    before, after = entry.before or {}, entry.after or {}
    return [
        _(
            "%(field)s: %(before)s → %(after)s",
            field=_(FIELDS[name]),
            before=_said(name, before.get(name)),
            after=_said(name, after[name]),
        )
        for name in after
        if name in FIELDS and before.get(name) != after[name]
    ]


def _said(name: str, value: object) -> str:
    """A value as it was typed; one that was chosen from a list in its words."""
    told = str(value or "—")
    if name == "country":
        return str(Locale(i18n.language()).territories.get(told, told))
    if name == "language":
        return str(Locale(i18n.language()).languages.get(told, told))
    chosen = CHOICES.get((name, told))
    return _(chosen) if chosen else told

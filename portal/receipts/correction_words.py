"""What differs between a receipt and the records, in the reader's language."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _

from portal.core import i18n
from portal.core.i18n_markers import N_
from portal.core.money import Money
from portal.receipts.rules.corrections import Act, Cause, Difference, Field

CAUSES = {
    Cause.MONEY: N_("Money moved"),
    Cause.DAY: N_("Another day counts for tax"),
    Cause.NAME: N_("Another name"),
    Cause.TWO_RECEIPTS: N_("Two receipts of one person"),
    Cause.ADDRESS: N_("Another address"),
}
ABOUT = {
    Cause.MONEY: N_("A gift was refunded, disputed, returned by the bank or restored since."),
    Cause.DAY: N_("The day of a payment was corrected since."),
    Cause.NAME: N_("The donor's name was corrected since, or two records were joined."),
    Cause.TWO_RECEIPTS: N_(
        "Two records were joined and both have a receipt for this year. That is lawful: no gift stands on both."
    ),
    Cause.ADDRESS: N_(
        "The donor moved, or two records were joined. A new address alone makes no receipt wrong."
    ),
}
TONES = {Cause.MONEY: "danger", Cause.DAY: "danger", Cause.NAME: "warning"}
ACTS = {
    Act.CANCEL: N_("Cancel it, and issue none in its place"),
    Act.REPLACE: N_("Cancel it and issue a new one in its place"),
    Act.LEAVE: N_("Leave it as it is"),
}
FIELDS = {
    Field.FIRST_NAME: N_("First name"),
    Field.LAST_NAME: N_("Last name"),
    Field.COMPANY_NAME: N_("Name of the organisation"),
    Field.SIREN: N_("SIREN"),
    Field.ADDRESS1: N_("Address"),
    Field.ADDRESS2: N_("Building, floor, care of"),
    Field.POSTCODE: N_("Postcode"),
    Field.CITY: N_("Town"),
    Field.COUNTRY: N_("Country"),
    Field.AMOUNT: N_("Amount of gift %(gift)s"),
    Field.DAY: N_("Day of gift %(gift)s"),
}


def cause_word(cause: Cause) -> str:
    """``Money moved``."""
    return str(_(CAUSES[cause]))


def act_words(act: Act, *, is_proposed: bool) -> str:
    """``Leave it as it is``, and that the records call for it when they do."""
    words = str(_(ACTS[act]))
    return str(_("%(act)s (proposed)", act=words)) if is_proposed else words


def in_order(causes: frozenset[Cause]) -> list[Cause]:
    """The gravest first."""
    return [cause for cause in Cause if cause in causes]


def side_by_side(differences: tuple[Difference, ...]) -> list[tuple[str, str, str]]:
    """Of each difference what it is, what the paper says, what the records say now."""
    return [
        (str(_(FIELDS[each.field], gift=each.about)), _shown(each.paper), _shown(each.now))
        for each in differences
    ]


def _shown(value: str | Money | dt.date | None) -> str:
    if isinstance(value, Money):
        return i18n.money(value)
    if isinstance(value, dt.date):
        return i18n.day(value)
    return value or "—"

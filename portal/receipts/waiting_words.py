"""Why a gift has no receipt yet, in plain words, and where the donor can put it right."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from portal.core import i18n
from portal.core.i18n_markers import N_
from portal.receipts.rules.eligibility import INVALID_SIREN, NOT_RESIDENT, Reason
from portal.receipts.rules.waiting import Wait, Waits

_SENTENCES = {
    Waits.NOTHING: N_("Nothing is missing: it will stand on your receipt for the year."),
    Waits.ON_ITS_WAY: N_("The bank has not confirmed the payment yet."),
    Waits.DISPUTED: N_(
        "Your bank has questioned this payment: the receipt waits until that is settled."
    ),
    Waits.EXCHANGE_RATE: N_("We do not know yet what it is worth in euros."),
    Waits.SENT_BACK: N_("The money went back to you: there is nothing to certify."),
    Waits.COUNTERPART: N_(
        "You received something in return: such a payment gives no right to a tax reduction."
    ),
    Waits.NOT_WANTED: N_("It was given without a receipt, as asked for then."),
}
_TO_THE_OFFICE = (INVALID_SIREN.code, "unprintable")


@dataclass(frozen=True, slots=True)
class Remedy:
    """What the donor can do: a page to go to."""

    label: str
    url: str


def wait_sentence(wait: Wait) -> str:
    """What the gift waits for, as one or two sentences."""
    if wait.what is Waits.RETURN_WINDOW:
        text = _(
            "A direct debit can be taken back until %(day)s. Its receipt can be made from the day"
            " after; it will stand on your receipt for the year in any case.",
            day=i18n.day(wait.until),
        )
        return str(text)
    if wait.what is Waits.DETAILS:
        return " ".join(_missing(reason) for reason in wait.missing)
    return str(_(_SENTENCES[wait.what]))


def _missing(reason: Reason) -> str:
    if reason.code == NOT_RESIDENT.code:
        return str(
            _(
                "French tax receipts are for people who pay their taxes in France; your address is in another country."
            )
        )
    return str(_(reason.message))


def remedy_of(wait: Wait) -> Remedy | None:
    """The page where the donor can complete what is missing herself; None when there is none."""
    if wait.what is not Waits.DETAILS:
        return None
    own = [reason for reason in wait.missing if reason.code not in _TO_THE_OFFICE]
    if not own:
        return None
    field = _FIELDS.get(own[0].code, "")
    url = url_for("me.profile") + (f"#{field}" if field else "")
    return Remedy(_("Complete my details"), url)


_FIELDS = {
    "incomplete_name": "first_name",
    "missing_company_name": "company_name",
    "incomplete_address": "address1",
    "invalid_postcode": "postcode",
    "not_resident": "country",
    "country_unknown": "country",
}

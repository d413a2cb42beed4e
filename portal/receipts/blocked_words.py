"""What to do about each reason that keeps a receipt waiting, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.core.i18n_markers import N_

LABELS = {
    "incomplete_address": N_("Incomplete address"),
    "incomplete_name": N_("Incomplete name"),
    "missing_company_name": N_("Organisation without a name"),
    "invalid_siren": N_("Missing or wrong SIREN"),
    "invalid_postcode": N_("Wrong postcode"),
    "country_unknown": N_("Country not known"),
    "not_resident": N_("Lives abroad"),
    "unprintable": N_("Cannot be printed"),
    "return_window": N_("Direct debit still returnable"),
    "disputed": N_("Disputed payment"),
    "exchange_rate": N_("Exchange rate not known"),
}
REMEDIES = {
    "incomplete_address": N_("Ask the donor by e-mail, or write the address into the record."),
    "incomplete_name": N_("Ask the donor by e-mail, or write the full name into the record."),
    "missing_company_name": N_("Write the organisation's name into the record."),
    "invalid_siren": N_("Ask the organisation by e-mail, or look its SIREN up and write it down."),
    "invalid_postcode": N_("Ask the donor by e-mail, or correct the postcode in the record."),
    "country_unknown": N_("Ask the donor by e-mail, or write the country into the record."),
    "not_resident": N_(
        "Confirm the payments without a receipt; or, if the donor does live in France, correct the country."
    ),
    "unprintable": N_("Write the name or address in letters our fonts have."),
    "return_window": N_("Wait until the last day, or release the debit and say why."),
    "disputed": N_("Nothing to do before the bank has decided: the donor leaves the list then."),
    "exchange_rate": N_(
        "The rate comes with the payment's line at the bank or Stripe; for a cheque, enter it with the gift."
    ),
}


def label_of(code: str) -> str:
    """``Incomplete address``."""
    return str(_(LABELS[code]))


def remedy_of(code: str) -> str:
    """What is to be done, in one sentence."""
    return str(_(REMEDIES[code]))

"""Why a donor cannot be given a receipt yet.

A receipt needs a complete name and address, a donor resident in France for tax, and for a
company its SIREN (models 11580 and 16216; BOI-IR-RICI-250-40). Until then the gift is booked
and the receipt waits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stdnum.fr import siren

from portal.core.i18n_markers import N_
from portal.receipts.rules.content import ReceiptDonor
from portal.receipts.rules.forms import DonorKind

# France and the overseas departments, where French income tax applies.
FRENCH_TAX_TERRITORY = frozenset({"FR", "GP", "MQ", "GF", "RE", "YT"})
_FRENCH_POSTCODE = re.compile(r"[0-9]{5}")


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that stands in the way: a stable code and an English sentence to translate."""

    code: str
    message: str


INCOMPLETE_NAME = Reason("incomplete_name", N_("The first name or the last name is missing."))
MISSING_COMPANY_NAME = Reason("missing_company_name", N_("The company's name is missing."))
INVALID_SIREN = Reason("invalid_siren", N_("The company's SIREN is missing or wrong."))
INCOMPLETE_ADDRESS = Reason(
    "incomplete_address", N_("The address is incomplete: street, postcode and city are needed.")
)
INVALID_POSTCODE = Reason("invalid_postcode", N_("A French postcode has five digits."))
NOT_RESIDENT = Reason(
    "not_resident", N_("The donor does not live in France: no French tax receipt can be issued.")
)

RETURN_WINDOW = Reason(
    "return_window", N_("A direct debit may still be returned by the donor's bank.")
)
DISPUTED = Reason("disputed", N_("A payment is disputed: it waits until that is settled."))
EXCHANGE_RATE = Reason(
    "exchange_rate", N_("What a payment in another currency is worth in euros is not known yet.")
)


def blocked_reasons(donor: ReceiptDonor) -> list[Reason]:
    """All that stands in the way of a receipt, in the order to be put right; empty when nothing."""
    return [*_name_reasons(donor), *_address_reasons(donor)]


def _name_reasons(donor: ReceiptDonor) -> list[Reason]:
    if donor.kind is DonorKind.PERSON:
        complete = donor.first_name.strip() and donor.last_name.strip()
        return [] if complete else [INCOMPLETE_NAME]
    named = [] if donor.company_name.strip() else [MISSING_COMPANY_NAME]
    return named if siren.is_valid(donor.siren) else [*named, INVALID_SIREN]


def _address_reasons(donor: ReceiptDonor) -> list[Reason]:
    postcode = donor.postcode.strip()
    complete = donor.address1.strip() and postcode and donor.city.strip()
    if donor.country not in FRENCH_TAX_TERRITORY:
        return [NOT_RESIDENT] if complete else [INCOMPLETE_ADDRESS, NOT_RESIDENT]
    if not complete:
        return [INCOMPLETE_ADDRESS]
    return [] if _FRENCH_POSTCODE.fullmatch(postcode) else [INVALID_POSTCODE]

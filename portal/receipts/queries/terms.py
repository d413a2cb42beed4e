"""What receipts of a day say besides gifts and donor: the official model, the charity, its words.

Read from the rules with dates, once a request or job.
"""

from __future__ import annotations

import datetime as dt

from babel import Locale

from portal.config import Organisation
from portal.core.dated_rules import Period, rule_book
from portal.receipts.queries.signatory import signatory_of
from portal.receipts.rules.content import Issuer
from portal.receipts.rules.forms import DonorKind, ReceiptForm

RECEIPT_FORM = "receipt_form"
ISSUER = "issuer"
EVERYWHERE = "receipts"
_COUNTRIES = {str(name).casefold(): code for code, name in Locale("fr").territories.items()}


def receipt_forms() -> tuple[ReceiptForm, ...]:
    """Every official model with the days it is in force: hand it to ``compose``."""
    return rule_book().table(RECEIPT_FORM, _form)


def issuer_on(organisation: Organisation, on: dt.date) -> Issuer:
    """The charity as its receipts of that day name it, with who signs them."""
    said = rule_book().on(ISSUER, EVERYWHERE, on).version.value
    signatory = signatory_of(on)
    return Issuer(
        name=organisation.name,
        address1=organisation.address,
        postcode=organisation.postcode,
        city=organisation.city,
        purpose=said["purpose"],
        category=" — ".join(filter(None, (said["category"], said["mention"]))),
        signatory_name=signatory["name"],
        signatory_capacity=signatory["capacity"],
        siren=organisation.siren,
        rna=organisation.rna,
        country=_COUNTRIES.get(organisation.country.casefold(), organisation.country),
    )


def _form(period: Period) -> ReceiptForm:
    value = period.version.value
    return ReceiptForm(
        number=value["number"],
        label=value["label"],
        donor_kind=DonorKind(period.version.code),
        legal_basis=value["legal_basis"],
        title=value["title"],
        since=period.since,
        until=period.until,
        source=period.version.source,
        notes=tuple(line.strip() for line in value["notes"].splitlines() if line.strip()),
    )

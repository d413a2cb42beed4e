"""A donor and a gift in the terms of a receipt."""

from __future__ import annotations

import sqlalchemy as sa

from portal.accounts.models import Donor
from portal.core import pdf
from portal.core.db import db
from portal.core.i18n_markers import N_
from portal.donations.codes import GiftMode, PurposeKind
from portal.donations.models import ExpenseNote, Gift, GiftInKind
from portal.donations.rules.tax import NoTaxScheme, decimal_text
from portal.donations.tax_terms import rate_on
from portal.receipts.rules.content import Exchange, Payment, PaymentMode, ReceiptDonor
from portal.receipts.rules.eligibility import (
    FRENCH_TAX_TERRITORY,
    NOT_RESIDENT,
    Reason,
    blocked_reasons,
)
from portal.receipts.rules.forms import DonorKind

COUNTRY_UNKNOWN = Reason(
    "country_unknown", N_("The country is missing: only donors who live in France get a receipt.")
)
UNPRINTABLE = Reason(
    "unprintable", N_("The name or address has a character that our fonts cannot print.")
)
# Said on the paper, which is in French whoever reads the portal in which language.
PURPOSES = {PurposeKind.GENERAL: "Don", PurposeKind.SPONSORSHIP: "Parrainage d’un enfant"}


def receipt_donor(donor: Donor) -> ReceiptDonor:
    """The donor as a receipt written now would name them."""
    return ReceiptDonor(
        kind=DonorKind(donor.kind.value),
        title=donor.title,
        first_name=donor.first_name,
        last_name=donor.last_name,
        company_name=donor.company_name,
        legal_form=donor.legal_form,
        siren=donor.siren.replace(" ", ""),
        address1=donor.address1,
        address2=donor.address2,
        postcode=_postcode(donor),
        city=donor.city,
        country=donor.country,
    )


def _postcode(donor: Donor) -> str:
    """French postcodes are often written ``78 000``."""
    french = donor.country in FRENCH_TAX_TERRITORY
    return "".join(donor.postcode.split()) if french else donor.postcode


def payment_of(gift: Gift, description: str | None = None) -> Payment:
    """What remains of the gift, in euros, on the day that counts for tax.

    ``description``: what was given when it was no money; looked up when it is not handed in.
    """
    assert gift.tax_on is not None
    assert gift.mode is not None
    kept = gift.kept_euros
    assert kept is not None, "a gift whose euros are unknown is not receiptable"
    return Payment(
        paid_on=gift.tax_on,
        amount=kept,
        mode=PaymentMode(gift.mode.value),
        purpose=PURPOSES[gift.purpose] if gift.programme is None else gift.programme.in_french,
        reference=gift.ref,
        description=description_of(gift) if description is None else description,
        exchange=exchange_of(gift),
        rate=rate_of(gift),
    )


def rate_of(gift: Gift) -> str:
    """The rate of the reduction the gift opens on its tax day, as decimal text (``0.66``).

    Empty for a day no rate is known of: before the tables begin.
    """
    assert gift.tax_on is not None
    company = gift.donor.kind.value == DonorKind.COMPANY.value
    try:
        scheme = rate_on(
            gift.tax_on, gift.purpose, gift.programme, "company" if company else "person"
        )
    except NoTaxScheme:
        return ""
    return decimal_text(scheme.rate)


def exchange_of(gift: Gift) -> Exchange | None:
    """How a gift in another currency came to its euros, in the words of the paper."""
    if gift.exchange_rate is None:
        return None
    rate = f"{gift.exchange_rate.normalize():f}"
    source = gift.rate_source.replace("payout currency", "versement en")
    return Exchange(gift.kept, rate, source)


def description_of(gift: Gift) -> str:
    """What was given when it was no money: the object, or the errand the expenses were for."""
    if gift.mode is GiftMode.IN_KIND:
        wanted = sa.select(GiftInKind.description).where(GiftInKind.gift_id == gift.id)
    elif gift.mode is GiftMode.WAIVED_EXPENSES:
        wanted = sa.select(ExpenseNote.errand).where(ExpenseNote.gift_id == gift.id)
    else:
        return ""
    return db.session.scalar(wanted) or ""


def reasons_against(donor: Donor) -> tuple[Reason, ...]:
    """What stands in the way of a receipt for this donor, in the order to be put right."""
    named = receipt_donor(donor)
    reasons = [
        COUNTRY_UNKNOWN if reason is NOT_RESIDENT and not named.country else reason
        for reason in blocked_reasons(named)
    ]
    written = " ".join(str(getattr(named, name)) for name in ReceiptDonor.__slots__)
    return (*reasons, UNPRINTABLE) if pdf.missing_glyphs(written) else tuple(reasons)

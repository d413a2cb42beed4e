"""Who collects: the association as its own bank knows it."""

from __future__ import annotations

from portal.donations.rules.direct_debit import MandateError, good_creditor_id, good_iban
from portal.donations.rules.pain008 import Creditor
from portal.donations.services.provider import settings


class NoCreditor(Exception):
    """The settings lack the creditor identifier or the account: nothing can be collected."""


def creditor() -> Creditor:
    """The association as creditor. Raises NoCreditor when the settings do not say who it is."""
    told = settings().organisation
    try:
        return Creditor(
            name=told.name,
            creditor_id=good_creditor_id(told.creditor_id),
            iban=good_iban(told.iban),
            bic=told.bic,
        )
    except MandateError as error:
        raise NoCreditor(error.field) from error

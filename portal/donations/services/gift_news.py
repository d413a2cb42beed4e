"""What a giver by direct debit is told between the consent and the money: the day, or the refusal."""

from __future__ import annotations

import datetime as dt

from portal.core import mail
from portal.core.clock import paris_date
from portal.donations.models import Gift, Plan
from portal.donations.rules.bank_days import SEPA_DEBIT_TAKES, bank_days_after
from portal.donations.rules.gift import GiftState
from portal.donations.services.addresses import again_url


def expected_on(commitment: Gift | Plan) -> dt.date:
    """The day the money of a direct debit should be here: five bank days after the consent."""
    begun = commitment.attempted_at or commitment.created_at
    return bank_days_after(paris_date(begun), SEPA_DEBIT_TAKES)


def tell_of_debit(gift: Gift, before: GiftState) -> None:
    """A single gift set out on its way, or its bank refused days later: one mail each, no thanks yet.

    A card that is declined on the payment page is no news: its holder reads it there.
    """
    if gift.plan_id is not None or not gift.donor.email or gift.state is before:
        return
    if gift.state is GiftState.PROCESSING:
        _write("on_its_way", gift)
    elif before is GiftState.PROCESSING and gift.state is GiftState.FAILED:
        _write("not_paid", gift)


def tell_of_first_debit(gift: Gift) -> None:
    """The first debit of a plan came to nothing and the plan is given up: one mail. Later debits have
    a ladder of their own (in the open transaction)."""
    if gift.donor.email:
        _write("not_paid", gift)


def _write(name: str, gift: Gift) -> None:
    mail.post(
        f"donations/mail/{name}",
        to=gift.donor.email,
        language=str(gift.language),
        key=f"gift:{gift.id}:{gift.attempt}:{name}",
        donor=gift.donor,
        gift=gift,
        expected_on=expected_on(gift),
        again_url=again_url(gift.plan or gift),
    )

"""Why a gift stands on no receipt yet."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from portal.donations.rules.gift import GiftState, PaymentMode
from portal.receipts.rules.eligibility import INCOMPLETE_ADDRESS
from portal.receipts.rules.waiting import GiftAsSeen, Waits, wait_of

TODAY = date(2026, 11, 22)


def seen(**given: Any) -> GiftAsSeen:
    told: dict[str, Any] = {
        "state": GiftState.SETTLED,
        "mode": PaymentMode.CARD,
        "kept_minor": 5000,
        "credited_on": date(2026, 11, 20),
    } | given
    return GiftAsSeen(**told)


@pytest.mark.parametrize(
    ("words", "gift", "waits"),
    [
        ("a card gift that came", seen(), Waits.NOTHING),
        ("a debit the bank has not confirmed", seen(state=GiftState.PROCESSING), Waits.ON_ITS_WAY),
        ("a dispute", seen(state=GiftState.DISPUTED), Waits.DISPUTED),
        ("all sent back", seen(state=GiftState.REFUNDED, kept_minor=0), Waits.SENT_BACK),
        ("dollars without a rate", seen(kept_minor=None), Waits.EXCHANGE_RATE),
        ("a dinner in return", seen(no_receipt="counterpart"), Waits.COUNTERPART),
        ("no receipt wanted", seen(no_receipt="not_wanted"), Waits.NOT_WANTED),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_gift_waits_for(words: str, gift: GiftAsSeen, waits: Waits) -> None:
    assert wait_of(gift, (), TODAY).what is waits, words


@pytest.mark.parametrize(
    ("today", "waits"),
    [
        (date(2026, 1, 1), Waits.RETURN_WINDOW),
        (date(2026, 2, 26), Waits.RETURN_WINDOW),
        (date(2026, 2, 27), Waits.NOTHING),
    ],
)
def test_a_direct_debit_waits_eight_weeks_to_the_day(today: date, waits: Waits) -> None:
    debit = seen(mode=PaymentMode.SEPA, credited_on=date(2026, 1, 1))
    wait = wait_of(debit, (), today)
    assert wait.what is waits
    assert wait.until == (date(2026, 2, 26) if waits is Waits.RETURN_WINDOW else None)


def test_what_is_missing_of_the_donor_comes_before_the_eight_weeks() -> None:
    debit = seen(mode=PaymentMode.SEPA)
    wait = wait_of(debit, (INCOMPLETE_ADDRESS,), TODAY)
    assert wait.what is Waits.DETAILS
    assert wait.missing == (INCOMPLETE_ADDRESS,)


def test_a_debit_the_accountant_released_waits_no_more() -> None:
    assert wait_of(seen(mode=PaymentMode.SEPA, released=True), (), TODAY).ready

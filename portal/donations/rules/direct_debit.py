"""Direct debits by the association's own creditor identifier: mandates, days, and what a return means.

Sources: règlement (UE) n° 260/2012; EPC016-06 (SEPA Direct Debit Core rulebook): a mandate lapses after
36 months without a collection, the debtor is told 14 calendar days before a debit unless another
delay was agreed, and may ask the money back within 8 weeks, within 13 months when no mandate
covered the debit.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from stdnum import iban
from stdnum.eu import at_02

from portal.core.i18n_markers import N_
from portal.donations.rules.bank_days import bank_days_after, is_bank_day

NOTICE_DAYS: Final = 14
"""Calendar days between the announcement and the debit, unless the mandate says otherwise."""
BANK_WANTS: Final = 2
"""Bank days before the debit at which our bank wants the file (Core scheme: D-1 between banks)."""
LAPSES_AFTER_MONTHS: Final = 36
TRIES: Final = 2
"""A debit that came back may be collected once more, never a third time."""
MONTHS: Final = MappingProxyType({"month": 1, "quarter": 3, "year": 12})
_RUM_LETTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+?/-:().,' ")


class MandateError(ValueError):
    """What was given is no mandate a bank accepts; ``field`` names where."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def good_iban(text: str) -> str:
    """The IBAN without spaces, in capitals.

    :raises MandateError: when its check figures or its length do not fit (ISO 13616).
    """
    bare = iban.compact(text)
    if not iban.is_valid(bare):
        raise MandateError("iban", "the IBAN is not valid")
    return bare


def good_rum(text: str) -> str:
    """The mandate's reference (RUM) in capitals: 1 to 35 letters of the SEPA set.

    :raises MandateError: otherwise.
    """
    bare = text.strip().upper()
    if not 1 <= len(bare) <= 35 or not set(bare) <= _RUM_LETTERS or bare.startswith("/"):
        raise MandateError("rum", "the reference has 1 to 35 letters and figures")
    return bare


def good_creditor_id(text: str) -> str:
    """The SEPA creditor identifier (ICS, AT-02) in capitals.

    :raises MandateError: when its check figures do not fit.
    """
    bare = at_02.compact(text)
    if not at_02.is_valid(bare):
        raise MandateError("creditor_id", "the creditor identifier is not valid")
    return bare


def rum_of(donor_ref: str, number: int) -> str:
    """The reference of a donor's n-th mandate, said by us: unique with our creditor identifier."""
    letters = "".join(c for c in donor_ref.upper() if c.isascii() and c.isalnum())
    return f"PSE-{letters[:24]}-{number:02d}"


def months_after(on: date, months: int, day: int | None = None) -> date:
    """That many months later, on ``day`` of the month (its last day when it is shorter)."""
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day or on.day, last))


def lapses_on(signed_on: date, last_collected_on: date | None) -> date:
    """The first day on which the mandate may not be used any more (36 months without a collection)."""
    return months_after(last_collected_on or signed_on, LAPSES_AFTER_MONTHS)


def due_days(first_on: date, interval: str, until: date) -> Iterator[date]:
    """The days a plan is due from its first one on, the day of the month kept through short months."""
    for number in range(10_000):
        due = months_after(first_on, number * MONTHS[interval], first_on.day)
        if due > until:
            return
        yield due


def collection_day(due_on: date) -> date:
    """The bank day on which a debit due that day is collected: that day or the next one."""
    return due_on if is_bank_day(due_on) else bank_days_after(due_on, 1)


def earliest_collection(today: date, notified_on: date | None, notice_days: int) -> date:
    """The first day a debit may be collected: the bank has its file, the donor was told in time."""
    by_bank = bank_days_after(today, BANK_WANTS)
    if notified_on is None:
        return collection_day(max(by_bank, today + timedelta(days=notice_days)))
    return collection_day(max(by_bank, notified_on + timedelta(days=notice_days)))


class InstalmentState(StrEnum):
    """Where one due date of a plan stands."""

    PLANNED = "planned"
    ANNOUNCED = "announced"
    COLLECTING = "collecting"
    COLLECTED = "collected"
    RETURNED = "returned"
    GIVEN_UP = "given_up"
    CANCELLED = "cancelled"


COLLECTABLE: Final = frozenset({InstalmentState.ANNOUNCED, InstalmentState.RETURNED})


class AttemptState(StrEnum):
    """Where one try to collect an instalment stands."""

    IN_FILE = "in_file"
    CREDITED = "credited"
    REJECTED = "rejected"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class Remedy(StrEnum):
    """What may be done after a debit came back."""

    TRY_AGAIN = "try_again"
    ASK_DONOR = "ask_donor"
    MANDATE_OVER = "mandate_over"


@dataclass(frozen=True, slots=True)
class ReturnReason:
    """An ISO 20022 reason code: our words for it (an English msgid) and what may follow."""

    code: str
    words: str
    remedy: Remedy


_REASONS: Final = (
    ("AC01", N_("The account number is wrong"), Remedy.ASK_DONOR),
    ("AC04", N_("The account is closed"), Remedy.MANDATE_OVER),
    ("AC06", N_("The account is blocked"), Remedy.ASK_DONOR),
    ("AC13", N_("The account is a savings account"), Remedy.ASK_DONOR),
    ("AG01", N_("Direct debits are not allowed on this account"), Remedy.ASK_DONOR),
    ("AM04", N_("There was not enough on the account"), Remedy.TRY_AGAIN),
    ("AM05", N_("It was collected twice"), Remedy.ASK_DONOR),
    ("BE05", N_("The creditor identifier is wrong"), Remedy.ASK_DONOR),
    ("FF01", N_("The file was not understood"), Remedy.TRY_AGAIN),
    ("MD01", N_("The bank knows of no mandate"), Remedy.MANDATE_OVER),
    ("MD02", N_("The mandate lacks something"), Remedy.ASK_DONOR),
    ("MD06", N_("The donor asked the money back"), Remedy.ASK_DONOR),
    ("MD07", N_("The donor has died"), Remedy.MANDATE_OVER),
    ("MS02", N_("The donor refused, without a reason"), Remedy.ASK_DONOR),
    ("MS03", N_("The bank gives no reason"), Remedy.TRY_AGAIN),
    ("RC01", N_("The bank's code is wrong"), Remedy.ASK_DONOR),
    ("RR01", N_("The account's holder is missing"), Remedy.ASK_DONOR),
    ("RR04", N_("The bank gives no reason"), Remedy.ASK_DONOR),
    ("SL01", N_("The donor does not allow us to debit"), Remedy.MANDATE_OVER),
    ("TM01", N_("The file came too late"), Remedy.TRY_AGAIN),
)
REASONS: Final = MappingProxyType({told[0]: ReturnReason(*told) for told in _REASONS})


def reason_of(code: str) -> ReturnReason:
    """The reason of that code; one we do not know is for a person to look at."""
    return REASONS.get(
        code, ReturnReason(code, N_("The bank gives a reason we do not know"), Remedy.ASK_DONOR)
    )

"""Why a gift stands on no receipt yet, and what the donor can do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.donations.rules.gift import GiftState, PaymentMode
from portal.receipts.rules.eligibility import Reason

RETURN_WINDOW = timedelta(weeks=8)
"""A direct debit is taken back by the donor's bank without a question for that long (SEPA Core)."""


class Waits(StrEnum):
    """What a gift waits for."""

    NOTHING = "nothing"
    ON_ITS_WAY = "on_its_way"
    RETURN_WINDOW = "return_window"
    DISPUTED = "disputed"
    EXCHANGE_RATE = "exchange_rate"
    DETAILS = "details"
    SENT_BACK = "sent_back"
    COUNTERPART = "counterpart"
    NOT_WANTED = "not_wanted"


FOR_EVER = frozenset({Waits.SENT_BACK, Waits.COUNTERPART, Waits.NOT_WANTED})
"""Such a gift will never stand on a receipt."""


@dataclass(frozen=True, slots=True)
class GiftAsSeen:
    """What decides whether a gift can be certified now.

    ``kept_minor``: cents of euro, if known. ``released``: the accountant decided that it need not
    wait until the bank can take it back no more.
    """

    state: GiftState
    mode: PaymentMode | None
    kept_minor: int | None
    credited_on: date | None
    no_receipt: str | None = None
    released: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """What a gift waits for, until which day, and which details are missing."""

    what: Waits
    until: date | None = None
    missing: tuple[Reason, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether its receipt can be made now."""
        return self.what is Waits.NOTHING


def wait_of(gift: GiftAsSeen, missing: Sequence[Reason], today: date) -> Wait:
    """What this gift waits for before its receipt can be made; ``missing`` is about the donor."""
    if gift.no_receipt:
        own = gift.no_receipt == Waits.COUNTERPART
        return Wait(Waits.COUNTERPART if own else Waits.NOT_WANTED)
    if gift.state in (GiftState.PENDING, GiftState.PROCESSING):
        return Wait(Waits.ON_ITS_WAY)
    if gift.state is GiftState.DISPUTED:
        return Wait(Waits.DISPUTED)
    if gift.state not in (GiftState.SETTLED, GiftState.PARTIALLY_REFUNDED) or gift.kept_minor == 0:
        return Wait(Waits.SENT_BACK)
    if gift.kept_minor is None:
        return Wait(Waits.EXCHANGE_RATE)
    if missing:
        return Wait(Waits.DETAILS, missing=tuple(missing))
    until = None if gift.released else returnable_until(gift.mode, gift.credited_on)
    if until is not None and until >= today:
        return Wait(Waits.RETURN_WINDOW, until)
    return Wait(Waits.NOTHING)


def returnable_until(mode: PaymentMode | None, credited_on: date | None) -> date | None:
    """The last day on which the donor's bank may take the money back unasked; None for others."""
    if mode is not PaymentMode.SEPA or credited_on is None:
        return None
    return credited_on + RETURN_WINDOW

"""When somebody who gives is asked a question before the payment page opens.

Thieves try stolen cards on charities' forms, hundreds in minutes. The signals are how many payment
pages were opened lately and led to nothing — from one address, one device, for one e-mail address,
and over all — and how many cards were declined. Nobody is asked while nothing is unusual; who has
given before and is signed in never is.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LATELY: Final = dt.timedelta(minutes=30)
JUST_NOW: Final = dt.timedelta(minutes=10)
MOST_UNPAID_OF_ONE: Final = 5
"""Payment pages one address, device or e-mail address may leave unpaid before it is asked."""
MOST_UNPAID_OF_ALL: Final = 8
"""Payment pages that strangers may leave unpaid, all together, before each stranger is asked."""
MOST_PROVED_OF_ONE: Final = 10
MOST_DECLINED_OF_ONE: Final = 3
FEWEST_TO_JUDGE: Final = 4
MOST_DECLINES_ON_A_PAGE: Final = 5
"""After that many declined cards a payment page is closed."""
LEAST_WORK: Final = 300
MOST_WORK: Final = 2_400
"""Tries of the proof of work, each one or two milliseconds of a telephone's time."""


class Answer(StrEnum):
    """What the guard says."""

    PASS = "pass"  # noqa: S105 - no password
    ASK_WORK = "ask_work"
    ASK_MAIL = "ask_mail"


class Reason(StrEnum):
    """The signals, as they are kept and shown to the head office."""

    ALWAYS = "always"
    ADDRESS = "address"
    DEVICE = "device"
    EMAIL = "email"
    NO_DEVICE = "no_device"
    HASTY = "hasty"
    MANY_UNPAID = "many_unpaid"
    MANY_DECLINED = "many_declined"


@dataclass(frozen=True, slots=True)
class Trail:
    """What one address, device or e-mail address did lately.

    ``unpaid``: payment pages that led to nothing yet; ``proved``: those of them opened after a
    question was answered; ``declined``: declined cards.
    """

    unpaid: int = 0
    proved: int = 0
    declined: int = 0

    @property
    def suspicious(self) -> bool:
        """Whether it did more than a person who hesitates."""
        return self.unpaid >= MOST_UNPAID_OF_ONE or self.declined >= MOST_DECLINED_OF_ONE

    @property
    def tireless(self) -> bool:
        """Whether it goes on although it is asked each time."""
        return self.proved >= MOST_PROVED_OF_ONE


@dataclass(frozen=True, slots=True)
class Traffic:
    """What strangers did, all together.

    ``unpaid`` lately; ``paid`` and ``declined`` (attempts with a declined card, still unpaid) just
    now; ``proved_paid`` and ``proved_declined`` the same of those who had answered a question.
    """

    unpaid: int = 0
    paid: int = 0
    declined: int = 0
    proved_paid: int = 0
    proved_declined: int = 0
    always_ask: bool = False

    @property
    def mostly_declined(self) -> bool:
        """Whether more than half of what was decided just now was declined."""
        return self.declined >= FEWEST_TO_JUDGE and self.declined > self.paid

    @property
    def work_does_not_help(self) -> bool:
        """Whether cards are tried by somebody who pays the price of the work."""
        return self.proved_declined >= FEWEST_TO_JUDGE and self.proved_declined > self.proved_paid


@dataclass(frozen=True, slots=True)
class Signals:
    """All that is known of somebody who wants a payment page."""

    address: Trail = Trail()
    device: Trail | None = Trail()
    email: Trail = Trail()
    traffic: Traffic = Traffic()
    known: bool = False
    hasty: bool = False

    def trails(self) -> list[tuple[Reason, Trail]]:
        """The trails there are, each with the reason it may give."""
        found = [(Reason.ADDRESS, self.address), (Reason.EMAIL, self.email)]
        return found if self.device is None else [*found, (Reason.DEVICE, self.device)]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The guard's answer, why, and how much work its question costs."""

    answer: Answer
    reasons: tuple[Reason, ...] = ()
    work: int = LEAST_WORK


def judge(signals: Signals, *, worked: bool = False, mailed: bool = False) -> Verdict:
    """Let through, or ask for work, or for a confirmation by mail.

    ``worked`` and ``mailed`` say which question was answered. A signed-in donor with settled gifts
    is never asked; an answer by mail is always enough.
    """
    reasons = _reasons(signals)
    work = work_for(signals)
    if signals.known or mailed or not reasons:
        return Verdict(Answer.PASS, reasons, work)
    if signals.traffic.work_does_not_help or any(t.tireless for _, t in signals.trails()):
        return Verdict(Answer.ASK_MAIL, reasons, work)
    return Verdict(Answer.PASS if worked else Answer.ASK_WORK, reasons, work)


def _reasons(signals: Signals) -> tuple[Reason, ...]:
    traffic = signals.traffic
    told = {
        Reason.ALWAYS: traffic.always_ask,
        Reason.HASTY: signals.hasty,
        Reason.NO_DEVICE: signals.device is None,
        Reason.MANY_UNPAID: traffic.unpaid >= MOST_UNPAID_OF_ALL,
        Reason.MANY_DECLINED: traffic.mostly_declined,
        **{reason: trail.suspicious for reason, trail in signals.trails()},
    }
    return tuple(reason for reason, true in told.items() if true)


def work_for(signals: Signals) -> int:
    """How many tries the question costs: more the longer somebody leads nowhere."""
    longest = max(trail.proved for _, trail in signals.trails())
    return min(LEAST_WORK * (1 + longest), MOST_WORK)

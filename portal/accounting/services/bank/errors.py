"""What can go wrong with a line of the statement; each has its sentence for the reader."""

from __future__ import annotations

from typing import ClassVar

from portal.core.i18n_markers import N_


class BankError(Exception):
    """Something about a line is not as it was asked; ``reason`` is an English msgid."""

    reason: ClassVar[str] = ""


class AlreadyMatched(BankError):
    """Somebody matched the line first."""

    reason = N_("Somebody matched this line a moment ago: nothing was done twice.")


class NotMatched(BankError):
    """The match was undone before."""

    reason = N_("This match was undone already.")


class TakenByAnother(BankError):
    """The gift, slip, payout or entry stands on another line."""

    reason = N_("Another line of a statement shows this already.")


class DoesNotAddUp(BankError):
    """The parts are not the line."""

    reason = N_("The parts do not add up to the line.")


class UnknownAccountOfOurs(BankError):
    """The file does not say which of our accounts it is of."""

    reason = N_("The file does not say which account it is of: choose the account.")


class AccountKnown(BankError):
    """The account is one of ours already."""

    reason = N_("This account is known already.")


class CodeTaken(BankError):
    """The subdivision is another account's, or stands in the chart."""

    reason = N_("This number is taken: choose another one.")


class CodeInTheBooks(BankError):
    """Something is booked on the account: its number stays."""

    reason = N_("Entries stand on this account: its number and its words in the chart stay.")


class MatchRefused(BankError):
    """What the match asks of a gift cannot be done; ``why`` is an English msgid."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    @property
    def reason(self) -> str:  # type: ignore[override]
        return self.why

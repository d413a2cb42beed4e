"""How often somebody gives, in which currencies, and between which amounts.

Everything here is decided by the association and by hand: no rate of exchange is looked up. Amounts
are written in whole units of the currency and turned into minor units by its own number of decimals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from portal.core.money import Money
from portal.donations.rules.gift import GiftError


class AmountError(GiftError):
    """An amount we do not accept as a gift; ``limit`` is the one that was passed, if any."""

    def __init__(self, amount: Money, reason: str, limit: Money | None = None) -> None:
        super().__init__(f"{amount}: {reason}")
        self.amount = amount
        self.limit = limit


class AmountTooSmall(AmountError):
    """Less than the smallest gift of that rhythm."""


class AmountTooLarge(AmountError):
    """More than one gift made on line may be."""


class CurrencyNotAccepted(AmountError):
    """A currency we take no gifts in."""


class Rhythm(StrEnum):
    """Once, or every month, quarter or year."""

    ONCE = "once"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"

    @property
    def interval(self) -> str:
        """The interval of its plan (``month``, ``quarter``, ``year``); empty for a single gift."""
        return _INTERVALS.get(self, "")

    @property
    def months(self) -> int:
        """How many months lie between two debits; 0 for a single gift."""
        return _MONTHS.get(self, 0)

    @classmethod
    def of_interval(cls, interval: str) -> Rhythm:
        """The rhythm of a plan with that interval."""
        return next(rhythm for rhythm, name in _INTERVALS.items() if name == interval)


_INTERVALS: Final[Mapping[Rhythm, str]] = {
    Rhythm.MONTHLY: "month",
    Rhythm.QUARTERLY: "quarter",
    Rhythm.YEARLY: "year",
}
_MONTHS: Final[Mapping[Rhythm, int]] = {Rhythm.MONTHLY: 1, Rhythm.QUARTERLY: 3, Rhythm.YEARLY: 12}
REGULAR: Final = (Rhythm.MONTHLY, Rhythm.QUARTERLY, Rhythm.YEARLY)
CURRENCIES: Final = ("EUR", "CHF", "GBP", "USD")
"""What gifts are taken in; the books and receipts are in euros."""


@dataclass(frozen=True, slots=True)
class AmountLimits:
    """The smallest and the largest gift of a rhythm, both accepted."""

    minimum: Money
    maximum: Money


_LEAST: Final[Mapping[Rhythm, int]] = {
    Rhythm.ONCE: 5,
    Rhythm.MONTHLY: 10,
    Rhythm.QUARTERLY: 15,
    Rhythm.YEARLY: 20,
}
_LEAST_TO_SPONSOR: Final[Mapping[Rhythm, int]] = {
    Rhythm.MONTHLY: 10,
    Rhythm.QUARTERLY: 30,
    Rhythm.YEARLY: 120,
}
_MOST: Final = 100_000
_ONCE: Final = MappingProxyType(
    {
        "EUR": (20, 50, 100, 200),
        "CHF": (20, 50, 100, 200),
        "GBP": (20, 40, 80, 160),
        "USD": (25, 50, 100, 250),
    }
)
_SPONSORING: Final = MappingProxyType(
    {"EUR": (30, 47, 94), "CHF": (30, 45, 90), "GBP": (25, 42, 84), "USD": (35, 55, 110)}
)
REFERENCE_SPONSORSHIP: Final = Money(4_700)
"""What sponsoring a child costs a month."""


def amount_limits(
    rhythm: Rhythm, currency: str = "EUR", *, sponsoring: bool = False
) -> AmountLimits:
    """The least and the most one debit may be: 5 once, 10 a month, 15 a quarter, 20 a year.

    A sponsorship is at least 10 a month whatever its rhythm; nobody gives more than 100 000 on line.

    :raises CurrencyNotAccepted:
    """
    if currency not in CURRENCIES:
        raise CurrencyNotAccepted(Money(0, currency), f"no gifts are taken in {currency}")
    least = _LEAST_TO_SPONSOR[rhythm] if sponsoring else _LEAST[rhythm]
    return AmountLimits(whole(least, currency), whole(_MOST, currency))


def check_amount(amount: Money, rhythm: Rhythm, *, sponsoring: bool = False) -> Money:
    """The amount, when it is one we accept from a form.

    :raises AmountTooSmall: :raises AmountTooLarge: :raises CurrencyNotAccepted:
    """
    limits = amount_limits(rhythm, amount.currency, sponsoring=sponsoring)
    if amount < limits.minimum:
        raise AmountTooSmall(amount, f"the least is {limits.minimum}", limits.minimum)
    if amount > limits.maximum:
        raise AmountTooLarge(amount, f"the most is {limits.maximum}", limits.maximum)
    return amount


def suggestions(
    rhythm: Rhythm, currency: str = "EUR", *, sponsoring: bool = False
) -> tuple[Money, ...]:
    """The amounts a form proposes, smallest first; a sponsorship's are those of its months."""
    if not sponsoring:
        return tuple(whole(units, currency) for units in _ONCE[currency])
    return tuple(whole(units * rhythm.months, currency) for units in _SPONSORING[currency])


def suggested_first(rhythm: Rhythm, currency: str = "EUR", *, sponsoring: bool = False) -> Money:
    """The suggestion a form begins with: the second one."""
    return suggestions(rhythm, currency, sponsoring=sponsoring)[1]


def whole(units: int, currency: str) -> Money:
    """That many whole units of the currency."""
    return Money.from_decimal(Decimal(units), currency)

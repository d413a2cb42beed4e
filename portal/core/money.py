"""Money as whole minor units of a currency. Floats never.

Minor units per currency follow ISO 4217 as Stripe applies it: JPY and its like have none, KWD and
its like three, KHR has two (Stripe counts 4 100 riel as 410000).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

ZERO_DECIMAL = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "JPY",
        "KMF",
        "KRW",
        "MGA",
        "PYG",
        "RWF",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
THREE_DECIMAL = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
_SPACE = re.compile(r"[\s'’]")  # \s: also the no-break, narrow and thin ones
_SIGN = r"(?P<sign>[+-]?)"
_AMOUNT = re.compile(
    rf"{_SIGN}(?P<whole>\d{{1,12}}|\d{{1,3}}(?: \d{{3}}){{1,3}})(?:[.,](?P<part>\d{{1,2}}))?"
)
_ENGLISH = re.compile(rf"{_SIGN}(?P<whole>\d{{1,3}}(?:,\d{{3}}){{1,3}})\.(?P<part>\d{{1,2}})")


class MoneyError(ValueError):
    """An amount that cannot be read or that mixes currencies."""


def decimals_of(currency: str) -> int:
    """How many decimals the currency's minor unit has: 2, or 0 for yen, 3 for dinars."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in whole minor units (cents) of one currency (ISO 4217, upper case)."""

    minor: int
    currency: str = "EUR"

    def __post_init__(self) -> None:
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise MoneyError("an amount is a whole number of minor units")
        if not re.fullmatch(r"[A-Z]{3}", self.currency):
            raise MoneyError(f"{self.currency!r} is not a currency code")

    @classmethod
    def from_decimal(cls, amount: Decimal, currency: str = "EUR") -> Money:
        """The exact amount; raises MoneyError when it has more decimals than the currency."""
        if not amount.is_finite():
            raise MoneyError(f"{amount} is not an amount")
        scaled = Fraction(amount) * 10 ** decimals_of(currency)
        if scaled.denominator != 1:
            raise MoneyError(f"{amount} has too many decimals for {currency}")
        return cls(scaled.numerator, currency)

    @classmethod
    def parse(cls, text: str, currency: str = "EUR") -> Money:
        """Read what people type: ``47``, ``47,50``, ``1 234,5``, ``1,234.50``, ``1 234.50 €``.

        What could mean two amounts is refused (``47 € 50``, ``47 50``, ``1,234``): MoneyError.
        """
        bare = _SPACE.sub(" ", text).strip().removeprefix("€").removesuffix("€").strip()
        read = _AMOUNT.fullmatch(bare) or _ENGLISH.fullmatch(bare)
        if read is None:
            raise MoneyError(f"{text!r} is not an amount")
        whole = read["whole"].replace(" ", "").replace(",", "")
        return cls.from_decimal(Decimal(f"{read['sign']}{whole}.{read['part'] or 0}"), currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, exact."""
        return Decimal(self.minor).scaleb(-decimals_of(self.currency))

    def _same(self, other: Money) -> Money:
        if self.currency != other.currency:
            raise MoneyError(f"{self.currency} and {other.currency} do not add up")
        return other

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other).minor

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other).minor

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other).minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def share(self, rate: Fraction | Decimal) -> Money:
        """That part of the amount, rounded to the minor unit, halves away from zero."""
        exact = self.minor * Fraction(rate)
        whole, rest = divmod(abs(exact.numerator), exact.denominator)
        rounded = whole + (2 * rest >= exact.denominator)
        return Money(rounded if exact >= 0 else -rounded, self.currency)

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"


def total(amounts: list[Money], currency: str = "EUR") -> Money:
    """The sum; of nothing it is zero."""
    result = Money(0, currency)
    for amount in amounts:
        result += amount
    return result

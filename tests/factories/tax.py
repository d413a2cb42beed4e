"""Gifts and sums carried over, as the cases of tax years write them down."""

from __future__ import annotations

from datetime import date

from portal.core.money import Money
from portal.donations.rules.tax_year import CarriedOver, DatedGift


def euros(text: str) -> Money:
    return Money.parse(text)


def gift(amount: str, on: str, category: str = "general") -> DatedGift:
    """A gift of that sum on that day."""
    return DatedGift(euros(amount), date.fromisoformat(on), category)


def carry(year: int, amount: str) -> CarriedOver:
    """What is left of a year's gifts."""
    return CarriedOver(year, euros(amount))

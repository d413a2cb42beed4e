"""What a year's gifts give back on the tax return: a simulation, never tax advice.

The arithmetic is that of portal.donations.rules.tax_year (CGI art. 200 and 238 bis); here it is put
together for one donor: sums carried over from earlier years, typed or worked out from the income of
those years, and the tax due, beyond which a reduction is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal.core.money import Money, total
from portal.donations.rules.tax import TaxCategory, TaxScheme, category_for, scheme_on
from portal.donations.rules.tax_year import (
    AnnualReduction,
    CarriedOver,
    DatedGift,
    annual_reduction,
    company_reduction,
)

CARRY_BOXES = ("7XY", "7XW", "7XU", "7XT", "7XS")
"""Where sums of last year, of two years ago … of five years ago stand on form 2042 RICI."""
HOUSEHOLD_FORM, COMPANY_FORM = "2042 RICI", "2069-RCI-SD"
BOXES = {TaxCategory.GENERAL: "7UF", TaxCategory.COLUCHE: "7UD"}


@dataclass(frozen=True, slots=True)
class Box:
    """A sum to declare: the form, its box (none for companies), the rate behind it."""

    form: str
    box: str
    amount: Money
    scheme: TaxScheme

    @property
    def declared(self) -> Money:
        """What is written into the box: whole euros, fifty cents make one (CGI art. 193)."""
        return Money((self.amount.minor + 50) // 100 * 100)


def boxes(
    year: int,
    gifts: Iterable[DatedGift],
    schemes: Sequence[TaxScheme],
    *,
    company: bool,
    usual: str,
) -> tuple[Box, ...]:
    """Where the gifts of a year are declared, box by box; never empty.

    ``usual``: the category of the organisation, shown when nothing was given.

    :raises NoTaxScheme: when no rate is known for the year.
    """
    given = list(gifts)
    last = date(year, 12, 31)
    if company:
        scheme = scheme_on(category_for(usual, "company"), last, schemes)
        return (Box(COMPANY_FORM, "", total([gift.amount for gift in given]), scheme),)
    sums = {
        category: total([gift.amount for gift in given if gift.category == category])
        for category in BOXES
    }
    shown = [category for category, amount in sums.items() if amount] or [TaxCategory(usual)]
    return tuple(
        Box(HOUSEHOLD_FORM, BOXES[each], sums[each], scheme_on(each, last, schemes))
        for each in shown
    )


@dataclass(frozen=True, slots=True)
class Simulation:
    """A year's reduction and what it leaves. ``lost``: what exceeds the tax due, when that is told."""

    year: int
    result: AnnualReduction
    used_before: Money
    lost: Money

    @property
    def reduction(self) -> Money:
        """What is taken off the tax, in whole euros."""
        return self.result.reduction - self.lost

    @property
    def cost(self) -> Money:
        """What the year's gifts cost in the end; below zero when sums of earlier years help."""
        return self.result.cost if not self.lost else self.result.given - self.reduction

    @property
    def carried(self) -> tuple[CarriedOver, ...]:
        """What may still be declared in later years, each sum with its year."""
        return self.result.carried


def simulate_household(
    year: int,
    income: Money,
    gifts: Sequence[DatedGift],
    carried: Iterable[CarriedOver] = (),
    *,
    schemes: Sequence[TaxScheme],
    tax_due: Money | None = None,
) -> Simulation:
    """The income-tax reduction of a household (CGI art. 200).

    :raises TaxError: (WrongYear, NoTaxScheme, NotEuros, NegativeAmount).
    """
    before = tuple(carried)
    result = annual_reduction(year, income, gifts, before, schemes)
    return _simulation(year, result, before, tax_due)


def simulate_company(
    year: int,
    turnover: Money,
    given: Money,
    category: str,
    carried: Iterable[CarriedOver] = (),
    *,
    schemes: Sequence[TaxScheme],
    tax_due: Money | None = None,
) -> Simulation:
    """The tax reduction of a company (CGI art. 238 bis); its unused part may serve five years.

    :raises TaxError:
    """
    before = tuple(carried)
    result = company_reduction(year, turnover, given, category, before, schemes)
    return _simulation(year, result, before, tax_due)


def _simulation(
    year: int, result: AnnualReduction, before: Sequence[CarriedOver], tax_due: Money | None
) -> Simulation:
    nothing = Money(0)
    lost = nothing if tax_due is None else max(nothing, result.reduction - tax_due)
    kept = [each.amount for each in (*result.carried, *result.lapsed) if each.year < year]
    used_before = total([each.amount for each in before]) - total(kept)
    return Simulation(year, result, used_before, lost)


def carried_into(
    year: int,
    incomes: Mapping[int, Money],
    gifts: Iterable[DatedGift],
    typed: Mapping[int, Money],
    schemes: Sequence[TaxScheme],
) -> tuple[CarriedOver, ...]:
    """The sums of earlier years that may still be used in ``year``, the oldest first.

    A year whose sum was ``typed`` (from the tax notice) is believed. Where the income of a year is
    known instead, what its gifts left unused is worked out year by year. The two are not mixed: a
    typed sum of a year replaces what would be worked out for it.

    :raises TaxError:
    """
    pool: tuple[CarriedOver, ...] = ()
    given = sorted(gifts, key=lambda gift: gift.on)
    for past in sorted(each for each in incomes if each < year):
        of_year = [gift for gift in given if gift.on.year == past]
        pool = annual_reduction(past, incomes[past], of_year, pool, schemes).carried
    worked_out = [each for each in pool if each.year not in typed]
    told = [CarriedOver(past, amount) for past, amount in typed.items() if amount]
    return tuple(sorted((*worked_out, *told), key=lambda each: each.year))

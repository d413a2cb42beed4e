"""A donor's whole tax year: caps, the yearly limit, and what is carried over.

A simulation to show with the words « simulation indicative »: the administration computes
the real figure from the return, and a reduction larger than the tax due is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from portal.core.money import Money, total
from portal.donations.rules.tax import (
    TAX_SCHEMES,
    NoTaxScheme,
    TaxCategory,
    TaxError,
    TaxScheme,
    category_for,
    exact_reduction,
    require_euros,
    scheme_on,
    to_the_cent,
)

_HOUSEHOLD = (TaxCategory.GENERAL, TaxCategory.COLUCHE)


class WrongYear(TaxError):
    """A gift of another year, or a carried-over sum that is not from a year before."""


@dataclass(frozen=True, slots=True)
class DatedGift:
    """A gift as the tax sees it: its amount in euros, its tax date, its category."""

    amount: Money
    on: date
    category: str = TaxCategory.GENERAL


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """The part of a year's gifts that found no room under that year's limit."""

    year: int
    amount: Money


@dataclass(frozen=True, slots=True)
class AnnualReduction:
    """What a year of giving gives back.

    ``exact`` is the reduction to the cent, ``reduction`` the same rounded half up to the whole
    euro as the return does. ``limit`` is the yearly limit, ``used`` the gifts counted under it,
    ``outside_limit`` those at 75 % which stand outside it. ``carried`` goes to the next year;
    ``lapsed`` is too old to.
    """

    reduction: Money
    exact: Money
    given: Money
    limit: Money
    outside_limit: Money
    used: Money
    carried: tuple[CarriedOver, ...]
    lapsed: tuple[CarriedOver, ...]

    @property
    def cost(self) -> Money:
        """What the year's gifts cost after the reduction, to the cent.

        Below zero when most of the reduction comes from gifts of earlier years.
        """
        return self.given - self.exact


def annual_reduction(
    year: int,
    taxable_income: Money,
    gifts: Iterable[DatedGift],
    carried: Iterable[CarriedOver] = (),
    schemes: Sequence[TaxScheme] = TAX_SCHEMES,
) -> AnnualReduction:
    """The income-tax reduction of one household for one civil year (CGI art. 200, 1 and 1 ter).

    Gifts at 75 % count up to the cap and outside the 20 % limit; what exceeds the cap joins the
    gifts at 66 %. Sums carried over are used first, the oldest before the others, for five years.

    :raises WrongYear: :raises NoTaxScheme: :raises NotEuros: :raises NegativeAmount:
    """
    of_year = [_of_year(gift, year) for gift in gifts]
    general = scheme_on(TaxCategory.GENERAL, date(year, 12, 31), schemes)
    at_75 = [gift for gift in of_year if gift.category == TaxCategory.COLUCHE]
    base = _base_under_cap(at_75, schemes)
    given = total([gift.amount for gift in of_year])
    kept, lapsed = _still_usable(carried, year, general.carry_years)
    pool = [*kept, CarriedOver(year, given - base)]
    limit = _yearly_limit(general, taxable_income)
    used, unused = _use(pool, limit)
    rate_75 = scheme_on(TaxCategory.COLUCHE, date(year, 12, 31), schemes).rate
    exact = Fraction(base.minor) * rate_75 + Fraction(used.minor) * general.rate
    onward, too_old = _still_usable(unused, year + 1, general.carry_years)
    return AnnualReduction(
        reduction=_whole_euros(exact),
        exact=to_the_cent(exact),
        given=given,
        limit=limit,
        outside_limit=base,
        used=used,
        carried=tuple(onward),
        lapsed=(*lapsed, *too_old),
    )


def company_reduction(
    year: int,
    turnover: Money,
    given: Money,
    category: str = TaxCategory.COMPANY,
    carried: Iterable[CarriedOver] = (),
    schemes: Sequence[TaxScheme] = TAX_SCHEMES,
) -> AnnualReduction:
    """The reduction of a company for one financial year (CGI art. 238 bis).

    ``turnover`` is before VAT. Gifts count up to the larger of 20 000 € and 5 ‰ of it; the
    year's own gifts come first, then the excess of the five years before (art. 238 bis, 3).

    :raises WrongYear: :raises NoTaxScheme: :raises NotEuros: :raises NegativeAmount:
    """
    scheme = scheme_on(category_for(category, "company"), date(year, 12, 31), schemes)
    kept, lapsed = _still_usable(carried, year, scheme.carry_years)
    limit = _yearly_limit(scheme, turnover)
    used, unused = _use([CarriedOver(year, require_euros(given)), *kept], limit)
    exact = exact_reduction(scheme, used)
    onward, too_old = _still_usable(unused, year + 1, scheme.carry_years)
    return AnnualReduction(
        reduction=_whole_euros(exact),
        exact=to_the_cent(exact),
        given=given,
        limit=limit,
        outside_limit=Money(0),
        used=used,
        carried=tuple(onward),
        lapsed=(*lapsed, *too_old),
    )


def _of_year(gift: DatedGift, year: int) -> DatedGift:
    if gift.on.year != year:
        raise WrongYear(f"the gift of {gift.on.isoformat()} is not one of {year}")
    if gift.category not in _HOUSEHOLD:
        raise NoTaxScheme(f"{gift.category!r} is not a category of gifts by a household")
    require_euros(gift.amount)
    return gift


def _base_under_cap(gifts: Sequence[DatedGift], schemes: Sequence[TaxScheme]) -> Money:
    """The gifts that take the 75 % rate, when the cap changes within the year.

    Each gift fills the cap in force on its own day: in 2025, what was given before 14 October
    counts up to 1 000 €, and the year as a whole up to 2 000 € (our reading of art. 28).
    """
    base = Money(0)
    for gift in sorted(gifts, key=lambda each: each.on):
        cap = scheme_on(gift.category, gift.on, schemes).cap
        filled = base + gift.amount
        base = filled if cap is None else max(base, min(filled, cap))
    return base


def _yearly_limit(scheme: TaxScheme, yearly_base: Money) -> Money:
    share = require_euros(yearly_base).share(scheme.limit_rate or Fraction(0))
    return max(share, scheme.limit_floor)


def _still_usable(
    sums: Iterable[CarriedOver], year: int, carry_years: int
) -> tuple[list[CarriedOver], list[CarriedOver]]:
    """Those that may still be used in that year, the oldest first, and those too old."""
    usable: list[CarriedOver] = []
    lapsed: list[CarriedOver] = []
    for each in sorted(sums, key=lambda one: one.year):
        if each.year >= year:
            raise WrongYear(f"a sum of {each.year} is not carried over to {year}")
        if require_euros(each.amount):
            (usable if year - each.year <= carry_years else lapsed).append(each)
    return usable, lapsed


def _use(pool: Sequence[CarriedOver], limit: Money) -> tuple[Money, list[CarriedOver]]:
    """How much of the pool fits under the limit, in the pool's order, and what does not."""
    used = Money(0)
    unused: list[CarriedOver] = []
    for each in pool:
        taken = min(each.amount, limit - used)
        used += taken
        unused.append(CarriedOver(each.year, each.amount - taken))
    return used, unused


def _whole_euros(exact_cents: Fraction) -> Money:
    return Money(to_the_cent(exact_cents / 100).minor * 100)

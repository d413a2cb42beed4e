"""What a gift costs once the French tax reduction is taken.

Rates and caps are data with the days they hold; :data:`TAX_SCHEMES` are those the portal comes
with, and an administrator's newer ones are handed in. A day or a category the table does not know
is refused rather than guessed. What is computed here is an indication, never tax
advice: a reduction larger than the tax due is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Literal

from portal.core.money import Money

DonorKind = Literal["person", "company"]

_NOTHING = Money(0)


class TaxError(ValueError):
    """A tax reduction that cannot be computed."""


class NoTaxScheme(TaxError):
    """No rate is known for this category on this day."""


class NotEuros(TaxError):
    """The French reduction is computed on euros."""


class NegativeAmount(TaxError):
    """A gift, an income or a carried-over sum below zero."""


class TaxCategory(StrEnum):
    """Which reduction a gift opens; the organisation's (or the fund's) setting decides."""

    GENERAL = "general"
    COLUCHE = "coluche"
    COMPANY = "company"
    COMPANY_COLUCHE = "company_coluche"


@dataclass(frozen=True, slots=True)
class TaxScheme:
    """A rate, its cap and its yearly limit, with the days they hold and the law behind them.

    ``cap`` is the sum per year that takes ``rate``; what lies above takes ``rate_beyond_cap``.
    ``limit_rate`` is the share of the yearly base (a household's taxable income, a company's
    turnover before VAT) up to which gifts count, never less than ``limit_floor``;
    ``None`` means that the scheme has no such limit. ``effective_until`` is inclusive.
    """

    category: TaxCategory
    rate: Fraction
    effective_from: date
    law: str
    effective_until: date | None = None
    cap: Money | None = None
    rate_beyond_cap: Fraction | None = None
    limit_rate: Fraction | None = None
    limit_floor: Money = _NOTHING
    carry_years: int = 5

    def holds_on(self, on: date) -> bool:
        """Whether the scheme is in force on that day."""
        return self.effective_from <= on and (
            self.effective_until is None or on <= self.effective_until
        )


TAX_SCHEMES: tuple[TaxScheme, ...] = (
    TaxScheme(
        category=TaxCategory.GENERAL,
        rate=Fraction(66, 100),
        effective_from=date(2020, 1, 1),
        limit_rate=Fraction(20, 100),
        law="CGI art. 200, 1",
    ),
    TaxScheme(
        category=TaxCategory.COLUCHE,
        rate=Fraction(75, 100),
        effective_from=date(2020, 1, 1),
        effective_until=date(2025, 10, 13),
        cap=Money(100_000),
        rate_beyond_cap=Fraction(66, 100),
        law="CGI art. 200, 1 ter",
    ),
    TaxScheme(
        category=TaxCategory.COLUCHE,
        rate=Fraction(75, 100),
        effective_from=date(2025, 10, 14),
        cap=Money(200_000),
        rate_beyond_cap=Fraction(66, 100),
        law="CGI art. 200, 1 ter; loi n° 2026-103 du 19 février 2026, art. 28",
    ),
    TaxScheme(
        category=TaxCategory.COMPANY,
        rate=Fraction(60, 100),
        effective_from=date(2020, 1, 1),
        cap=Money(200_000_000),
        rate_beyond_cap=Fraction(40, 100),
        limit_rate=Fraction(5, 1000),
        limit_floor=Money(2_000_000),
        law="CGI art. 238 bis, 2 et 3",
    ),
    TaxScheme(
        category=TaxCategory.COMPANY_COLUCHE,
        rate=Fraction(60, 100),
        effective_from=date(2020, 1, 1),
        limit_rate=Fraction(5, 1000),
        limit_floor=Money(2_000_000),
        law="CGI art. 238 bis, 2, dernier alinéa",
    ),
)


def scheme_on(category: str, on: date, schemes: Sequence[TaxScheme] = TAX_SCHEMES) -> TaxScheme:
    """The scheme of that category in force on that day.

    :raises NoTaxScheme: when the category is unknown or the day lies outside the table.
    """
    for scheme in schemes:
        if scheme.category == category and scheme.holds_on(on):
            return scheme
    raise NoTaxScheme(f"no tax scheme {category!r} on {on.isoformat()}")


def category_for(category: str, donor_kind: DonorKind) -> str:
    """The category that applies to this donor: companies follow art. 238 bis whatever the fund."""
    if donor_kind == "person":
        return category
    coluche = category in (TaxCategory.COLUCHE, TaxCategory.COMPANY_COLUCHE)
    return TaxCategory.COMPANY_COLUCHE if coluche else TaxCategory.COMPANY


@dataclass(frozen=True, slots=True)
class CostAfterTax:
    """The reduction a gift opens and what it then costs (cents, rounded half up).

    ``rate`` is the rate up to ``cap``; ``capped`` says that part of the gift lies above it.
    """

    reduction: Money
    cost: Money
    rate: Fraction
    capped: bool
    cap: Money | None


def require_euros(amount: Money) -> Money:
    """The amount, when it is one in euros and not below zero.

    :raises NotEuros: :raises NegativeAmount:
    """
    if amount.currency != "EUR":
        raise NotEuros(f"{amount} is not in euros")
    if amount < _NOTHING:
        raise NegativeAmount(f"{amount} is below zero")
    return amount


def cost_after_tax(
    amount: Money,
    category: str,
    on: date,
    donor_kind: DonorKind = "person",
    schemes: Sequence[TaxScheme] = TAX_SCHEMES,
) -> CostAfterTax:
    """What the donor pays in the end for this one gift (CGI art. 200 and 238 bis).

    The gift is looked at alone: the caps and limits of the donor's whole year are the business
    of :mod:`portal.donations.rules.tax_year`.

    :raises NoTaxScheme: :raises NotEuros: :raises NegativeAmount:
    """
    require_euros(amount)
    scheme = scheme_on(category_for(category, donor_kind), on, schemes)
    reduction = to_the_cent(exact_reduction(scheme, amount))
    return CostAfterTax(
        reduction=reduction,
        cost=amount - reduction,
        rate=scheme.rate,
        capped=scheme.cap is not None and amount > scheme.cap,
        cap=scheme.cap,
    )


def exact_reduction(scheme: TaxScheme, amount: Money) -> Fraction:
    """In cents, not rounded: the scheme's rate up to its cap, the lower rate above."""
    below = amount if scheme.cap is None else min(amount, scheme.cap)
    beyond = scheme.rate_beyond_cap or Fraction(0)
    return below.minor * scheme.rate + (amount - below).minor * beyond


def decimal_text(rate: Fraction) -> str:
    """The exact rate as decimal text, with two decimals at least: ``0.66``, ``0.005``."""
    exact = Decimal(rate.numerator) / Decimal(rate.denominator)
    return f"{exact:f}" if rate * 100 % 1 else f"{exact:.2f}"


def to_the_cent(exact_cents: Fraction) -> Money:
    """That many cents, rounded half up."""
    return Money(1).share(exact_cents)

"""The rates, caps and categories of the tax reduction, and the scale of kilometres, of each day.

Read from the rules with dates: what the portal comes with, and what an administrator wrote since.
The tables are read once a request or job and handed to the pure rules.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from portal.core.dated_rules import NothingHolds, Period, rule_book
from portal.core.money import Money
from portal.donations.codes import PurposeKind
from portal.donations.rules.mileage import DatedScale, Scale, Vehicle
from portal.donations.rules.tax import DonorKind, TaxCategory, TaxScheme, category_for, scheme_on
from portal.programmes.codes import Programme

TAX_SCHEME = "tax_scheme"
TAX_CATEGORY = "tax_category"
SMALL_RETURN = "small_return"
MILEAGE = "mileage"
ORGANISATION = "organisation"
AS_ORGANISATION = "organisation"


def schemes() -> tuple[TaxScheme, ...]:
    """Every rate with its cap and yearly limit, and the days it holds.

    Hand them to ``cost_after_tax``, ``annual_reduction`` and ``company_reduction``.
    """
    return rule_book().table(TAX_SCHEME, _scheme)


def category_on(
    on: dt.date, purpose: PurposeKind = PurposeKind.GENERAL, programme: Programme | None = None
) -> TaxCategory:
    """The category of reduction a private person's gift of that day opens.

    What its programme or purpose says, else what the organisation is.
    """
    for code in _codes(purpose, programme):
        try:
            said = rule_book().on(TAX_CATEGORY, code, on).version.value["category"]
        except NothingHolds:
            continue
        if said != AS_ORGANISATION:
            return TaxCategory(said)
    return TaxCategory.GENERAL


def rate_on(
    on: dt.date,
    purpose: PurposeKind = PurposeKind.GENERAL,
    programme: Programme | None = None,
    donor_kind: DonorKind = "person",
) -> TaxScheme:
    """The scheme a gift of that day and purpose falls under; raises NoTaxScheme."""

    def find() -> TaxScheme:
        category = category_for(category_on(on, purpose, programme), donor_kind)
        return scheme_on(category, on, schemes())

    return rule_book().remember(("tax rate", on, purpose, programme, donor_kind), find)


def _codes(purpose: PurposeKind, programme: Programme | None) -> tuple[str, ...]:
    if programme is not None:
        return (programme.value, ORGANISATION)
    if purpose is PurposeKind.SPONSORSHIP:
        return (PurposeKind.SPONSORSHIP.value, ORGANISATION)
    return (ORGANISATION,)


@dataclass(frozen=True, slots=True)
class SmallReturn:
    """What a donor may be given in return: a share of the gift, and at most so much a year.

    ``confirmed`` is False while the figure of that day is not known for sure.
    """

    share: Fraction
    cap: Money
    confirmed: bool

    def most_for(self, given: Money) -> Money:
        """What may be given in return for this sum alone; the cap is for all of the year."""
        return min(given.share(self.share), self.cap)


def small_return_on(on: dt.date) -> SmallReturn:
    """The most a gift in return may be worth on that day (BOI-IR-RICI-250-20); raises NothingHolds."""
    value = rule_book().on(SMALL_RETURN, "cap", on).version.value
    return SmallReturn(Fraction(value["share"]), Money(value["cap"]), bool(value["confirmed"]))


def mileage_scales() -> tuple[DatedScale, ...]:
    """The scales of kilometres, a row for each day on which one of them changes."""
    book = rule_book()
    by_vehicle = {vehicle: book.periods(MILEAGE, vehicle.value) for vehicle in Vehicle}
    days = sorted({period.since for each in by_vehicle.values() for period in each})
    untils: list[dt.date | None] = [*days[1:], None]
    return tuple(
        _scales_on(since, until, by_vehicle) for since, until in zip(days, untils, strict=True)
    )


def _scales_on(
    since: dt.date, until: dt.date | None, by_vehicle: dict[Vehicle, tuple[Period, ...]]
) -> DatedScale:
    held = {
        vehicle: period.version
        for vehicle, each in by_vehicle.items()
        for period in each
        if period.holds_on(since)
    }
    sources = dict.fromkeys(version.source for version in held.values())
    scales = {vehicle: _scale(version.value) for vehicle, version in held.items()}
    return DatedScale(since, until, " ; ".join(sources), scales)


def _scale(value: Any) -> Scale:
    return Scale(
        int(value["first_until"]),
        int(value["second_until"]),
        *(Decimal(value[name]) for name in ("first", "second", "constant", "beyond")),
    )


def _scheme(period: Period) -> TaxScheme:
    value = period.version.value
    return TaxScheme(
        category=TaxCategory(period.version.code),
        rate=Fraction(value["rate"]),
        effective_from=period.since,
        effective_until=period.last_day,
        law=period.version.source,
        cap=_money(value["cap"]),
        rate_beyond_cap=_share(value["rate_beyond_cap"]),
        limit_rate=_share(value["limit_rate"]),
        limit_floor=_money(value["limit_floor"]) or Money(0),
        carry_years=int(value["carry_years"]),
    )


def _money(minor: int | None) -> Money | None:
    return None if minor is None else Money(minor)


def _share(rate: str | None) -> Fraction | None:
    return None if rate is None else Fraction(rate)

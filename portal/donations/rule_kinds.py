"""The rules of giving that have dates: rates and caps, categories, returns, kilometres."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask import current_app

from portal.core.dated_rules import RuleField, RuleKind, Shape, Version, register_kind
from portal.core.dated_rules.kinds import Faults, Value
from portal.core.dated_rules.writing import FIRST_DAY
from portal.core.i18n_markers import N_
from portal.core.money import Money
from portal.donations import tax_terms as terms
from portal.donations.codes import PurposeKind
from portal.donations.rules.mileage import SCALES, Vehicle
from portal.donations.rules.tax import TAX_SCHEMES, TaxCategory, TaxScheme, decimal_text
from portal.programmes.codes import Programme

CATEGORIES = {
    TaxCategory.GENERAL.value: N_("People: general"),
    TaxCategory.COLUCHE.value: N_("People: help to people in need"),
    TaxCategory.COMPANY.value: N_("Companies: general"),
    TaxCategory.COMPANY_COLUCHE.value: N_("Companies: help to people in need"),
}
OPENED = {
    TaxCategory.GENERAL.value: N_("General category"),
    TaxCategory.COLUCHE.value: N_("Help to people in need"),
}
PURPOSES = {
    terms.ORGANISATION: N_("The whole organisation"),
    PurposeKind.SPONSORSHIP.value: N_("Sponsorship of a child"),
    Programme.EDUCATION.value: N_("Education"),
    Programme.VOCATIONAL_TRAINING.value: N_("Vocational training"),
    Programme.FOOD.value: N_("Food"),
    Programme.HEALTH.value: N_("Health"),
    Programme.PROTECTION.value: N_("Protection"),
    Programme.FAMILY_SUPPORT.value: N_("Family support"),
}
VEHICLES = {
    Vehicle.CAR_3.value: N_("Car, 3 fiscal horsepower or less"),
    Vehicle.CAR_4.value: N_("Car, 4 fiscal horsepower"),
    Vehicle.CAR_5.value: N_("Car, 5 fiscal horsepower"),
    Vehicle.CAR_6.value: N_("Car, 6 fiscal horsepower"),
    Vehicle.CAR_7.value: N_("Car, 7 fiscal horsepower or more"),
    Vehicle.MOTORCYCLE_2.value: N_("Motorcycle, 1 or 2 fiscal horsepower"),
    Vehicle.MOTORCYCLE_5.value: N_("Motorcycle, 3 to 5 fiscal horsepower"),
    Vehicle.MOTORCYCLE_6.value: N_("Motorcycle, more than 5 fiscal horsepower"),
    Vehicle.MOPED.value: N_("Moped (up to 50 cm³)"),
}
HIGHEST_RATE = Decimal("0.9")
LARGEST_SMALL_RETURN = 100_000
LONGEST_CARRY = 10
MOST_A_KILOMETRE = 3


def register() -> None:
    """Make these rules known to the house."""
    for kind in (TAX_SCHEME, TAX_CATEGORY, SMALL_RETURN, MILEAGE):
        register_kind(kind)


def _decimal(rate: Fraction | None) -> str | None:
    return None if rate is None else decimal_text(rate)


def _minor(amount: Money | None) -> int | None:
    return amount.minor if amount else None


def _scheme_value(scheme: TaxScheme) -> dict[str, Any]:
    return {
        "rate": _decimal(scheme.rate),
        "cap": _minor(scheme.cap),
        "rate_beyond_cap": _decimal(scheme.rate_beyond_cap),
        "limit_rate": _decimal(scheme.limit_rate),
        "limit_floor": _minor(scheme.limit_floor),
        "carry_years": scheme.carry_years,
    }


def _schemes() -> Iterable[Version]:
    for each in TAX_SCHEMES:
        yield Version(each.category.value, each.effective_from, _scheme_value(each), each.law)


def _scheme_faults(_code: str, value: Value, _since: dt.date) -> Faults:
    faults = {
        name: N_("A rate is above nothing and no more than 90%.")
        for name in ("rate", "rate_beyond_cap", "limit_rate")
        if value[name] is not None and not 0 < Decimal(value[name]) <= HIGHEST_RATE
    }
    if value["cap"] is not None and value["cap"] <= 0:
        faults["cap"] = N_("A cap is more than nothing; leave it empty when there is none.")
    if (value["cap"] is None) != (value["rate_beyond_cap"] is None):
        faults.setdefault(
            "rate_beyond_cap", N_("Say the rate above the cap when there is a cap, and only then.")
        )
    if value["limit_floor"] is not None and value["limit_floor"] < 0:
        faults["limit_floor"] = N_("Write an amount of nothing or more.")
    if not 0 <= value["carry_years"] <= LONGEST_CARRY:
        faults["carry_years"] = N_("Write a number of years from 0 to 10.")
    return faults


TAX_SCHEME = RuleKind(
    name=terms.TAX_SCHEME,
    label=N_("Rates and caps of the tax reduction"),
    about=N_(
        "What a gift takes off the giver's tax. The gifts of each day follow the rate and cap of their own"
        " day: the giving pages, “My taxes” and the simulation read them here."
    ),
    fields=(
        RuleField("rate", N_("Rate"), Shape.PERCENT),
        RuleField(
            "cap",
            N_("Cap of gifts a year"),
            Shape.EUROS,
            N_("Gifts up to this sum take the rate. Empty: no cap."),
            required=False,
        ),
        RuleField("rate_beyond_cap", N_("Rate above the cap"), Shape.PERCENT, required=False),
        RuleField(
            "limit_rate",
            N_("Yearly limit, share of income or turnover"),
            Shape.PERCENT,
            N_("Taxable income of a household; turnover before VAT of a company."),
            required=False,
        ),
        RuleField("limit_floor", N_("The limit is never less than"), Shape.EUROS, required=False),
        RuleField("carry_years", N_("Years the excess is carried over"), Shape.WHOLE),
    ),
    names=lambda: CATEGORIES,
    defaults=_schemes,
    short=("rate", "cap"),
    faults=_scheme_faults,
    order=10,
)


def _categories() -> Iterable[Version]:
    own = current_app.extensions["settings"].organisation.tax_category
    source = "réglage ORGANISATION_TAX_CATEGORY"
    for code in PURPOSES:
        said = own if code == terms.ORGANISATION else terms.AS_ORGANISATION
        yield Version(code, FIRST_DAY, {"category": said}, source)


def _category_faults(code: str, value: Value, _since: dt.date) -> Faults:
    if code == terms.ORGANISATION and value["category"] == terms.AS_ORGANISATION:
        return {"category": N_("Choose the category of the whole organisation.")}
    return {}


TAX_CATEGORY = RuleKind(
    name=terms.TAX_CATEGORY,
    label=N_("Which reduction our gifts open"),
    about=N_(
        "The higher category (CGI art. 200, 1 ter) is for free meals, care and housing of people in need. Without a"
        " ruling of the tax office keep the general one: whoever promises too much pays the fine of art. 1740 A."
    ),
    fields=(
        RuleField(
            "category",
            N_("Category"),
            Shape.CHOICE,
            choices={terms.AS_ORGANISATION: N_("As the whole organisation"), **OPENED},
        ),
    ),
    names=lambda: PURPOSES,
    defaults=_categories,
    short=("category",),
    faults=_category_faults,
    order=20,
)


def _returns() -> Iterable[Version]:
    for year, euros, source, confirmed in (
        (2011, 65, "BOI-IR-RICI-250-20", True),
        (2016, 69, "BOI-IR-RICI-250-20", True),
        (2021, 73, "BOI-IR-RICI-250-20", True),
        (2026, 73, "BOI-IR-RICI-250-20 ; nouveau montant quinquennal à confirmer", False),
    ):
        value = {"share": "0.25", "cap": euros * 100, "confirmed": confirmed}
        yield Version("cap", dt.date(year, 1, 1), value, source)


def _return_faults(_code: str, value: Value, _since: dt.date) -> Faults:
    faults = {}
    if not 0 < Decimal(value["share"]) <= 1:
        faults["share"] = N_("Write a share above nothing and up to 100%.")
    if not 0 < value["cap"] <= LARGEST_SMALL_RETURN:
        faults["cap"] = N_("Write an amount above nothing and up to €1,000.")
    return faults


SMALL_RETURN = RuleKind(
    name=terms.SMALL_RETURN,
    label=N_("Small gifts in return"),
    about=N_(
        "What a donor may be given in return without losing the receipt: a share of the gift, and a cap a year"
        " that is set anew every five years."
    ),
    fields=(
        RuleField("share", N_("Share of the gift"), Shape.PERCENT),
        RuleField("cap", N_("Cap a year"), Shape.EUROS),
        RuleField(
            "confirmed",
            N_("The figure is confirmed"),
            Shape.YES_NO,
            N_("Leave it open while the official figure is not published."),
            required=False,
        ),
    ),
    names=lambda: {"cap": N_("Share and cap")},
    defaults=_returns,
    short=("share", "cap"),
    faults=_return_faults,
    order=30,
)


def _scales() -> Iterable[Version]:
    for dated in SCALES:
        for vehicle, scale in dated.scales.items():
            value = {
                "first_until": scale.first_until,
                "second_until": scale.second_until,
                "first": str(scale.first),
                "second": str(scale.second),
                "constant": str(scale.constant),
                "beyond": str(scale.beyond),
            }
            yield Version(vehicle.value, dated.since, value, dated.source)


def _scale_faults(_code: str, value: Value, _since: dt.date) -> Faults:
    faults = {
        name: N_("Write euros a kilometre, above 0 and up to 3.")
        for name in ("first", "second", "beyond")
        if not 0 < Decimal(value[name]) <= MOST_A_KILOMETRE
    }
    if Decimal(value["constant"]) < 0:
        faults["constant"] = N_("Write an amount of nothing or more.")
    if not 0 < value["first_until"] < value["second_until"]:
        faults["second_until"] = N_("The second band ends after the first.")
    return faults


MILEAGE = RuleKind(
    name=terms.MILEAGE,
    label=N_("Kilometres of volunteers"),
    about=N_(
        "What a volunteer's way in her own vehicle is worth when she waives its repayment (CGI art. 200, 1):"
        " the scale of professional expenses on the day of the way."
    ),
    fields=(
        RuleField("first_until", N_("First band, kilometres a year up to"), Shape.WHOLE, unit="km"),
        RuleField("first", N_("First band, euros a kilometre"), Shape.DECIMAL, unit="€/km"),
        RuleField(
            "second_until", N_("Second band, kilometres a year up to"), Shape.WHOLE, unit="km"
        ),
        RuleField("second", N_("Second band, euros a kilometre"), Shape.DECIMAL, unit="€/km"),
        RuleField("constant", N_("Second band, euros added"), Shape.DECIMAL, unit="€"),
        RuleField("beyond", N_("Above, euros a kilometre"), Shape.DECIMAL, unit="€/km"),
    ),
    names=lambda: VEHICLES,
    defaults=_scales,
    short=("first",),
    faults=_scale_faults,
    order=70,
)

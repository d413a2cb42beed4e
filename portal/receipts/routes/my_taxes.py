"""What a sponsor writes on her tax return, and what her gifts cost her in the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.codes import DonorKind
from portal.accounts.models import Donor
from portal.accounts.queries import donor_of_current_user
from portal.core import i18n
from portal.core.clock import paris_date
from portal.core.money import Money
from portal.core.web.audience import signed_in
from portal.core.web.forms import clock_now
from portal.donations.rules.tax import DonorKind as DonorKindOfTax
from portal.donations.rules.tax import (
    NoTaxScheme,
    TaxCategory,
    TaxScheme,
    category_for,
    scheme_on,
)
from portal.donations.rules.tax_year import DatedGift
from portal.donations.tax_terms import category_on, schemes
from portal.receipts.forms import YEARS_BACK, TaxesForm
from portal.receipts.queries.giving import YearOfGiving, year_of_giving, years_of_giving
from portal.receipts.rules.eligibility import FRENCH_TAX_TERRITORY
from portal.receipts.rules.tax_simulation import (
    CARRY_BOXES,
    Box,
    Simulation,
    boxes,
    carried_into,
    simulate_company,
    simulate_household,
)
from portal.receipts.waiting_words import remedy_of, wait_sentence

RETURN_DUE = (6, 15)
"""By the middle of June the return on the income of the year before is due everywhere."""
bp = Blueprint("my_taxes", __name__, url_prefix="/me/taxes")


@bp.route("", methods=["GET", "POST"])
@signed_in
def index() -> ResponseReturnValue:
    """The sums of a tax year, where they are declared, and a simulation that keeps nothing."""
    donor = donor_of_current_user()
    if donor is None:
        return render_template("receipts/my_taxes_nothing.html")
    today = paris_date(clock_now())
    given = years_of_giving(donor.id)
    year = _year_asked(given, today)
    form = TaxesForm()
    if form.validate_on_submit():
        return _page(donor, year, given, form, simulated=True)
    return _page(donor, year, given, form), 422 if request.method == "POST" else 200


def _year_asked(given: list[int], today: dt.date) -> int:
    """The year in the address; else the last one that is over, if something was given in it."""
    told = request.args.get("year", "")
    if told.isascii() and told.isdigit() and len(told) == 4:
        year = int(told)
        return year if year in given or year == today.year else abort(404)
    return today.year - 1 if today.year - 1 in given else today.year


def _page(
    donor: Donor, year: int, given: list[int], form: TaxesForm, *, simulated: bool = False
) -> str:
    today = paris_date(clock_now())
    sums = year_of_giving(donor, year, today)
    declared = _declared(donor, sums)
    return render_template(
        "receipts/my_taxes_index.html",
        donor=donor,
        company=donor.kind is DonorKind.COMPANY,
        abroad=bool(donor.country) and donor.country not in FRENCH_TAX_TERRITORY,
        year=year,
        years=sorted({*given, today.year}, reverse=True),
        over=year < today.year,
        filed=today >= dt.date(year + 1, *RETURN_DUE),
        giving=sums,
        declared=declared,
        percent=percent,
        form=form,
        back=[(year - n, form[f"carried_{n}"], form[f"income_{n}"], CARRY_BOXES[n - 1]) for n in YEARS_BACK],
        past=set(given),
        simulation=_simulated(donor, sums, form) if simulated and declared else None,
        general=_general(donor, year) if declared else None,
        wait_sentence=wait_sentence,
        remedy_of=remedy_of,
    )  # fmt: skip


def _declared(donor: Donor, sums: YearOfGiving) -> tuple[Box, ...]:
    """The boxes to fill; empty when no rate is known for the year."""
    usual = category_on(dt.date(sums.year, 12, 31))
    company = donor.kind is DonorKind.COMPANY
    try:
        return boxes(sums.year, sums.as_taxed, schemes(), company=company, usual=usual)
    except NoTaxScheme:
        return ()


def _general(donor: Donor, year: int) -> TaxScheme:
    """The scheme with the yearly limit, to say it in words."""
    kind: DonorKindOfTax = "company" if donor.kind is DonorKind.COMPANY else "person"
    return scheme_on(category_for(TaxCategory.GENERAL, kind), dt.date(year, 12, 31), schemes())


def _simulated(donor: Donor, sums: YearOfGiving, form: TaxesForm) -> Simulation:
    year, amount, tax_due = sums.year, form.income.data or Money(0), form.tax_due.data
    incomes, typed = form.amounts("income", year), form.amounts("carried", year)
    before = carried_into(year, incomes, _gifts_before(donor, incomes), typed, schemes())
    if donor.kind is DonorKind.COMPANY:
        usual = category_on(dt.date(year, 12, 31))
        given = sums.to_declare
        return simulate_company(
            year, amount, given, usual, before, schemes=schemes(), tax_due=tax_due
        )
    return simulate_household(
        year, amount, sums.as_taxed, before, schemes=schemes(), tax_due=tax_due
    )


def _gifts_before(donor: Donor, incomes: Mapping[int, Money]) -> list[DatedGift]:
    today = paris_date(clock_now())
    years = (year_of_giving(donor, past, today) for past in incomes)
    return [gift for each in years for gift in each.as_taxed]


def percent(rate: Fraction) -> str:
    """``66`` or ``0.5``: a rate in per cent, as the reader's language writes it."""
    exact = rate * 100
    return i18n.number(exact.numerator if exact.denominator == 1 else float(exact))

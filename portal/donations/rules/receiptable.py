"""Which kinds of gift open the right to a tax receipt, and what each needs for it.

CGI art. 200 and 238 bis; BOI-IR-RICI-250-20. Money does. An object does for its value, once
described. A volunteer's expenses do when she waives their repayment in writing. A membership fee
does unless something of value is given in return. Time that is given never does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from stdnum.fr import siren as siren_number

from portal.core.money import Money


class GiftNature(StrEnum):
    """What was given."""

    MONEY = "money"
    MEMBERSHIP = "membership"
    IN_KIND = "in_kind"
    WAIVED_EXPENSES = "waived_expenses"
    TIME = "time"


class WhyNot(StrEnum):
    """Why no receipt may be written for it."""

    ANONYMOUS = "anonymous"
    COUNTERPART = "counterpart"
    NO_VALUE = "no_value"
    NO_DESCRIPTION = "no_description"
    NOT_COST_PRICE = "not_cost_price"
    NO_WAIVER = "no_waiver"
    BY_A_COMPANY = "by_a_company"
    NO_SIREN = "no_siren"
    NO_LEGAL_FORM = "no_legal_form"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Given:
    """What the rule looks at; ``counterpart``: something of value was given in return."""

    nature: GiftNature
    value: Money
    by_company: bool = False
    anonymous: bool = False
    counterpart: bool = False
    description: str = ""
    at_cost_price: bool = False
    waived_on: date | None = None


def company_lacks(siren: str, legal_form: str) -> WhyNot | None:
    """What model 16216 asks of a company and is not known: its SIREN, its legal form."""
    if not siren_number.is_valid(siren):
        return WhyNot.NO_SIREN
    return None if legal_form.strip() else WhyNot.NO_LEGAL_FORM


def why_not(given: Given) -> WhyNot | None:
    """What stands in the way of a receipt for this gift; None when nothing does.

    A company's object counts for its cost price, as the company states it (CGI art. 238 bis, 1).
    """
    if given.nature is GiftNature.TIME:
        return WhyNot.TIME
    if given.anonymous:
        return WhyNot.ANONYMOUS
    if given.counterpart:
        return WhyNot.COUNTERPART
    if given.value.minor <= 0:
        return WhyNot.NO_VALUE
    if given.nature is GiftNature.IN_KIND:
        return _why_no_object(given)
    if given.nature is GiftNature.WAIVED_EXPENSES:
        return _why_no_expenses(given)
    return None


def _why_no_object(given: Given) -> WhyNot | None:
    if not given.description.strip():
        return WhyNot.NO_DESCRIPTION
    return WhyNot.NOT_COST_PRICE if given.by_company and not given.at_cost_price else None


def _why_no_expenses(given: Given) -> WhyNot | None:
    if given.by_company:
        return WhyNot.BY_A_COMPANY
    return None if given.waived_on else WhyNot.NO_WAIVER

"""What may differ between a receipt and the records after it was issued, and what to do about it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.core.money import Money

NAME = ("first_name", "last_name", "company_name", "siren")
ADDRESS = ("address1", "address2", "postcode", "city", "country")


class Cause(StrEnum):
    """Why a receipt is to be looked at, the gravest first."""

    MONEY = "money"
    DAY = "day"
    NAME = "name"
    TWO_RECEIPTS = "two_receipts"
    ADDRESS = "address"


class Act(StrEnum):
    """What a person may decide."""

    CANCEL = "cancel"
    REPLACE = "replace"
    LEAVE = "leave"


class Field(StrEnum):
    """What differs."""

    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    COMPANY_NAME = "company_name"
    SIREN = "siren"
    ADDRESS1 = "address1"
    ADDRESS2 = "address2"
    POSTCODE = "postcode"
    CITY = "city"
    COUNTRY = "country"
    AMOUNT = "amount"
    DAY = "day"

    @classmethod
    def of(cls, name: str) -> Field:
        """The field of a donor's detail."""
        return cls(name)


@dataclass(frozen=True, slots=True)
class Difference:
    """One line: what the paper says, what the records say now; ``about`` is the gift, if any."""

    field: Field
    paper: str | Money | date | None
    now: str | Money | date | None
    about: str = ""


def may_be_left(causes: Iterable[Cause], *, overstated: bool) -> bool:
    """Whether the receipt may stand as it is: never when it certifies more than was kept, or a
    payment of another day (CGI art. 1740 A)."""
    return not overstated and Cause.DAY not in set(causes)


def proposed(causes: Iterable[Cause], *, left_to_certify: bool) -> Act:
    """The act the records call for: a person confirms it, or chooses another.

    A changed address alone makes no receipt wrong: it names the donor as she lived then. Two
    receipts of one person for one year are lawful when no gift stands on both.
    """
    grave = {Cause.MONEY, Cause.DAY, Cause.NAME} & set(causes)
    if not grave:
        return Act.LEAVE
    return Act.REPLACE if left_to_certify else Act.CANCEL


def difference_mark(causes: Iterable[Cause], differences: Iterable[Difference]) -> str:
    """SHA-256 of what differs: another difference has another mark."""
    told = [
        sorted(cause.value for cause in causes),
        sorted(
            [each.field.value, each.about, str(each.paper), str(each.now)] for each in differences
        ),
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()

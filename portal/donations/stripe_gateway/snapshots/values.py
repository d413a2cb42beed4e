"""The small things Stripe's objects are made of: ids, sums, instants, rates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from portal.core.money import Money, decimals_of
from portal.donations.gateway import PaymentMethod

Found: TypeAlias = Mapping[str, Any]
METHODS: Mapping[str, PaymentMethod] = {"card": "card", "sepa_debit": "sepa"}


def reference_of(found: Found) -> str:
    """Our public id in the object's metadata, empty when there is none."""
    return str(nested(found.get("metadata")).get("reference") or "")


def nested(value: Any) -> Found:
    """An object inside another one; empty when it is missing or only named."""
    return value if isinstance(value, Mapping) else {}


def id_of(value: Any) -> str | None:
    """The id of an object that may be expanded, only named, or missing."""
    found = value.get("id") if isinstance(value, Mapping) else value
    return str(found) if found else None


def money(minor: int, currency: str) -> Money:
    """A sum in minor units."""
    return Money(minor, currency.upper())


def instant(value: int | None) -> datetime | None:
    """An instant in UTC; nothing and zero are none."""
    return moment(value) if value else None


def moment(value: int) -> datetime:
    """An instant in UTC, of a field that is always there."""
    return datetime.fromtimestamp(value, UTC)


def word(value: Any) -> str:
    """A word, empty when there is none."""
    return str(value) if value else ""


def rate_of(line: Found) -> Decimal | None:
    """The exchange rate of a balance transaction, as Stripe writes it."""
    value = line.get("exchange_rate")
    return None if value is None else Decimal(str(value))


def rate_between(line: Found, paid: Money, settled: Money) -> Decimal | None:
    """How many whole units of the balance's currency one whole unit of the donor's brought.

    Stripe says that its rate turns minor units into minor units. That is the same thing as long as
    both currencies have as many decimals; for yen and their like the reading is taken that fits
    the two sums.
    """
    written = rate_of(line)
    if written is None or not paid or not settled or not written:
        return written
    shift = decimals_of(paid.currency) - decimals_of(settled.currency)
    brought = abs(settled.decimal / paid.decimal)
    return min((written, written.scaleb(shift)), key=lambda rate: _how_far(rate, brought))


def _how_far(rate: Decimal, brought: Decimal) -> Decimal:
    return max(rate / brought, brought / rate)

"""Amounts and days as banks' programs write them: never guessed, or refused with their line."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from portal.accounting.rules.statements.lines import StatementRefused
from portal.core.i18n_markers import N_
from portal.core.money import Money, MoneyError
from portal.core.tables.wording import say

_SPACES: Final = re.compile(r"[\s'’]|EUR|€", re.IGNORECASE)
_COMMA: Final = re.compile(r"\d{1,3}(\.\d{3})*,\d{1,4}|\d+,\d{1,4}")
_POINT: Final = re.compile(r"\d{1,3}(,\d{3})+\.\d{1,4}")
_PLAIN: Final = re.compile(r"[0-9]{0,15}(\.[0-9]{0,10})?")
"""No exponent, no figures but ours, and no sum beyond what an account can hold."""
_DAYS: Final = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%Y/%m/%d", "%Y%m%d")


def amount_of(text: str, currency: str, place: int) -> Money:
    """The amount: ``-1234.5``, ``1 234,50``, ``1.234,50``, ``(12,00)``, ``12,00-``, ``+47 EUR``.

    :raises StatementRefused: for anything else, or parts of a cent.
    """
    bare = _SPACES.sub("", text).replace("−", "-")
    negative = bare.startswith(("-", "(")) or bare.endswith("-")
    figures = bare.strip("+-()")
    if _COMMA.fullmatch(figures):
        figures = figures.replace(".", "").replace(",", ".")
    elif _POINT.fullmatch(figures):
        figures = figures.replace(",", "")
    try:
        if not _PLAIN.fullmatch(figures):
            raise InvalidOperation
        size = Money.from_decimal(Decimal(figures), currency)
    except (InvalidOperation, MoneyError):
        raise StatementRefused(
            say(N_("“%(value)s” is not an amount."), value=text.strip()[:40]), place
        ) from None
    return -size if negative else size


def day_of(text: str, form: str = "") -> date | None:
    """The day, by that form or by any a French bank uses; None when it is none."""
    bare = text.strip()[:10].strip()
    for pattern in (form,) if form else _DAYS:
        try:
            return datetime.strptime(bare, pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None

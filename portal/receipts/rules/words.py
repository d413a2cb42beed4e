"""Amounts as a French tax receipt writes them: in figures framed by asterisks, and in words.

BOI-IR-RICI-250-40 asks for the amount in words, or in figures framed by asterisks on receipts
made by computer; ours carry both.
"""

from __future__ import annotations

from functools import lru_cache

from num2words import num2words

from portal.core.money import Money

_MILLION = 1_000_000


class UnwritableAmount(ValueError):
    """Only amounts in euros, of zero or more and below one thousand milliard, are written out."""


def _cents_of(amount: Money) -> int:
    if amount.currency != "EUR" or not 0 <= amount.minor < 10**14:
        raise UnwritableAmount(f"{amount} cannot be written on a French receipt")
    return amount.minor


def amount_in_figures(amount: Money) -> str:
    """``***1980,00***``: euros, a comma, two decimals, nothing that could be added to."""
    euros, cents = divmod(_cents_of(amount), 100)
    return f"***{euros},{cents:02d}***"


def amount_in_words(amount: Money) -> str:
    """The amount in French words: ``mille neuf cent quatre-vingts euros``.

    Raises UnwritableAmount.
    """
    euros, cents = divmod(_cents_of(amount), 100)
    parts = []
    if euros or not cents:
        parts.append(_euros_in_words(euros))
    if cents:
        parts.append(f"{_in_words(cents)} centime{'s' if cents > 1 else ''}")
    return " et ".join(parts)


@lru_cache(maxsize=5_000)
def _in_words(number: int) -> str:
    return str(num2words(number, lang="fr"))


def _euros_in_words(euros: int) -> str:
    if euros and euros % _MILLION == 0:
        return f"{_in_words(euros)} d'euros"
    return f"{_in_words(euros)} euro{'s' if euros > 1 else ''}"

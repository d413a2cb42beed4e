"""Slips that take cheques and cash to the bank: their numbers, what may stand on one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from stdnum import iban as iban_number

from portal.core.money import Money, total

LATE_AFTER: Final = timedelta(days=10)
"""A deposit that is not credited by then deserves a call to the bank."""


class DepositError(ValueError):
    """A deposit that cannot be made."""


class NothingToDeposit(DepositError):
    """A slip without a cheque, or without cash."""


class MoreThanInTheTill(DepositError):
    """More cash would be deposited than the till holds."""


class CreditedBefore(DepositError):
    """A deposit cannot be credited before it was made."""


def deposit_ref(year: int, sequence: int) -> str:
    """The number of a slip, as in ``REM-2026-0012``; it counts from 1 in each year."""
    return f"REM-{year}-{sequence:04d}"


def slip_total(amounts: Sequence[Money]) -> Money:
    """What a slip of these cheques adds up to.

    :raises NothingToDeposit:
    """
    if not amounts:
        raise NothingToDeposit("a slip has at least one cheque")
    return total(list(amounts))


def cash_to_deposit(amount: Money, till: Money) -> Money:
    """The cash to deposit, when the till holds as much.

    :raises NothingToDeposit: :raises MoreThanInTheTill:
    """
    if amount.minor <= 0:
        raise NothingToDeposit("cash to deposit is above zero")
    if amount > till:
        raise MoreThanInTheTill(f"{amount} out of {till}")
    return amount


def credit_day(made_on: date, credited_on: date) -> date:
    """The day the bank shows the deposit.

    :raises CreditedBefore:
    """
    if credited_on < made_on:
        raise CreditedBefore(f"{credited_on.isoformat()} is before {made_on.isoformat()}")
    return credited_on


def is_late(made_on: date, today: date) -> bool:
    """Whether the bank should have shown it by now."""
    return today - made_on > LATE_AFTER


def account_name(typed: str) -> str:
    """The bank account as a slip names it: an IBAN in groups of four, other words as they are.

    :raises ValueError: when it looks like an IBAN and is none.
    """
    plain = typed.strip()
    compact = plain.replace(" ", "").upper()
    looks_like_one = compact[:2].isalpha() and compact[2:4].isdigit() and " " not in plain[:4]
    if not looks_like_one:
        return plain
    if not iban_number.is_valid(compact):
        raise ValueError("not an IBAN")
    return str(iban_number.format(compact))

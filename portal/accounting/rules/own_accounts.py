"""The association's own bank accounts in the chart: each is a subdivision of 512.

Sources: plan comptable général, art. 932-1 and 944-51 (512 is subdivided by account held). The first
account stands on 512100; so does what is at the bank and on no statement yet.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from portal.accounting.rules import chart
from portal.accounting.rules.draft import Draft, EntryError, credit, debit
from portal.accounting.rules.journals import Journal
from portal.core.money import Money

CODE: Final = re.compile(r"512[0-9]{3}")

_HUNDREDS: Final = tuple(f"512{place}00" for place in range(1, 10))
_OTHERS: Final = tuple(f"512{place:03}" for place in range(110, 1000) if place % 100)


class NoCodeLeft(EntryError):
    """Every subdivision of 512 is taken."""


class NothingMoves(EntryError):
    """The sum stands on that account already."""


def next_code(taken: Collection[str]) -> str:
    """The first free subdivision: 512100, 512200 … 512900, then those between them.

    :raises NoCodeLeft: when there is none.
    """
    for code in (*_HUNDREDS, *_OTHERS):
        if code not in taken:
            return code
    raise NoCodeLeft("no subdivision of 512 is free")


def default_label(name: str, last4: str) -> str:
    """How the books word an account nobody has worded: by its name, else by its last figures."""
    return f"Banque {name}".strip() if name else f"Banque, compte {last4}"


def entry_for_moved(moved: Money, from_: str, to: str, original: Draft, line_ref: str) -> Draft:
    """What stands on one bank account and was on the statement of another goes there, on its own day.

    ``moved`` is what the original brought to ``from_``; below zero, it took it away. Only the account
    of the bank changes: income, fees and what is owed are not touched.

    :raises NothingMoves: when both accounts are one, or nothing moved.
    """
    if from_ == to or not moved:
        raise NothingMoves(f"{line_ref}: {from_}")
    size = Money(abs(moved.minor), moved.currency)
    gains, loses = (to, from_) if moved.minor > 0 else (from_, to)
    label = f"Reclassement {chart.BANK_CLASS} {from_} vers {to}, {original.label}"
    return Draft(
        Journal.BANK,
        original.on,
        line_ref,
        original.on,
        label,
        (debit(gains, size), credit(loses, size)),
    )

"""Money of ours that changes place: payouts, cheque deposits. Income is not touched."""

from __future__ import annotations

from datetime import date
from typing import Final

from portal.accounting.rules import chart
from portal.accounting.rules.draft import Draft, Line, credit, debit
from portal.accounting.rules.journals import Journal
from portal.core.money import Money

_NO_FEE: Final = Money(0)


def entry_for_payout(payout_ref: str, amount: Money, on: date, *, fee: Money = _NO_FEE) -> Draft:
    """A payout leaves Stripe: in transit (58) until the bank shows it. ``amount`` is what it gets.

    A payout below zero (Stripe takes money from the bank) is booked the other way round. ``fee``
    is what Stripe keeps for it besides.
    """
    lines = moved_at_stripe(chart.INTERNAL_TRANSFERS, -amount, fee)
    label = f"Virement Stripe {payout_ref}"
    return Draft(Journal.ONLINE_GIFTS, on, payout_ref, on, label, lines)


def entry_for_payout_arrival(
    payout_ref: str, amount: Money, on: date, *, bank: str = chart.BANK
) -> Draft:
    """A payout is on the statement of ``bank``; the balance of 58 is what is still in transit."""
    label = f"Virement Stripe {payout_ref}"
    return _transfer(Journal.BANK, payout_ref, on, label, amount, bank, chart.INTERNAL_TRANSFERS)


def entry_for_payout_failure(
    payout_ref: str, amount: Money, on: date, *, fee: Money = _NO_FEE
) -> Draft:
    """A payout the bank refused: the money is back in Stripe's account, its fee below zero too."""
    lines = moved_at_stripe(chart.INTERNAL_TRANSFERS, amount, fee)
    label = f"Virement Stripe refusé {payout_ref}"
    return Draft(Journal.ONLINE_GIFTS, on, payout_ref, on, label, lines)


def moved_at_stripe(account: str, gross: Money, fee: Money) -> tuple[Line, ...]:
    """A line of Stripe's balance: 517 by its net, 6278 by its fee, ``account`` by its gross."""
    sides = ((chart.STRIPE, gross - fee), (chart.FEES, fee), (account, -gross))
    came = [debit(name, amount) for name, amount in sides if amount.minor > 0]
    left = [credit(name, -amount) for name, amount in sides if amount.minor < 0]
    return (*came, *left)


def entry_for_cheque_deposit(
    deposit_ref: str, amount: Money, on: date, cheques: int, *, bank: str = chart.BANK
) -> Draft:
    """A deposit slip is credited on ``bank``: ``amount`` is the sum of its ``cheques`` cheques.

    The gifts were booked, and count for tax, on the day each cheque arrived.
    """
    counted = "1 chèque" if cheques == 1 else f"{cheques} chèques"
    label = f"Remise {deposit_ref} ({counted})"
    return _transfer(Journal.BANK, deposit_ref, on, label, amount, bank, chart.CHEQUES_IN_HAND)


def _transfer(
    journal: Journal, ref: str, on: date, label: str, amount: Money, to: str, from_: str
) -> Draft:
    size = Money(abs(amount.minor), amount.currency)
    if amount.minor < 0:
        to, from_ = from_, to
    return Draft(journal, on, ref, on, label, (debit(to, size), credit(from_, size)))

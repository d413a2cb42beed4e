"""What the office takes to the bank or is promised on paper, as entries; income is not touched
twice.

A cheque stands on 5112 from the day it came until the bank credits its slip. Cash leaves the till
for 581 and reaches the bank from there. What a company promises is due from the signature of the
agreement (ANC 2018-06, art. 142-6); the gift that pays it is income of its own, and as much of the
promise is taken out of the income on the same day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.accounting.rules import chart
from portal.accounting.rules.draft import Draft, credit, debit
from portal.accounting.rules.journals import Journal
from portal.accounting.rules.treasury import entry_for_cheque_deposit
from portal.core.money import Money


@dataclass(frozen=True, slots=True)
class DepositFacts:
    """A deposit as the books must know it; without ``cheques`` it is cash.

    ``bank`` is the account (512) that was credited.
    """

    ref: str
    amount: Money
    cheques: int
    bank: str = chart.BANK


def entry_for_cash_leaving(deposit: DepositFacts, on: date) -> Draft:
    """Cash leaves the till for the bank: 581 holds it on its way."""
    label = f"Remise d'espèces {deposit.ref}"
    lines = (debit(chart.CASH_IN_TRANSIT, deposit.amount), credit(chart.CASH, deposit.amount))
    return Draft(Journal.CASH, on, deposit.ref, on, label, lines)


def entry_for_deposit_credited(deposit: DepositFacts, on: date) -> Draft:
    """The bank shows the deposit: out of 5112 (cheques) or 581 (cash) into the bank."""
    if deposit.cheques:
        return entry_for_cheque_deposit(
            deposit.ref, deposit.amount, on, deposit.cheques, bank=deposit.bank
        )
    label = f"Remise d'espèces {deposit.ref}"
    lines = (debit(deposit.bank, deposit.amount), credit(chart.CASH_IN_TRANSIT, deposit.amount))
    return Draft(Journal.BANK, on, deposit.ref, on, label, lines)


def entry_for_return_fee(fee: Money, on: date, cheque: str, *, bank: str = chart.BANK) -> Draft:
    """What the bank takes for a cheque it sends back."""
    label = f"Frais bancaires, impayé {cheque}".rstrip()
    lines = (debit(chart.FEES, fee), credit(bank, fee))
    return Draft(Journal.BANK, on, cheque or "impayé", on, label, lines)


def entry_for_agreement(ref: str, donor_ref: str, amount: Money, on: date) -> Draft:
    """A company's promise is income from its signature, and owed to us."""
    label = f"Convention de mécénat {ref} {donor_ref}"
    lines = (debit(chart.AGREED_GIFTS, amount), credit(chart.CORPORATE_GIFTS, amount))
    return Draft(Journal.OTHER, on, ref, on, label, lines)


def entry_for_agreement_paid(ref: str, donor_ref: str, amount: Money, on: date) -> Draft:
    """A gift pays it: the promise is income no longer, the gift is."""
    label = f"Paiement convention {ref} {donor_ref}"
    lines = (debit(chart.CORPORATE_GIFTS, amount), credit(chart.AGREED_GIFTS, amount))
    return Draft(Journal.OTHER, on, ref, on, label, lines)

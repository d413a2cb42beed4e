"""Deposits, returned cheques' fees and companies' agreements, into the books."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from flask import current_app

from portal.accounting.models import Entry
from portal.accounting.queries.own_accounts import (
    code_of_deposit,
    code_of_line,
    standing_draft,
)
from portal.accounting.rules.draft import Draft
from portal.accounting.rules.handed_over import (
    DepositFacts,
    entry_for_agreement,
    entry_for_agreement_paid,
    entry_for_cash_leaving,
    entry_for_deposit_credited,
    entry_for_return_fee,
)
from portal.accounting.rules.sources import UNDONE, Posting
from portal.accounting.services.posting import validate
from portal.core.db import db
from portal.donations import events
from portal.donations.models import (
    Agreement,
    AgreementPayment,
    ChequeReturn,
    Deposit,
    DepositKind,
)


def listen() -> None:
    """Hear of what the office takes to the bank or is promised; said once."""
    events.deposit_made.connect(_made)
    events.deposit_credited.connect(_credited)
    events.deposit_uncredited.connect(_uncredited)
    events.cheque_returned.connect(_returned)
    events.agreement_signed.connect(_signed)
    events.agreement_paid.connect(_paid)
    events.agreement_unpaid.connect(_unpaid)


def _facts(deposit: Deposit) -> DepositFacts:
    bank = code_of_line(deposit.statement_line_ref)
    return DepositFacts(deposit.ref, deposit.amount, deposit.count, bank)


def _made(deposit: Deposit, **_told: Any) -> None:
    if deposit.kind is DepositKind.CASH:
        draft = entry_for_cash_leaving(_facts(deposit), deposit.made_on)
        _post(f"deposit:{deposit.id}:made", draft)


def _credited(deposit: Deposit, *, on: dt.date, **_told: Any) -> None:
    _post_next(f"deposit:{deposit.id}:credited", entry_for_deposit_credited(_facts(deposit), on))


def _uncredited(deposit: Deposit, *, on: dt.date, **_told: Any) -> None:
    source = _last(f"deposit:{deposit.id}:credited")
    stands = standing_draft(source) or entry_for_deposit_credited(_facts(deposit), on)
    _post(f"{source}:{UNDONE}", stands.reversed(on))


def _returned(back: ChequeReturn, **_told: Any) -> None:
    if back.fee_minor:
        draft = entry_for_return_fee(
            back.fee, back.on, back.cheque.number, bank=code_of_deposit(back.deposit_id)
        )
        _post(f"cheque_return:{back.id}:fee", draft)


def _signed(agreement: Agreement, **_told: Any) -> None:
    draft = entry_for_agreement(
        agreement.ref, agreement.donor.ref, agreement.amount, agreement.signed_on
    )
    _post(f"agreement:{agreement.id}:signed", draft)


def _paid(agreement: Agreement, *, payment: AgreementPayment, **_told: Any) -> None:
    on = payment.gift.tax_on or agreement.signed_on
    _post(_name(agreement, payment), _release(agreement, payment, on))


def _unpaid(agreement: Agreement, *, payment: AgreementPayment, on: dt.date, **_told: Any) -> None:
    undone = _release(agreement, payment, on).reversed(on)
    _post(f"{_name(agreement, payment)}:{UNDONE}", undone)


def _name(agreement: Agreement, payment: AgreementPayment) -> str:
    return f"agreement:{agreement.id}:payment:{payment.id}"


def _release(agreement: Agreement, payment: AgreementPayment, on: dt.date) -> Draft:
    return entry_for_agreement_paid(agreement.ref, agreement.donor.ref, payment.amount, on)


def _post(source: str, draft: Draft) -> None:
    validate([Posting(source, draft)], current_app.extensions["clock"].now())


def _post_next(slot: str, draft: Draft) -> None:
    taken = len(_sources(slot))
    _post(f"{slot}:{taken + 1}" if taken else slot, draft)


def _last(slot: str) -> str:
    taken = len(_sources(slot))
    return f"{slot}:{taken}" if taken > 1 else slot


def _sources(slot: str) -> list[str]:
    """The names under which a fact was booked, undoings left out."""
    chosen = sa.select(Entry.source).where(
        sa.or_(Entry.source == slot, Entry.source.like(f"{slot}:%")),
        ~Entry.source.like(f"%:{UNDONE}"),
    )
    return list(db.session.scalars(chosen))

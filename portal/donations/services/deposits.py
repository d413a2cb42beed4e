"""Taking cheques and cash to the bank: the slip, and the day the bank shows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from portal.core import audit, documents
from portal.core.db import db, transaction
from portal.core.money import Money
from portal.donations import events, in_hand
from portal.donations.models import (
    Cheque,
    ChequeState,
    Deposit,
    DepositItem,
    DepositKind,
    Gift,
)
from portal.donations.rules.deposit import (
    DepositError,
    NothingToDeposit,
    cash_to_deposit,
    credit_day,
    deposit_ref,
    slip_total,
)
from portal.donations.rules.gift import GiftFact, GiftState, next_state
from portal.donations.services.cheques import cheque_for_gift
from portal.donations.services.provider import now, settings, today
from portal.donations.slip import Slip, SlipLine, print_slip


class NotInHand(DepositError):
    """One of these cheques is on another slip already, or was withdrawn."""


class AlreadyCredited(DepositError):
    """Another line of a statement showed this deposit."""


def deposit_cheques(
    gift_ids: Sequence[int], account: str, made_on: dt.date, *, by: int, form_token: str
) -> Deposit:
    """A slip of these cheques, printed and kept; the same form sent twice is one slip.

    A cheque that came back and is tried again counts as received again.
    Raises NothingToDeposit, NotInHand.
    """
    with transaction() as session:
        if (known := _of_form(form_token)) is not None:
            return known
        _one_at_a_time()
        if not gift_ids:
            raise NothingToDeposit("a slip has at least one cheque")
        locked = _locked(gift_ids)
        waiting = {each.gift_id for each in in_hand.cheques_in_hand(today())}
        if not set(gift_ids) <= waiting:
            raise NotInHand(str(sorted(set(gift_ids) - waiting)))
        gifts = [locked[gift_id] for gift_id in dict.fromkeys(gift_ids)]
        cheques = [_as_it_stands(gift) for gift in gifts]
        amount = slip_total([cheque.amount for cheque in cheques])
        lines = [SlipLine(c.signed_by, c.bank, c.number, c.amount) for c in cheques]
        deposit = _keep(DepositKind.CHEQUES, made_on, account, amount, lines, by, form_token)
        _put_on(deposit, cheques, lines)
        for cheque, gift in zip(cheques, gifts, strict=True):
            cheque.state, gift.deposit_ref = ChequeState.DEPOSITED, deposit.ref
        session.flush()
        for gift in gifts:
            _received_again(gift)
        events.deposit_made.send(deposit)
        return deposit


def deposit_cash(
    amount: Money, account: str, made_on: dt.date, *, by: int, form_token: str
) -> Deposit:
    """Cash out of the till, taken to the bank. Raises NothingToDeposit, MoreThanInTheTill."""
    with transaction():
        if (known := _of_form(form_token)) is not None:
            return known
        _one_at_a_time()
        cash_to_deposit(amount, in_hand.till())
        deposit = _keep(DepositKind.CASH, made_on, account, amount, [], by, form_token)
        events.deposit_made.send(deposit)
        return deposit


def deposit_credited(
    deposit_id: int, on: dt.date, statement_line_ref: str, *, by: int | None = None
) -> None:
    """A line of the bank's statement shows the deposit; told twice by the same line, once.

    Raises AlreadyCredited (another line), CreditedBefore.
    """
    with transaction() as session:
        deposit = session.get_one(Deposit, deposit_id, with_for_update=True, populate_existing=True)
        if deposit.credited_on is not None:
            if deposit.statement_line_ref == statement_line_ref:
                return
            raise AlreadyCredited(deposit.ref)
        deposit.credited_on = credit_day(deposit.made_on, on)
        deposit.statement_line_ref = statement_line_ref
        session.flush()
        audit.record(
            "deposit.credited",
            f"deposit:{deposit.ref}",
            after={"on": on, "line": statement_line_ref},
            actor_id=by,
        )
        events.deposit_credited.send(deposit, on=on)


def deposit_uncredited(deposit_id: int, *, reason: str, by: int | None = None) -> None:
    """That line was another one's: the deposit is in transit again. Nothing when it is already."""
    with transaction() as session:
        deposit = session.get_one(Deposit, deposit_id, with_for_update=True, populate_existing=True)
        if deposit.credited_on is None:
            return
        on = deposit.credited_on
        before = {"on": on, "line": deposit.statement_line_ref}
        deposit.credited_on, deposit.statement_line_ref = None, ""
        session.flush()
        audit.record(
            "deposit.uncredited",
            f"deposit:{deposit.ref}",
            before=before,
            note=reason,
            actor_id=by,
        )
        events.deposit_uncredited.send(deposit, on=on)


def _of_form(form_token: str) -> Deposit | None:
    return db.session.scalar(sa.select(Deposit).where(Deposit.form_token == form_token))


def _one_at_a_time() -> None:
    """One slip after the other: their numbers follow each other, a cheque stands on one only."""
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext("deposits"))))


def _locked(gift_ids: Sequence[int]) -> dict[int, Gift]:
    """The gifts, nobody else's to withdraw or correct until the slip is made; each as it stands."""
    chosen = sa.select(Gift).where(Gift.id.in_(gift_ids)).order_by(Gift.id)
    locking = chosen.with_for_update(of=Gift).execution_options(populate_existing=True)
    return {gift.id: gift for gift in db.session.scalars(locking)}


def _as_it_stands(gift: Gift) -> Cheque:
    cheque = cheque_for_gift(gift.id)
    db.session.refresh(cheque)
    return cheque


def _received_again(gift: Gift) -> None:
    if gift.state is GiftState.FAILED:
        gift.state = next_state(gift.state, GiftFact.SETTLED)
        db.session.flush()
        events.gift_settled.send(gift)


def _put_on(deposit: Deposit, cheques: Sequence[Cheque], lines: Sequence[SlipLine]) -> None:
    for position, (cheque, line) in enumerate(zip(cheques, lines, strict=True), start=1):
        item = DepositItem(
            deposit_id=deposit.id,
            cheque_id=cheque.id,
            position=position,
            drawer=line.drawer,
            bank=line.bank,
            number=line.number,
            amount_minor=line.amount.minor,
        )
        db.session.add(item)


def _keep(
    kind: DepositKind,
    made_on: dt.date,
    account: str,
    amount: Money,
    lines: Sequence[SlipLine],
    by: int,
    form_token: str,
) -> Deposit:
    last = sa.select(sa.func.coalesce(sa.func.max(Deposit.sequence), 0))
    sequence = int(db.session.scalar(last.where(Deposit.year == made_on.year)) or 0) + 1
    ref = deposit_ref(made_on.year, sequence)
    paper = print_slip(Slip(ref, made_on, account, amount, tuple(lines)), settings(), now())
    kept = documents.store("deposit_slip", f"{ref}.pdf", "application/pdf", paper)
    deposit = Deposit(
        kind=kind,
        year=made_on.year,
        sequence=sequence,
        ref=ref,
        made_on=made_on,
        account=account,
        amount_minor=amount.minor,
        count=len(lines),
        made_by=by,
        document_id=kept.id,
        form_token=form_token,
    )
    db.session.add(deposit)
    db.session.flush()
    audit.record(
        "deposit.made",
        f"deposit:{ref}",
        after={"amount": str(amount), "count": len(lines), "sha256": kept.sha256},
        actor_id=by,
    )
    return deposit

"""What each part of a line does when it is matched, and what undoes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from flask import current_app

from portal.accounting.models import BankLine, BankPart, StandingOrder
from portal.accounting.queries.bank_facts import unmatched_gift
from portal.accounting.queries.bank_papers import entries_of_sum
from portal.accounting.queries.chart import all_accounts
from portal.accounting.queries.own_accounts import standing_draft
from portal.accounting.rules.bank import NOT_GIFTS
from portal.accounting.rules.bank_entries import entry_for_line_on_account
from portal.accounting.rules.draft import Draft
from portal.accounting.rules.matching import RECORDED_WITHIN
from portal.accounting.rules.sources import UNDONE, Posting
from portal.accounting.rules.treasury import entry_for_payout_arrival
from portal.accounting.services.bank.errors import DoesNotAddUp, MatchRefused, TakenByAnother
from portal.accounting.services.bank.orders import GiftPart, OtherPart
from portal.accounting.services.bank.own_accounts import put_in_place, take_back_move
from portal.accounting.services.posting import validate
from portal.core.db import db
from portal.core.i18n_markers import N_
from portal.core.money import total
from portal.donations.models import Collection, Deposit, Gift, Origin, Payout
from portal.donations.rules.gift import GiftState
from portal.donations.services import deposits, direct_debits, transfers
from portal.donations.services.membership import say_membership
from portal.donations.services.transfers import Transfer

NO_DONOR = N_("Choose the donor of each gift.")
ONLY_COMING_IN = N_("A gift is money that came in.")
NOT_RECEIVED = N_("This gift is not recorded as received: it cannot stand on a line.")
NOT_YET_DEBITED = N_("The debits of this file are of a later day: this line is another one's.")
WRONG_ACCOUNT = N_("Choose one of the accounts of the list.")
ONCE_ONLY = N_("Nothing of that sum stands in the books for this line.")


@dataclass(frozen=True, slots=True)
class Settled:
    """A part ready to be kept; ``then`` posts what needs the part's own name."""

    part: BankPart
    then: Callable[[BankPart], None] | None = None


def settle_gift(line: BankLine, wanted: GiftPart, thank: bool, by: int | None) -> Settled:
    """The recorded gift the part shows, else a new one, settled on the day of the line.

    Raises MatchRefused, DoesNotAddUp.
    """
    if wanted.amount.minor <= 0:
        raise MatchRefused(ONLY_COMING_IN)
    gift_id = wanted.gift_id
    if gift_id is None and not wanted.another:
        gift_id = _recorded(line, wanted)
    if gift_id is not None:
        gift = _standing_gift(gift_id)
        if gift.amount != wanted.amount:
            raise DoesNotAddUp
        if by is not None:
            transfers.credited_in_another_year(gift.id, line.booked_on, by=by)
            _is_a_fee(gift, line, wanted, by)
        return Settled(BankPart(amount_minor=wanted.amount.minor, gift_id=gift.id), put_in_place)
    if wanted.donor_id is None:
        raise MatchRefused(NO_DONOR)
    gift = transfers.settle_transfer(
        Transfer(
            donor_id=wanted.donor_id,
            amount=wanted.amount,
            credited_on=line.booked_on,
            purpose=wanted.purpose,
            programme=wanted.programme,
            appeal_id=wanted.appeal_id,
            thank=thank and not _promised(line, wanted),
            membership=wanted.membership,
            with_return=wanted.with_return,
        ),
        by=by,
    )
    return Settled(BankPart(amount_minor=wanted.amount.minor, gift_id=gift.id, settled_here=True))


def _is_a_fee(gift: Gift, line: BankLine, wanted: GiftPart, by: int) -> None:
    """A person says that recorded money is a membership fee: its books follow."""
    if wanted.membership:
        say_membership(
            gift.id, membership=True, with_return=wanted.with_return, reason=line.ref, by=by
        )


def _recorded(line: BankLine, wanted: GiftPart) -> int | None:
    """A transfer of the donor recorded before and shown by no line: the same money."""
    if wanted.donor_id is None:
        return None
    known = transfers.recorded_transfers(
        [wanted.donor_id], wanted.amount, line.booked_on, RECORDED_WITHIN
    )
    free = sa.select(Gift.id).where(Gift.id.in_([gift.id for gift in known]), unmatched_gift())
    unmatched = set(db.session.scalars(free))
    return next((gift.id for gift in known if gift.id in unmatched), None)


def _standing_gift(gift_id: int) -> Gift:
    gift = db.session.get_one(Gift, gift_id, with_for_update={"of": Gift}, populate_existing=True)
    received = gift.state in (GiftState.SETTLED, GiftState.PARTIALLY_REFUNDED, GiftState.REFUNDED)
    if not received or gift.stripe_payment_intent_id is not None:
        raise MatchRefused(NOT_RECEIVED)
    return gift


def _promised(line: BankLine, wanted: GiftPart) -> bool:
    """A transfer of a standing order: its donor is not thanked anew every month."""
    return line.iban_fingerprint is not None and db.session.scalar(
        sa.select(StandingOrder.id).where(
            StandingOrder.iban_fingerprint == line.iban_fingerprint,
            StandingOrder.amount_minor == wanted.amount.minor,
            StandingOrder.ended_on.is_(None),
        )
    ) is not None  # fmt: skip


def settle_other(line: BankLine, wanted: OtherPart, by: int | None) -> Settled:
    """A payout arrived, a slip was credited, an entry is shown, or an account takes the sum."""
    if wanted.payout_id is not None:
        return _payout(line, wanted, wanted.payout_id)
    if wanted.deposit_id is not None:
        return _deposit(line, wanted, wanted.deposit_id, by)
    if wanted.entry_id is not None:
        if wanted.entry_id not in {row.id for row in entries_of_sum(line)}:
            raise MatchRefused(ONCE_ONLY)
        part = BankPart(amount_minor=wanted.amount.minor, entry_id=wanted.entry_id)
        return Settled(part, put_in_place)
    if wanted.account not in NOT_GIFTS:
        raise MatchRefused(WRONG_ACCOUNT)
    account = wanted.account
    draft = entry_for_line_on_account(
        account,
        wanted.amount,
        line.booked_on,
        line.ref,
        all_accounts(),
        bank=line.account.ledger_code,
    )
    part = BankPart(amount_minor=wanted.amount.minor, account=account)
    return Settled(part, lambda kept: _post(_source(kept), draft))


def _payout(line: BankLine, wanted: OtherPart, payout_id: str) -> Settled:
    payout = db.session.get_one(Payout, payout_id)
    if payout.amount != wanted.amount:
        raise DoesNotAddUp
    draft = entry_for_payout_arrival(
        payout.id, payout.amount, line.booked_on, bank=line.account.ledger_code
    )
    part = BankPart(amount_minor=wanted.amount.minor, payout_id=payout.id)
    return Settled(part, lambda kept: _post(_source(kept), draft))


def _deposit(line: BankLine, wanted: OtherPart, deposit_id: int, by: int | None) -> Settled:
    if db.session.get_one(Deposit, deposit_id).amount != wanted.amount:
        raise DoesNotAddUp
    deposits.deposit_credited(deposit_id, line.booked_on, line.ref, by=by)
    return Settled(BankPart(amount_minor=wanted.amount.minor, deposit_id=deposit_id))


def parts_of_collection(line: BankLine, collection_id: int, by: int | None) -> list[Settled]:
    """The gifts of a file of our own debits, settled now that the account is credited."""
    here = direct_debits.is_with_the_bank(collection_id)
    try:
        collection = direct_debits.collection_credited(
            collection_id, line.booked_on, by=by, statement_line_ref=line.ref
        )
    except direct_debits.NotYetDebited as refusal:
        raise MatchRefused(NOT_YET_DEBITED) from refusal
    except direct_debits.NotInThatState as refusal:
        raise TakenByAnother from refusal
    gifts = _gifts_of(collection)
    if total([gift.amount for gift in gifts]) != line.amount:
        raise DoesNotAddUp
    return [
        Settled(
            BankPart(amount_minor=gift.amount_minor, gift_id=gift.id, settled_here=here),
            None if here else put_in_place,
        )
        for gift in gifts
    ]


def _gifts_of(collection: Collection) -> list[Gift]:
    ids = [each.gift_id for each in collection.attempts if each.gift_id is not None]
    return list(db.session.scalars(sa.select(Gift).where(Gift.id.in_(ids)).order_by(Gift.id)))


def give_back(line: BankLine, part: BankPart, reason: str, by: int | None) -> None:
    """Undo what a part did. What was only shown by the line (a recorded gift, an entry) stays."""
    take_back_move(part)
    if part.gift_id is not None:
        _give_back_gift(line, part, part.gift_id, reason, by)
    elif part.deposit_id is not None:
        deposits.deposit_uncredited(part.deposit_id, reason=reason, by=by)
    elif part.payout_id is not None or part.account is not None:
        stands = standing_draft(_source(part))
        if stands is not None:
            _post(f"{_source(part)}:{UNDONE}", stands.reversed(line.booked_on))


def _give_back_gift(
    line: BankLine, part: BankPart, gift_id: int, reason: str, by: int | None
) -> None:
    if not part.settled_here:
        direct_debits.collection_shown_no_longer(line.ref)
    elif db.session.get_one(Gift, gift_id).origin is Origin.DIRECT_DEBIT:
        direct_debits.collection_uncredited(line.ref, reason=reason, by=by)
    else:
        transfers.withdraw_transfer(gift_id, reason=reason, by=by)


def _source(part: BankPart) -> str:
    return f"bank_part:{part.id}"


def _post(source: str, draft: Draft) -> None:
    validate([Posting(source, draft)], current_app.extensions["clock"].now())

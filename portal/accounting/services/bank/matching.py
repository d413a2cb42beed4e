"""Matching a line: once, whoever clicks; into gifts, papers or accounts; and undoing it whole."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import IntegrityError

from portal.accounting.models import BankLine, BankMatch
from portal.accounting.rules.bank import MatchedBy, MatchKind
from portal.accounting.rules.draft import EntryError
from portal.accounting.rules.matching import Proposal
from portal.accounting.services.bank import learning
from portal.accounting.services.bank.errors import (
    AlreadyMatched,
    DoesNotAddUp,
    MatchRefused,
    NotMatched,
    TakenByAnother,
)
from portal.accounting.services.bank.orders import GiftPart, MatchOrder, OtherPart
from portal.accounting.services.bank.parts import (
    Settled,
    give_back,
    parts_of_collection,
    settle_gift,
    settle_other,
)
from portal.core import audit
from portal.core.db import db, transaction, violated
from portal.core.money import Money, total
from portal.donations.codes import PurposeKind
from portal.donations.events import ChangeRefused
from portal.donations.models import Gift
from portal.donations.rules.deposit import CreditedBefore
from portal.donations.services.deposits import AlreadyCredited
from portal.programmes.codes import Programme


def match_line(
    line_id: int,
    order: MatchOrder,
    *,
    by: int | None,
    matched_by: MatchedBy = MatchedBy.PERSON,
    rule_id: int | None = None,
) -> BankMatch:
    """Say what a line is, and do what follows: gifts are made, entries posted, slips credited.

    Two who match one line at once: the second raises AlreadyMatched. Raises DoesNotAddUp,
    TakenByAnother, MatchRefused (with its reason).
    """
    try:
        with transaction() as session:
            line = _locked(line_id)
            _waits(line)
            match = BankMatch(
                line_id=line.id,
                kind=order.kind,
                matched_by=matched_by,
                rule_id=rule_id,
                made_at=current_app.extensions["clock"].now(),
                made_by=by,
                note=order.note,
            )
            session.add(match)
            session.flush()
            _settle(line, match, order, by)
            if order.learn:
                learning.learn(line, order, by=by)
            audit.record("bank.matched", f"bank_line:{line.ref}", after=_told(order), actor_id=by)
            return match
    except IntegrityError as error:
        raise _words_for(error) from error
    except ChangeRefused as refusal:
        raise MatchRefused(refusal.reason) from refusal
    except (AlreadyCredited, CreditedBefore) as refusal:
        raise TakenByAnother from refusal
    except EntryError as refusal:
        raise MatchRefused(str(refusal)) from refusal


def _locked(line_id: int) -> BankLine:
    return db.session.get_one(
        BankLine, line_id, with_for_update={"of": BankLine}, populate_existing=True
    )


def _waits(line: BankLine) -> None:
    live = sa.select(BankMatch.id).where(BankMatch.line_id == line.id, BankMatch.live)
    if db.session.scalar(live) is not None:
        raise AlreadyMatched


def _settle(line: BankLine, match: BankMatch, order: MatchOrder, by: int | None) -> None:
    if order.collection_id is not None:
        made = parts_of_collection(line, order.collection_id, by)
    else:
        if total([part.amount for part in order.parts]) != line.amount or not order.parts:
            raise DoesNotAddUp
        thank = order.thank and match.matched_by is not MatchedBy.PAPER
        made = [
            settle_gift(line, part, thank, by)
            if isinstance(part, GiftPart)
            else settle_other(line, part, by)
            for part in order.parts
        ]
    for each in made:
        _keep(match, each)


def _keep(match: BankMatch, settled: Settled) -> None:
    part = settled.part
    part.match_id = match.id
    db.session.add(part)
    db.session.flush()
    if settled.then is not None:
        settled.then(part)


_ONE_EACH = (
    "uq_bank_part_gift",
    "uq_bank_part_deposit",
    "uq_bank_part_payout",
    "uq_bank_part_entry",
)


def _words_for(error: IntegrityError) -> Exception:
    name = violated(error)
    if name == "uq_bank_match_line":
        return AlreadyMatched()
    return TakenByAnother() if name in _ONE_EACH else error


def undo_match(match_id: int, *, reason: str, by: int | None) -> BankLine:
    """The line was something else: what followed is undone, and the line waits again.

    A gift made of it never was; a rule that was learned here ends. Raises NotMatched, MatchRefused
    (a gift stands on a receipt) and then nothing is undone.
    """
    try:
        with transaction() as session:
            match = session.get_one(BankMatch, match_id)
            line = _locked(match.line_id)
            session.refresh(match)
            if not match.live:
                raise NotMatched
            match.live = False
            match.undone_at = current_app.extensions["clock"].now()
            match.undone_by, match.undone_because = by, reason
            for part in match.parts:
                part.live = False
            session.flush()
            for part in match.parts:
                give_back(line, part, reason, by)
            learning.unlearn(line, by=by)
            audit.record(
                "bank.undone", f"bank_line:{line.ref}", before={"kind": match.kind}, note=reason, actor_id=by,
            )  # fmt: skip
            return line
    except ChangeRefused as refusal:
        raise MatchRefused(refusal.reason) from refusal


def order_of(line: BankLine, proposal: Proposal, *, learn: bool = False) -> MatchOrder:
    """What accepting a proposal as it is asks for."""
    if proposal.target.startswith("collection:"):
        collection = int(proposal.target.partition(":")[2])
        return MatchOrder(kind=MatchKind.GIFT, collection_id=collection)
    if proposal.kind is MatchKind.GIFT:
        return MatchOrder(kind=proposal.kind, parts=_gift_parts(line, proposal), learn=learn)
    target = {
        MatchKind.PAYOUT: {"payout_id": proposal.target},
        MatchKind.DEPOSIT: {"deposit_id": _id(proposal)},
        MatchKind.ENTRY: {"entry_id": _id(proposal)},
        MatchKind.ACCOUNT: {"account": proposal.target},
    }[proposal.kind]
    part = OtherPart(amount=line.amount, **target)  # type: ignore[arg-type]
    return MatchOrder(kind=proposal.kind, parts=(part,), learn=learn)


def _id(proposal: Proposal) -> int | None:
    return int(proposal.target) if proposal.target.isdigit() else None


def _gift_parts(line: BankLine, proposal: Proposal) -> tuple[GiftPart, ...]:
    if len(proposal.gift_ids) > 1:
        return tuple(
            GiftPart(amount=amount, gift_id=gift_id)
            for gift_id, amount in _amounts(proposal.gift_ids)
        )
    return (
        GiftPart(
            amount=line.amount,
            donor_id=proposal.donor_id,
            purpose=PurposeKind(proposal.purpose or PurposeKind.GENERAL),
            programme=Programme(proposal.programme) if proposal.programme else None,
            gift_id=next(iter(proposal.gift_ids), None),
            appeal_id=proposal.appeal_id,
        ),
    )


def _amounts(gift_ids: Sequence[int]) -> list[tuple[int, Money]]:
    rows = db.session.execute(
        sa.select(Gift.id, Gift.amount_minor).where(Gift.id.in_(gift_ids)).order_by(Gift.id)
    )
    return [(row.id, Money(row.amount_minor)) for row in rows]


def put_on_account(line_ids: Sequence[int], account: str, *, note: str, by: int) -> tuple[int, int]:
    """Several lines that are no gifts, onto one account; gives how many were put and how many were
    matched by somebody else meanwhile."""
    done = late = 0
    with transaction():
        for line_id in dict.fromkeys(line_ids):
            line = db.session.get_one(BankLine, line_id)
            part = OtherPart(amount=line.amount, account=account)
            order = MatchOrder(kind=MatchKind.ACCOUNT, parts=(part,), note=note)
            try:
                match_line(line_id, order, by=by)
                done += 1
            except AlreadyMatched:
                late += 1
    return done, late


def _told(order: MatchOrder) -> dict[str, object]:
    return {
        "kind": order.kind,
        "parts": [str(part.amount) for part in order.parts],
        "accounts": [part.account for part in order.parts if isinstance(part, OtherPart) and part.account],
        "learned": order.learn,
    }  # fmt: skip

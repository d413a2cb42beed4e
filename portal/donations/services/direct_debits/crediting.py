"""From the bank's file to money on the account, and what undoes a credit that was none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from portal.core import audit
from portal.core.db import db, transaction
from portal.core.i18n_markers import N_
from portal.core.money import Money, total
from portal.donations import events
from portal.donations.codes import GiftMode
from portal.donations.events import ChangeRefused
from portal.donations.models import (
    Collection,
    CollectionAttempt,
    CollectionState,
    Gift,
    Origin,
    Plan,
)
from portal.donations.rules.direct_debit import AttemptState, InstalmentState
from portal.donations.rules.gift import GiftState
from portal.donations.services import thanks, transfers
from portal.donations.services.direct_debits.collecting import NotInThatState, locked
from portal.donations.services.direct_debits.plans_credited import plan_credited, plan_uncredited
from portal.donations.services.giving import new_ref
from portal.donations.services.provider import now

CAME_BACK_SINCE = N_("A debit of this file came back since: what came in stays in the books.")


class NotYetDebited(Exception):
    """The bank debits on a later day: no account was credited before."""


def collection_credited(
    collection_id: int, on: dt.date, *, by: int | None, statement_line_ref: str = ""
) -> Collection:
    """The account was credited: each debit the bank did not refuse is a gift of that day.

    The day the account is credited decides the tax year (BOI-IR-RICI-250-20, § 30). Told twice by
    the same line it is one, and a line may show what was noted by hand. Raises NotInThatState, NotYetDebited.
    """
    with transaction():
        collection = locked(collection_id, CollectionState.SENT, CollectionState.CREDITED)
        if collection.state is CollectionState.CREDITED:
            if collection.statement_line_ref in (statement_line_ref, ""):
                collection.statement_line_ref = statement_line_ref  # noted by hand, now shown
                return collection
            raise NotInThatState(collection.message_id)
        if on < collection.collect_on:
            raise NotYetDebited(collection.message_id)
        collection.state, collection.credited_on = CollectionState.CREDITED, on
        collection.statement_line_ref = statement_line_ref
        came = _came(collection.id)
        for attempt in came:
            _settle(attempt, on)
        audit.record(
            "collection.credited",
            f"collection:{collection.message_id}",
            after={"on": on, "debits": len(came), "total": str(amount_of(came))},
            actor_id=by,
        )
        return collection


def _came(collection_id: int) -> Sequence[CollectionAttempt]:
    """The debits of a file the bank did not refuse, locked: a refusal read meanwhile waits or counts."""
    return db.session.scalars(
        sa.select(CollectionAttempt)
        .where(
            CollectionAttempt.collection_id == collection_id,
            CollectionAttempt.state == AttemptState.IN_FILE,
        )
        .order_by(CollectionAttempt.id)
        .with_for_update(of=CollectionAttempt)
        .execution_options(populate_existing=True)
    ).all()


def is_with_the_bank(collection_id: int) -> bool:
    """The file was sent and nothing says yet that its money came; read under its lock."""
    chosen = sa.select(Collection.state).where(Collection.id == collection_id).with_for_update()
    return db.session.scalar(chosen) is CollectionState.SENT


def collections_in_transit() -> list[tuple[Collection, Money]]:
    """Files no line of a statement shows yet, with the sum it should show: the bank has them, or
    their credit was noted by hand."""
    by_hand = sa.and_(
        Collection.state == CollectionState.CREDITED, Collection.statement_line_ref == ""
    )
    waiting = sa.select(Collection).where(sa.or_(Collection.state == CollectionState.SENT, by_hand))
    found = db.session.scalars(waiting.order_by(Collection.collect_on, Collection.id)).all()
    return [(each, standing_total(each)) for each in found]


def collection_uncredited(statement_line_ref: str, *, reason: str, by: int | None) -> None:
    """The line that credited the file was another one's: its gifts never came, the bank still has it,
    a plan that began or recovered by it is what it was before.

    Told again it changes nothing. Raises ChangeRefused, with its reason for the reader, when a debit
    came back since or a gift stands on a receipt.
    """
    with transaction() as session:
        chosen = sa.select(Collection).where(Collection.statement_line_ref == statement_line_ref)
        collection = session.scalar(chosen.with_for_update())
        if collection is None:
            return
        attempts, was = _standing_attempts(collection.id), collection.credited_on
        collection.state, collection.credited_on = CollectionState.SENT, None
        collection.statement_line_ref = ""
        for attempt in attempts:
            _unsettle(attempt, reason, by)
            attempt.mandate.last_collected_on = _last_collected(attempt, was)
            if was is not None:
                plan_uncredited(attempt, was)
        audit.record(
            "collection.uncredited",
            f"collection:{collection.message_id}",
            note=reason,
            actor_id=by,
        )
        session.flush()


def _standing_attempts(collection_id: int) -> Sequence[CollectionAttempt]:
    attempts = db.session.scalars(
        sa.select(CollectionAttempt)
        .where(CollectionAttempt.collection_id == collection_id)
        .order_by(CollectionAttempt.id)
        .with_for_update(of=CollectionAttempt)
        .execution_options(populate_existing=True)
    ).all()
    if any(attempt.state is AttemptState.RETURNED for attempt in attempts):
        raise ChangeRefused(CAME_BACK_SINCE)
    return [attempt for attempt in attempts if attempt.state is AttemptState.CREDITED]


def _unsettle(attempt: CollectionAttempt, reason: str, by: int | None) -> None:
    gift_id = attempt.gift_id
    attempt.state, attempt.gift_id = AttemptState.IN_FILE, None
    attempt.instalment.state, attempt.instalment.gift_id = InstalmentState.COLLECTING, None
    db.session.flush()
    if gift_id is not None:
        transfers.withdraw_transfer(gift_id, reason=reason, by=by)


def _last_collected(attempt: CollectionAttempt, was: dt.date | None) -> dt.date | None:
    """The day this mandate was last used: here, else before it came here, which began its plan."""
    here = db.session.scalar(
        sa.select(sa.func.max(Collection.credited_on))
        .join(CollectionAttempt, CollectionAttempt.collection_id == Collection.id)
        .where(
            CollectionAttempt.mandate_id == attempt.mandate_id,
            CollectionAttempt.state.in_((AttemptState.CREDITED, AttemptState.RETURNED)),
        )
    )
    began = attempt.mandate.plan.started_on
    return here or (began if began != was else None)


def collection_shown_no_longer(statement_line_ref: str) -> None:
    """That line was another one's: the credit stands as if noted by hand, until its line shows it."""
    with transaction() as session:
        session.execute(
            sa.update(Collection)
            .where(Collection.statement_line_ref == statement_line_ref)
            .values(statement_line_ref="")
        )


def amount_of(attempts: Sequence[CollectionAttempt]) -> Money:
    """What these debits come to."""
    return total([attempt.amount for attempt in attempts])


def standing_total(collection: Collection) -> Money:
    """What of a file was not refused."""
    refused = (AttemptState.REJECTED, AttemptState.WITHDRAWN)
    return amount_of([each for each in collection.attempts if each.state not in refused])


def _settle(attempt: CollectionAttempt, on: dt.date) -> None:
    instalment = attempt.instalment
    plan = db.session.get_one(Plan, instalment.plan_id, with_for_update={"of": Plan})
    gift = Gift(
        ref=new_ref(),
        donor_id=plan.donor_id,
        plan_id=plan.id,
        origin=Origin.DIRECT_DEBIT,
        state=GiftState.SETTLED,
        amount_minor=attempt.amount_minor,
        purpose=plan.purpose,
        programme=plan.programme,
        language=plan.language,
        mode=GiftMode.SEPA,
        received_on=on,
        tax_on=on,
        settled_at=now(),
        deposit_ref=attempt.collection.message_id,
    )
    db.session.add(gift)
    db.session.flush()
    instalment.gift_id, instalment.state = gift.id, InstalmentState.COLLECTED
    attempt.gift_id, attempt.state = gift.id, AttemptState.CREDITED
    attempt.mandate.last_collected_on = on
    db.session.flush()
    events.gift_settled.send(gift)
    thanks.say_thanks(gift)
    plan_credited(plan, attempt, gift)

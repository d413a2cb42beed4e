"""From announced debits to the bank's file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from portal.core import audit, documents
from portal.core.db import db, transaction
from portal.core.money import Money, total
from portal.donations.models import (
    Collection,
    CollectionAttempt,
    CollectionState,
    Instalment,
    Mandate,
    MandateState,
    Plan,
    PlanState,
)
from portal.donations.rules.direct_debit import (
    AttemptState,
    InstalmentState,
    earliest_collection,
    lapses_on,
)
from portal.donations.rules.pain008 import Debit, SequenceType, write_collection
from portal.donations.services.direct_debits.creditor import creditor
from portal.donations.services.direct_debits.mandates import iban_of
from portal.donations.services.provider import now, today

RUNNING = (PlanState.PENDING, PlanState.ACTIVE, PlanState.PAST_DUE)


class NothingToCollect(Exception):
    """No announced debit may be collected on that day."""


class TooSoon(Exception):
    """The bank would not have the file in time; ``earliest`` is the first day possible."""

    def __init__(self, earliest: dt.date) -> None:
        super().__init__(earliest.isoformat())
        self.earliest = earliest


class NotInThatState(Exception):
    """The file was sent, credited or withdrawn meanwhile."""


@dataclass(frozen=True, slots=True)
class Due:
    """An announced debit, and the mandate that allows it."""

    instalment: Instalment
    mandate: Mandate


def to_collect(on: dt.date, *, lock: bool = False) -> list[Due]:
    """What may be collected on that day: announced in time, under a live mandate of a running plan.

    ``lock``: nobody changes, puts off or ends these debits before the caller's transaction is over.
    """
    chosen = (
        sa.select(Instalment, Mandate)
        .join(Mandate, Mandate.plan_id == Instalment.plan_id)
        .join(Plan, Plan.id == Instalment.plan_id)
        .where(
            Instalment.state == InstalmentState.ANNOUNCED,
            Instalment.announced_for <= on,
            Mandate.state == MandateState.ACTIVE,
            Plan.state.in_(RUNNING),
        )
        .order_by(Instalment.due_on, Instalment.id)
    )
    if lock:
        chosen = chosen.with_for_update(of=Instalment).execution_options(populate_existing=True)
    found = [Due(instalment, mandate) for instalment, mandate in db.session.execute(chosen)]
    return [
        each
        for each in found
        if lapses_on(each.mandate.signed_on, each.mandate.last_collected_on) > on
    ]


def make_collection(on: dt.date, *, by: int, form_token: str) -> Collection:
    """The bank's file for that day, stored; what stands in it is in no other one.

    A form sent twice is one file. Raises TooSoon, NothingToCollect, NoCreditor.
    """
    with transaction() as session:
        _one_at_a_time()
        known = session.scalar(sa.select(Collection).where(Collection.form_token == form_token))
        if known is not None:
            return known
        soonest = earliest_collection(today(), dt.date.min, 1)
        if on < soonest:
            raise TooSoon(soonest)
        chosen = to_collect(on, lock=True)
        if not chosen:
            raise NothingToCollect(on.isoformat())
        return _made(on, chosen, by, form_token)


def _made(on: dt.date, chosen: Sequence[Due], by: int, form_token: str) -> Collection:
    message_id = f"PSE-{on:%Y%m%d}-{_next(on):02d}"
    debits = [_debit(each) for each in chosen]
    content = write_collection(message_id, now(), on, creditor(), debits)
    paper = documents.store("collection", f"{message_id}.xml", "application/xml", content)
    made = Collection(
        message_id=message_id,
        collect_on=on,
        total_minor=sum(debit.amount_minor for debit in debits),
        debits=len(debits),
        made_by=by,
        document_id=paper.id,
        form_token=form_token,
    )
    db.session.add(made)
    db.session.flush()
    for due, debit in zip(chosen, debits, strict=True):
        due.instalment.state = InstalmentState.COLLECTING
        db.session.add(
            CollectionAttempt(
                collection_id=made.id,
                instalment_id=due.instalment.id,
                mandate_id=due.mandate.id,
                end_to_end=debit.end_to_end,
                sequence=debit.sequence,
                amount_minor=debit.amount_minor,
            )
        )
    db.session.flush()
    audit.record(
        "collection.made",
        f"collection:{message_id}",
        after={"debits": len(debits), "total": str(made.total), "sha256": paper.sha256},
        actor_id=by,
    )
    return made


def _debit(due: Due) -> Debit:
    instalment, mandate = due.instalment, due.mandate
    tries = sa.select(sa.func.count(CollectionAttempt.id)).where(
        CollectionAttempt.instalment_id == instalment.id
    )
    number = int(db.session.scalar(tries) or 0) + 1
    sequence: SequenceType = "RCUR" if mandate.last_collected_on else "FRST"
    return Debit(
        end_to_end=f"PSE-{instalment.id}-{number}",
        amount_minor=instalment.amount_minor,
        rum=mandate.rum,
        signed_on=mandate.signed_on,
        holder=mandate.holder,
        iban=iban_of(mandate),
        bic=mandate.bic,
        sequence=sequence,
        text=f"Don du {instalment.due_on:%d/%m/%Y} {mandate.rum}",
    )


def collection_sent(collection_id: int, *, by: int) -> Collection:
    """The file is with the bank. Raises NotInThatState."""
    with transaction():
        collection = locked(collection_id, CollectionState.MADE)
        collection.state, collection.sent_at = CollectionState.SENT, now()
        audit.record("collection.sent", f"collection:{collection.message_id}", actor_id=by)
        return collection


def withdraw_collection(collection_id: int, *, reason: str, by: int) -> Collection:
    """A file that never went to the bank: its debits may stand in another. Raises NotInThatState."""
    with transaction():
        collection = locked(collection_id, CollectionState.MADE)
        collection.state = CollectionState.WITHDRAWN
        for attempt in collection.attempts:
            attempt.state = AttemptState.WITHDRAWN
            attempt.instalment.state = _after_all(attempt.instalment)
        audit.record(
            "collection.withdrawn", f"collection:{collection.message_id}", note=reason, actor_id=by
        )
        db.session.flush()
        return collection


def _after_all(instalment: Instalment) -> InstalmentState:
    """What a debit is that was in no file in the end: announced, unless its plan has a pause or an end."""
    plan = db.session.get_one(Plan, instalment.plan_id, with_for_update={"of": Plan})
    paused = plan.paused_until is not None and instalment.due_on < plan.paused_until
    over = plan.state in (PlanState.ENDED, PlanState.ABANDONED)
    return InstalmentState.CANCELLED if paused or over else InstalmentState.ANNOUNCED


def amount_of_due(due: Sequence[Due]) -> Money:
    """What these announced debits come to."""
    return total([each.instalment.amount for each in due])


def _next(on: dt.date) -> int:
    made = sa.select(sa.func.count(Collection.id)).where(Collection.collect_on == on)
    return int(db.session.scalar(made) or 0) + 1


def _one_at_a_time() -> None:
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext("collections"))))


def locked(collection_id: int, *states: CollectionState) -> Collection:
    """The file, locked, in one of these states. Raises NotInThatState."""
    found = db.session.get_one(
        Collection, collection_id, with_for_update={"of": Collection}, populate_existing=True
    )
    if found.state not in states:
        raise NotInThatState(found.message_id)
    return found

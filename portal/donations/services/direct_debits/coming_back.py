"""Debits that come back: refused before they were paid, or taken back weeks later.

A return is read by the debit's own name (end-to-end id); read twice it is one. What follows is for a
person to decide, except that a mandate the donor's bank does not accept any more is never used again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.core import audit, documents
from portal.core.db import db, transaction, violated
from portal.core.i18n_markers import N_
from portal.donations import events
from portal.donations.models import (
    BankStatus,
    Collection,
    CollectionAttempt,
    CollectionState,
    Gift,
    Instalment,
    MandateState,
    Plan,
    PlanState,
)
from portal.donations.rules.direct_debit import (
    TRIES,
    AttemptState,
    InstalmentState,
    Remedy,
    ReturnReason,
    reason_of,
)
from portal.donations.rules.gift import GiftFact, next_state
from portal.donations.rules.pain002 import Refusal, StatusFileError, StatusReport, read_status
from portal.donations.services.direct_debits import letters
from portal.donations.services.entry import pays_no_longer
from portal.donations.services.provider import today

LIVE = (AttemptState.IN_FILE, AttemptState.CREDITED)


class NotBack(Exception):
    """The due date did not come back, or somebody dealt with it."""


class TriedEnough(Exception):
    """It was tried as often as it may be."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a bank's file led to: how many debits came back, which names nobody here knows."""

    status: BankStatus
    seen_before: bool = False


def read_bank_status(filename: str, content: bytes, *, on: dt.date, by: int) -> Outcome:
    """Take a pain.002 file in, wholly or not at all; the same file again changes nothing, also when
    two people hand it in at the same instant.

    Raises StatusFileError.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    known = _read_before(sha256)
    if known is not None:
        return Outcome(known, seen_before=True)
    try:
        return Outcome(_read_now(filename, content, sha256, on=on, by=by))
    except IntegrityError as error:
        known = _read_before(sha256) if violated(error) == "uq_bank_status_sha256" else None
        if known is None:
            raise
        return Outcome(known, seen_before=True)


def _read_before(sha256: str) -> BankStatus | None:
    return db.session.scalar(sa.select(BankStatus).where(BankStatus.sha256 == sha256))


def _read_now(filename: str, content: bytes, sha256: str, *, on: dt.date, by: int) -> BankStatus:
    report = read_status(content)
    with transaction():
        refusals = _refusals(report)
        unknown = [each.end_to_end for each in refusals if not _come_back(each, on)]
        paper = documents.store("bank_status", filename, "application/xml", content)
        status = BankStatus(
            document_id=paper.id,
            sha256=sha256,
            refused=len(refusals) - len(unknown),
            unknown=unknown,
            read_by=by,
        )
        db.session.add(status)
        db.session.flush()
        audit.record(
            "bank_status.read",
            f"bank_status:{status.public_id}",
            after={"file": filename, "refused": status.refused, "unknown": unknown},
            actor_id=by,
        )
        return status


def debit_came_back(end_to_end: str, code: str, *, on: dt.date, by: int, text: str = "") -> bool:
    """One debit came back, by letter or by a line of the statement; False when nobody knows it."""
    with transaction():
        known = _come_back(Refusal(end_to_end, code, text), on)
        if known:
            audit.record(
                "debit.came_back",
                f"debit:{end_to_end}",
                after={"reason": code, "on": on},
                note=text,
                actor_id=by,
            )
        return known


def try_again(instalment_id: int, *, by: int) -> Instalment:
    """Announce it and collect it once more. Raises NotBack, TriedEnough."""
    with transaction():
        instalment = _back(instalment_id)
        tries = sa.select(sa.func.count(CollectionAttempt.id)).where(
            CollectionAttempt.instalment_id == instalment.id,
            CollectionAttempt.state != AttemptState.WITHDRAWN,
        )
        if int(db.session.scalar(tries) or 0) >= TRIES:
            raise TriedEnough(str(instalment.id))
        instalment.state = InstalmentState.PLANNED
        instalment.announced_on = instalment.announced_for = None
        audit.record("debit.try_again", f"instalment:{instalment.id}", actor_id=by)
        db.session.flush()
        return instalment


def give_up(instalment_id: int, *, reason: str, by: int) -> Instalment:
    """It is not asked for any more; the plan goes on with the next due date. Raises NotBack."""
    with transaction():
        instalment = _back(instalment_id)
        instalment.state = InstalmentState.GIVEN_UP
        audit.record("debit.given_up", f"instalment:{instalment.id}", note=reason, actor_id=by)
        db.session.flush()
        plan = db.session.get_one(Plan, instalment.plan_id, with_for_update={"of": Plan})
        if plan.state is PlanState.PAST_DUE and not _others_back(plan.id):
            plan.state = PlanState.ACTIVE if plan.started_on else PlanState.PENDING
            db.session.flush()
            if plan.started_on:
                events.plan_recovered.send(plan, plan=plan, on=today())
        return instalment


def _refusals(report: StatusReport) -> list[Refusal]:
    """Every debit the file refuses: by name, by block, or all of the file it answers."""
    found = list(report.refusals)
    named = {each.end_to_end for each in found}
    for attempt, code in _refused_as_a_whole(report):
        if attempt.end_to_end not in named:
            found.append(Refusal(attempt.end_to_end, code))
    return found


def _refused_as_a_whole(report: StatusReport) -> list[tuple[CollectionAttempt, str]]:
    collection = db.session.scalar(
        sa.select(Collection).where(Collection.message_id == report.about_message)
    )
    if collection is None:
        if report.all_refused or report.blocks:
            raise StatusFileError(N_("it refuses a file we do not know"))
        return []
    if report.all_refused:
        return [(each, report.code) for each in collection.attempts]
    codes = {block.removeprefix(f"{collection.message_id}-"): code for block, code in report.blocks}
    return [(each, codes[each.sequence]) for each in collection.attempts if each.sequence in codes]


def _come_back(refusal: Refusal, on: dt.date) -> bool:
    attempt = db.session.scalars(
        sa.select(CollectionAttempt)
        .where(CollectionAttempt.end_to_end == refusal.end_to_end)
        .with_for_update(of=CollectionAttempt)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if attempt is None:
        return False
    if attempt.state not in LIVE:
        return True
    reason = reason_of(refusal.code)
    collected = attempt.state is AttemptState.CREDITED
    attempt.state = AttemptState.RETURNED if collected else AttemptState.REJECTED
    attempt.reason, attempt.reason_text, attempt.back_on = reason.code, refusal.text, on
    instalment = attempt.instalment
    instalment.state, instalment.gift_id = InstalmentState.RETURNED, None
    if attempt.collection.state is CollectionState.MADE:
        attempt.collection.state = CollectionState.SENT  # the bank answers: it has the file
    db.session.flush()
    if collected and attempt.gift is not None:
        _bounced(attempt.gift, on, reason)
    _plan_is_behind(attempt, reason)
    letters.say_debit_came_back(attempt, reason, on, collected=collected)
    return True


def _bounced(gift: Gift, on: dt.date, reason: ReturnReason) -> None:
    locked = db.session.get_one(Gift, gift.id, with_for_update={"of": Gift}, populate_existing=True)
    locked.state = next_state(locked.state, GiftFact.BOUNCED)
    db.session.flush()
    events.gift_bounced.send(locked, on=on, reason=reason.code)
    pays_no_longer(locked, on)


def _plan_is_behind(attempt: CollectionAttempt, reason: ReturnReason) -> None:
    plan = db.session.get_one(Plan, attempt.instalment.plan_id, with_for_update={"of": Plan})
    if reason.remedy is Remedy.MANDATE_OVER and attempt.mandate.state is MandateState.ACTIVE:
        attempt.mandate.state = MandateState.SUSPENDED
    if plan.state is PlanState.ACTIVE:
        plan.state = PlanState.PAST_DUE
        db.session.flush()
        events.plan_past_due.send(plan, plan=plan, on=today())
    db.session.flush()


def _back(instalment_id: int) -> Instalment:
    found = db.session.get(
        Instalment, instalment_id, with_for_update={"of": Instalment}, populate_existing=True
    )
    if found is None or found.state is not InstalmentState.RETURNED:
        raise NotBack(str(instalment_id))
    return found


def _others_back(plan_id: int) -> bool:
    back = sa.select(Instalment.id).where(
        Instalment.plan_id == plan_id, Instalment.state == InstalmentState.RETURNED
    )
    return db.session.scalar(back.limit(1)) is not None

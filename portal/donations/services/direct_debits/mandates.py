"""Mandates: kept, replaced by another account's, ended. None is ever overwritten."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Donor
from portal.core import audit, documents, sealing
from portal.core.db import db, transaction, violated
from portal.core.money import Money
from portal.donations import events
from portal.donations.codes import PurposeKind
from portal.donations.models import (
    Collector,
    Instalment,
    Mandate,
    MandateState,
    Plan,
    PlanInterval,
    PlanState,
)
from portal.donations.rules.amounts import Rhythm, check_amount
from portal.donations.rules.direct_debit import (
    NOTICE_DAYS,
    InstalmentState,
    MandateError,
    good_iban,
    good_rum,
    rum_of,
)
from portal.donations.rules.proof import media_type_of
from portal.donations.services.direct_debits.creditor import creditor
from portal.donations.services.proofs import Proof
from portal.donations.services.provider import today
from portal.programmes.codes import Programme

IBAN_PURPOSE = "mandate.iban"
LIVE = (MandateState.ACTIVE, MandateState.SUSPENDED)


class MandateOver(Exception):
    """The mandate was ended or replaced before."""


class RumTaken(Exception):
    """Another mandate has this reference already."""


@dataclass(frozen=True, slots=True)
class Account:
    """The account to debit, and when its holder signed."""

    holder: str
    iban: str
    signed_on: dt.date
    bic: str = ""
    rum: str = ""
    notice_days: int = NOTICE_DAYS
    paper: Proof | None = None
    """The signed mandate, scanned (PDF or JPEG)."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What the donor promised; ``last_collected_on`` of a mandate that was debited before it came here."""

    amount: Money
    interval: PlanInterval
    first_due_on: dt.date
    purpose: PurposeKind = PurposeKind.SPONSORSHIP
    programme: Programme | None = None
    last_collected_on: dt.date | None = None


def register_mandate(
    donor_id: int, promise: Promise, account: Account, *, by: int, form_token: str
) -> Mandate:
    """A plan the association collects itself, with the mandate that allows it; a form sent twice is one.

    Raises MandateError, AmountError, RumTaken, NoCreditor.
    """
    if (known := _of_form(form_token)) is not None:
        return known
    check_amount(promise.amount, Rhythm.of_interval(str(promise.interval)))
    try:
        with transaction():
            donor = db.session.get_one(Donor, donor_id)
            plan = _plan(donor, promise)
            mandate = _keep(donor, plan, account, promise.first_due_on, form_token)
            mandate.last_collected_on = promise.last_collected_on
            db.session.flush()
            audit.record(
                "mandate.registered",
                f"mandate:{mandate.rum}",
                after={"donor": donor.ref, "amount": str(plan.amount), "iban": mandate.iban_last4},
                actor_id=by,
            )
            if promise.last_collected_on is not None:
                _takes_over(plan, promise.last_collected_on)
        return mandate
    except IntegrityError as error:
        raise _meant(error) from error


def replace_mandate(mandate_id: int, account: Account, *, by: int, form_token: str) -> Mandate:
    """The donor has another account: a new mandate takes the place of the old one, which is kept.

    Raises MandateOver, MandateError, RumTaken, NoCreditor.
    """
    if (known := _of_form(form_token)) is not None:
        return known
    try:
        with transaction():
            old = _locked(mandate_id)
            old.state, old.ended_on = MandateState.REPLACED, today()
            old.end_reason = "replaced"
            db.session.flush()
            new = _keep(old.donor, old.plan, account, old.first_due_on, form_token)
            new.replaces_id, new.notice_days = old.id, account.notice_days
            _announce_anew(old.plan_id)
            db.session.flush()
            audit.record(
                "mandate.replaced",
                f"mandate:{old.rum}",
                before={"iban": old.iban_last4},
                after={"rum": new.rum, "iban": new.iban_last4},
                actor_id=by,
            )
        return new
    except IntegrityError as error:
        raise _meant(error) from error


def end_mandate(mandate_id: int, *, reason: str, by: int | None) -> Mandate:
    """No debit more: the mandate and its plan are over, what was to come is cancelled.

    What stands in a file that is made or sent runs its course. Raises MandateOver.
    """
    with transaction():
        mandate = _locked(mandate_id)
        mandate.state, mandate.ended_on = MandateState.REVOKED, today()
        mandate.end_reason = reason
        cancel_what_is_to_come(mandate.plan_id)
        plan = db.session.get_one(Plan, mandate.plan_id, with_for_update={"of": Plan})
        begun = plan.started_on is not None
        plan.state = PlanState.ENDED if begun else PlanState.ABANDONED
        plan.next_debit_on = plan.paused_until = None
        plan.ended_on = today() if begun else None
        plan.stop_reason = reason
        db.session.flush()
        audit.record("mandate.ended", f"mandate:{mandate.rum}", note=reason, actor_id=by)
        if begun:
            events.plan_ended.send(plan, plan=plan, on=plan.ended_on)
        return mandate


def cancel_what_is_to_come(plan_id: int, *, before: dt.date | None = None) -> None:
    """Due dates nothing was collected for yet (before that day, when one is given) are cancelled."""
    coming = sa.update(Instalment).where(
        Instalment.plan_id == plan_id,
        Instalment.state.in_((InstalmentState.PLANNED, InstalmentState.ANNOUNCED)),
    )
    if before is not None:
        coming = coming.where(Instalment.due_on < before)
    db.session.execute(coming.values(state=InstalmentState.CANCELLED))


def _announce_anew(plan_id: int) -> None:
    """What was announced named the old account: it is announced again."""
    db.session.execute(
        sa.update(Instalment)
        .where(Instalment.plan_id == plan_id, Instalment.state == InstalmentState.ANNOUNCED)
        .values(state=InstalmentState.PLANNED, announced_on=None, announced_for=None)
    )


def iban_of(mandate: Mandate) -> str:
    """The whole IBAN, for the bank's file only."""
    return sealing.unseal(mandate.iban_sealed, IBAN_PURPOSE)


def _plan(donor: Donor, promise: Promise) -> Plan:
    plan = Plan(
        donor_id=donor.id,
        purpose=promise.purpose,
        programme=promise.programme,
        amount_minor=promise.amount.minor,
        currency=promise.amount.currency,
        interval=promise.interval,
        collector=Collector.DIRECT_DEBIT,
        language=donor.language,
        state=PlanState.PENDING,
        next_debit_on=promise.first_due_on,
    )
    db.session.add(plan)
    db.session.flush()
    return plan


def _takes_over(plan: Plan, last: dt.date) -> None:
    plan.state, plan.started_on = PlanState.ACTIVE, last
    db.session.flush()
    events.plan_activated.send(plan, plan=plan, on=last)


def _keep(
    donor: Donor, plan: Plan, account: Account, first_due_on: dt.date, form_token: str
) -> Mandate:
    if account.signed_on > today():
        raise MandateError("signed_on", "a mandate is signed before it is used")
    iban = good_iban(account.iban)
    rum = good_rum(account.rum) if account.rum.strip() else rum_of(donor.ref, _next(donor.id))
    mandate = Mandate(
        donor_id=donor.id,
        plan_id=plan.id,
        creditor_id=creditor().creditor_id,
        rum=rum,
        holder=account.holder.strip() or donor.name,
        iban_sealed=sealing.seal(iban, IBAN_PURPOSE),
        iban_fingerprint=sealing.fingerprint(iban, IBAN_PURPOSE),
        iban_last4=iban[-4:],
        bic=account.bic.strip().upper(),
        signed_on=account.signed_on,
        notice_days=account.notice_days,
        first_due_on=first_due_on,
        document_id=_scan(account.paper),
        form_token=form_token,
    )
    db.session.add(mandate)
    db.session.flush()
    return mandate


def _scan(paper: Proof | None) -> int | None:
    if paper is None:
        return None
    kind = media_type_of(paper.content)
    return documents.store("mandate", paper.filename, kind, paper.content).id


def _next(donor_id: int) -> int:
    made = sa.select(sa.func.count(Mandate.id)).where(Mandate.donor_id == donor_id)
    return int(db.session.scalar(made) or 0) + 1


def _of_form(form_token: str) -> Mandate | None:
    return db.session.scalar(sa.select(Mandate).where(Mandate.form_token == form_token))


def _locked(mandate_id: int) -> Mandate:
    mandate = db.session.get_one(
        Mandate, mandate_id, with_for_update={"of": Mandate}, populate_existing=True
    )
    if mandate.state not in LIVE:
        raise MandateOver(mandate.rum)
    return mandate


def _meant(error: IntegrityError) -> Exception:
    return RumTaken() if violated(error) == "uq_mandate_creditor_id_rum" else error

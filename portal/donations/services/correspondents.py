"""When who pays is not who follows the child: a grandparent gives, a grandchild writes.

The payer's plan, debits and receipts stay the payer's. The other person is invited by mail once the
first payment has come, and gets a place in the queue, a child and the child's pages only after
accepting. Neither sees what is the other's: no amounts there, no child here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.accounts.codes import DonorKind, Language
from portal.accounts.models import Donor
from portal.accounts.rules import DonorDetails, normalised_email
from portal.accounts.services import claim_link, find_or_create_donor
from portal.core import audit, mail
from portal.core.db import db, transaction
from portal.donations import events
from portal.donations.models import Plan, PlanCorrespondent, PlanState
from portal.donations.services.provider import now, settings, today

REMINDED_AFTER = dt.timedelta(days=7)
GOOD_FOR = dt.timedelta(days=60)


class InvitationOver(Exception):
    """The plan has ended, or the invitation was answered already."""


class InvitationTooOld(Exception):
    """The mail is older than two months: another one must be asked for."""


class InvitedAlready(Exception):
    """The invitation went out a moment ago."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who is invited, and when the mail was written whose link was opened."""

    found: PlanCorrespondent
    written_at: dt.datetime

    @property
    def too_old(self) -> bool:
        """Whether the link says yes or no no longer."""
        return now() - self.written_at > GOOD_FOR


@dataclass(frozen=True, slots=True)
class CorrespondentOrder:
    """Who is to follow the child, as the payer says."""

    first_name: str
    last_name: str
    email: str
    relation: str = ""


def add_correspondent(
    plan: Plan, order: CorrespondentOrder, criteria: dict[str, Any], language: Language
) -> None:
    """Write down who shall follow the child; nobody is written to before the plan is paid."""
    db.session.add(
        PlanCorrespondent(
            plan_id=plan.id,
            first_name=order.first_name,
            last_name=order.last_name,
            email=order.email,
            relation=order.relation,
            language=language,
            criteria={name: str(value) for name, value in criteria.items() if value is not None},
        )
    )
    db.session.flush()


def correspondent_of(plan_id: int) -> PlanCorrespondent | None:
    """Who follows, or is to follow, the child of that plan instead of its payer."""
    return db.session.scalar(
        sa.select(PlanCorrespondent).where(PlanCorrespondent.plan_id == plan_id)
    )


def invited(public_id: uuid.UUID, token: str) -> Invitation | None:
    """The invitation behind a mailed link; None unless the token was made for its address."""
    found = db.session.scalar(
        sa.select(PlanCorrespondent).where(PlanCorrespondent.public_id == public_id)
    )
    written = _written_at(token)
    if found is None or written is None:
        return None
    if not hmac.compare_digest(_token(found, written).encode(), token.encode()):
        return None
    return Invitation(found, written)


def invitation_url(found: PlanCorrespondent) -> str:
    """The address in the mail; a corrected e-mail address makes earlier ones worthless."""
    place = f"{settings().public_url}/{found.language}/follow"
    return f"{place}/{found.public_id}/{_token(found, now())}"


def on_plan_activated(_sender: object, *, plan: Plan, **_more: object) -> None:
    """The first payment came: the invitation leaves, in the same transaction."""
    found = correspondent_of(plan.id)
    if found is not None and found.invited_at is None:
        _invite(found)


def send_again(plan_id: int, *, email: str | None = None) -> bool:
    """The payer has the invitation sent once more, to another address when the first was wrong.

    Before the first payment nobody is written to: the address is corrected, and it gives False.
    Raises InvitationOver, InvitedAlready.
    """
    with transaction():
        found = _open(plan_id)
        _not_again_yet(found)
        if email:
            found.email = email
        paid = found.plan.started_on is not None
        if paid:
            _invite(found)
        return paid


def ask_anew(invitation: Invitation) -> None:
    """Who finds the invitation too old has another sent, to the address it was written to.

    Raises InvitationOver, InvitedAlready.
    """
    with transaction():
        found = _open(invitation.found.plan_id)
        _not_again_yet(found)
        _invite(found)


def _not_again_yet(found: PlanCorrespondent) -> None:
    if found.invited_at is not None and now() - found.invited_at < dt.timedelta(hours=1):
        raise InvitedAlready


def remind_correspondents() -> None:
    """A week after an invitation nobody answered, one reminder; never a second."""
    waiting = sa.select(PlanCorrespondent.id).where(
        PlanCorrespondent.invited_at < now() - REMINDED_AFTER,
        PlanCorrespondent.reminded_at.is_(None),
        PlanCorrespondent.confirmed_at.is_(None),
        PlanCorrespondent.declined_at.is_(None),
    )
    for row_id in db.session.scalars(waiting).all():
        with transaction() as session:
            found = session.get_one(PlanCorrespondent, row_id, with_for_update=True)
            found.reminded_at = now()
            if found.plan.state is not PlanState.ENDED:
                _write("follow_reminder", found, "reminder")


def accept_invitation(invitation: Invitation) -> str:
    """Yes: they take their place in the queue; gives the address of their own pages.

    Done twice it changes nothing. Raises InvitationOver, InvitationTooOld.
    """
    found = invitation.found
    with transaction() as session:
        session.refresh(found, with_for_update=True)
        if invitation.too_old:
            raise InvitationTooOld
        if found.confirmed_at is not None and found.donor is not None:
            if normalised_email(found.donor.email) != normalised_email(found.email):
                raise InvitationOver
            return claim_link(found.donor, now())
        if found.declined_at is not None or found.plan.state is PlanState.ENDED:
            raise InvitationOver
        donor = find_or_create_donor(_details(found), now())
        _begin_to_follow(found, donor)
        return claim_link(donor, now())


def decline_invitation(invitation: Invitation) -> None:
    """No: the payer is told, and may follow the child instead.

    Raises InvitationOver, InvitationTooOld.
    """
    found = invitation.found
    with transaction() as session:
        session.refresh(found, with_for_update=True)
        if invitation.too_old:
            raise InvitationTooOld
        if found.confirmed_at is not None:
            raise InvitationOver
        if found.declined_at is None:
            found.declined_at = now()
            _tell_payer(found)


def follow_myself(plan_id: int, *, by: int) -> None:
    """The payer follows the child after all, while nobody else does. Raises InvitationOver."""
    with transaction() as session:
        found = _open(plan_id, declined_too=True)
        plan, criteria = found.plan, dict(found.criteria)
        audit.record("plan.followed_by_payer", f"plan:{plan.public_id}", actor_id=by)
        session.delete(found)
        session.flush()
        events.plan_wished.send(plan, plan=plan, criteria=criteria, on=today())


def _begin_to_follow(found: PlanCorrespondent, donor: Donor) -> None:
    found.confirmed_at, found.donor = now(), donor
    db.session.flush()
    audit.record("plan.followed", f"plan:{found.plan.public_id}", after={"donor": donor.ref})
    events.plan_wished.send(
        found.plan, plan=found.plan, criteria=dict(found.criteria), on=today(), donor=donor
    )


def _details(found: PlanCorrespondent) -> DonorDetails:
    return DonorDetails(
        email=found.email,
        kind=DonorKind.PERSON,
        first_name=found.first_name,
        last_name=found.last_name,
        language=found.language,
    )


def _open(plan_id: int, *, declined_too: bool = False) -> PlanCorrespondent:
    found = db.session.scalar(
        sa.select(PlanCorrespondent).where(PlanCorrespondent.plan_id == plan_id).with_for_update()
    )
    if found is None or found.confirmed_at is not None or found.plan.state is PlanState.ENDED:
        raise InvitationOver
    if found.declined_at is not None and not declined_too:
        raise InvitationOver
    return found


def _invite(found: PlanCorrespondent) -> None:
    found.invited_at = now()
    _write("follow_invitation", found, str(int(found.invited_at.timestamp())))


def _write(name: str, found: PlanCorrespondent, occasion: str) -> None:
    mail.post(
        f"donations/mail/{name}",
        to=found.email,
        language=str(found.language),
        key=f"plan_correspondent:{found.id}:{occasion}",
        found=found,
        payer=found.plan.donor.name,
        follow_url=invitation_url(found),
    )


def _tell_payer(found: PlanCorrespondent) -> None:
    plan = found.plan
    if plan.donor.email:
        mail.post(
            "donations/mail/follow_declined",
            to=plan.donor.email,
            language=str(plan.language),
            key=f"plan_correspondent:{found.id}:declined",
            found=found,
            donor=plan.donor,
            own_url=f"{settings().public_url}/me/plans/{plan.public_id}/correspondent",
        )


def _token(found: PlanCorrespondent, written_at: dt.datetime) -> str:
    """When it was written, and what only we can put beside it: ``6561ac00-…``."""
    key = settings().secret_key.encode()
    second = f"{int(written_at.timestamp()):x}"
    about = f"donations.follow:{found.public_id}:{found.email.lower()}:{second}"
    return f"{second}-{hmac.new(key, about.encode(), hashlib.sha256).hexdigest()[:32]}"


def _written_at(token: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromtimestamp(int(token.partition("-")[0], 16), dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None

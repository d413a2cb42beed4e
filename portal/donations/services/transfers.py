"""Gifts that come by transfer: settled on the day the account was credited, never made twice."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

import sqlalchemy as sa

from portal.accounts.models import Donor
from portal.core import audit
from portal.core.db import db, transaction
from portal.core.money import Money
from portal.donations import events
from portal.donations.codes import GiftMode, PurposeKind
from portal.donations.events import ChangeRefused
from portal.donations.finding import ANONYMOUS_REF
from portal.donations.models import AppealGift, Gift, NoReceipt, Origin
from portal.donations.rules.gift import GiftFact, GiftState, next_state, tax_date
from portal.donations.services import entry, office_mail
from portal.donations.services.imported import facts_of
from portal.donations.services.provider import now, today
from portal.programmes.codes import Programme

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
THANKED_WITHIN = dt.timedelta(days=30)
"""Older lines are history being brought in: nobody is thanked today for last year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """What a line of the statement brought. ``thank``: unless it came long ago.

    ``membership``: a membership fee, ``with_return`` one that bought something (no receipt).
    """

    donor_id: int
    amount: Money
    credited_on: dt.date
    purpose: PurposeKind = PurposeKind.GENERAL
    programme: Programme | None = None
    appeal_id: int | None = None
    thank: bool = True
    membership: bool = False
    with_return: bool = False


def settle_transfer(transfer: Transfer, *, by: int | None) -> Gift:
    """The gift of a transfer, received and told; its tax date is the day the account was credited
    (BOI-IR-RICI-250-20, § 30). Nobody's money is the anonymous donor's, without a receipt."""
    with transaction() as session:
        donor = session.get_one(Donor, transfer.donor_id)
        gift = Gift(
            ref="V" + "".join(secrets.choice(_LETTERS) for _ in range(9)),
            origin=Origin.STATEMENT,
            state=next_state(GiftState.PENDING, GiftFact.SETTLED),
            language=donor.language,
            amount_minor=transfer.amount.minor,
            currency=transfer.amount.currency,
            mode=GiftMode.TRANSFER,
            purpose=transfer.purpose,
            programme=transfer.programme,
            received_on=transfer.credited_on,
            tax_on=tax_date(GiftMode.TRANSFER, credited_at=transfer.credited_on),
            settled_at=now(),
            membership=transfer.membership,
            no_receipt=_without_receipt(transfer, donor),
        )
        gift.donor = donor
        session.add(gift)
        session.flush()
        if transfer.appeal_id is not None:
            session.add(AppealGift(gift_id=gift.id, appeal_id=transfer.appeal_id))
        audit.record(
            "gift.came_by_transfer",
            f"gift:{gift.ref}",
            after={"amount": str(transfer.amount), "credited_on": transfer.credited_on},
            actor_id=by,
        )
        events.gift_settled.send(gift)
        if transfer.thank and today() - transfer.credited_on <= THANKED_WITHIN:
            office_mail.say_thanks(gift)
        return gift


def _without_receipt(transfer: Transfer, donor: Donor) -> NoReceipt | None:
    if donor.ref == ANONYMOUS_REF:
        return NoReceipt.ANONYMOUS
    return NoReceipt.COUNTERPART if transfer.membership and transfer.with_return else None


def withdraw_transfer(gift_id: int, *, reason: str, by: int | None) -> None:
    """The line was something else: the gift made of it never was. The record stays, as failed.

    Raises ChangeRefused, with its reason for the reader, when it stands on a receipt or some of it
    went back.
    """
    with transaction() as session:
        gift = session.get_one(Gift, gift_id, with_for_update={"of": Gift}, populate_existing=True)
        if gift.state is not GiftState.SETTLED or gift.refunded_minor:
            raise ChangeRefused(entry.NOT_STANDING)
        facts = facts_of(gift)
        events.gift_change_requested.send(gift, before=facts, after=facts)
        gift.state = next_state(gift.state, GiftFact.BOUNCED)
        session.execute(sa.delete(AppealGift).where(AppealGift.gift_id == gift.id))
        audit.record("gift.withdrawn", f"gift:{gift.ref}", note=reason, actor_id=by)
        session.flush()
        events.gift_withdrawn.send(gift, reason=reason)
        entry.pays_no_longer(gift, facts.received_on)


def recorded_transfers(
    donor_ids: list[int], amount: Money, on: dt.date, within: dt.timedelta
) -> list[Gift]:
    """Transfers of these donors of that sum that are recorded about that day, the nearest day first."""
    found = db.session.scalars(
        sa.select(Gift).where(
            Gift.donor_id.in_(donor_ids),
            Gift.mode == GiftMode.TRANSFER,
            Gift.state == GiftState.SETTLED,
            Gift.stripe_payment_intent_id.is_(None),
            Gift.amount_minor == amount.minor,
            Gift.currency == amount.currency,
            Gift.tax_on.between(on - within, on + within),
        )
    ).all()
    return sorted(found, key=lambda gift: (abs(((gift.tax_on or on) - on).days), gift.id))


def credited_in_another_year(gift_id: int, on: dt.date, *, by: int) -> bool:
    """The bank credited a recorded transfer in another year: its day is corrected, for it decides the
    donor's tax. False when the year is the same. Raises ChangeRefused as `correct_gift`."""
    with transaction() as session:
        gift = session.get_one(Gift, gift_id)
        if gift.tax_on is None or gift.tax_on.year == on.year:
            return False
        before = facts_of(gift)
        after = events.GiftFacts(
            **{name: getattr(before, name) for name in events.GiftFacts.__slots__}
            | {"received_on": on}
        )
        reason = "the day the bank credited it"
        return entry.correct_gift(gift_id, after, reason=reason, by=by)

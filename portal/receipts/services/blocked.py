"""What a person does for donors who wait: release a direct debit, confirm payments without a receipt, decide the rule."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from portal.accounts.models import Donor
from portal.core import audit, mail
from portal.core.clock import paris_date
from portal.core.db import db, transaction
from portal.donations.models import Gift
from portal.receipts.models import (
    PaymentConfirmation,
    ReleasedGift,
    Unsettled,
    UnsettledRule,
)
from portal.receipts.queries.holds import returnable, unsettled_rule
from portal.receipts.queries.receiptable import receiptable


class NothingHeld(Exception):
    """No direct debit of this donor waits any more."""


class NoAddressOfMail(Exception):
    """The donor cannot be written to by mail."""


CONFIRMED_AGAIN_AFTER = dt.timedelta(days=14)


class ConfirmedLately(Exception):
    """The payments of the year were confirmed less than fourteen days ago."""


class NothingToConfirm(Exception):
    """The donor gave nothing that year that could be confirmed."""


def decide_unsettled(annual: Unsettled, single: Unsettled, *, by: int, at: dt.datetime) -> None:
    """From now on direct debits inside their eight weeks wait, or go on receipts all the same."""
    with transaction() as session:
        before = unsettled_rule()
        if (before.annual, before.single) == (annual, single):
            return
        session.add(UnsettledRule(annual=annual, single=single, set_at=at, set_by=by))
        audit.record(
            "receipts.unsettled_rule",
            "receipts:settings",
            before={"annual": before.annual.value, "single": before.single.value},
            after={"annual": annual.value, "single": single.value},
            actor_id=by,
        )


def release(donor_id: int, year: int, *, reason: str, by: int, at: dt.datetime) -> int:
    """Let the donor's direct debits of the year go on a receipt although they may be returned.

    How many were released. Should one come back, its receipt is to be corrected. Raises NothingHeld.
    """
    with transaction() as session:
        today = paris_date(at)
        held = session.scalars(
            sa.select(Gift)
            .where(Gift.donor_id == donor_id, receiptable(year, today), returnable(today))
            .order_by(Gift.id)
            .with_for_update(of=Gift)
        ).all()
        if not held:
            raise NothingHeld(donor_id)
        session.add_all(
            ReleasedGift(gift_id=gift.id, reason=reason, at=at, by_id=by) for gift in held
        )
        for gift in held:
            audit.record("gift.receipt_released", f"gift:{gift.ref}", note=reason, actor_id=by)
        donor = session.get_one(Donor, donor_id)
        audit.record(
            "receipt.released",
            f"donor:{donor.ref}",
            after={"year": year, "gifts": len(held)},
            note=reason,
            actor_id=by,
        )
        session.flush()
        return len(held)


def may_confirm(confirmed_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether the payments of a year can be confirmed now: not twice in fourteen days."""
    return confirmed_at is None or confirmed_at <= now - CONFIRMED_AGAIN_AFTER


def confirm_payments(donor_id: int, year: int, *, by: int, at: dt.datetime) -> None:
    """Mail the donor what she gave in the year, plainly: no tax receipt, for those who can have none.

    Sent again it is the same list as it is then. Raises NoAddressOfMail, NothingToConfirm,
    ConfirmedLately.
    """
    with transaction() as session:
        donor = session.get_one(Donor, donor_id, with_for_update=True)
        if not donor.email:
            raise NoAddressOfMail(donor.ref)
        gifts = _given(donor_id, year, paris_date(at))
        if not gifts:
            raise NothingToConfirm(donor.ref)
        kept = session.scalar(
            sa.select(PaymentConfirmation).where(
                PaymentConfirmation.donor_id == donor_id, PaymentConfirmation.year == year
            )
        )
        if kept is not None and not may_confirm(kept.sent_at, at):
            raise ConfirmedLately(donor.ref)
        mail_id = mail.post(
            "receipts/mail/payments_confirmed",
            to=donor.email,
            language=donor.language,
            key=f"payments-confirmed:{donor.public_id}:{year}:{at.isoformat()}",
            name=donor.name,
            year=year,
            gifts=[(gift.tax_on, gift.kept) for gift in gifts],
        )
        if kept is None:
            kept = PaymentConfirmation(donor_id=donor_id, year=year)
            session.add(kept)
        kept.sent_at, kept.sent_by, kept.mail_id = at, by, mail_id
        audit.record(
            "receipt.payments_confirmed", f"donor:{donor.ref}", after={"year": year}, actor_id=by
        )
        session.flush()


def _given(donor_id: int, year: int, today: dt.date) -> list[Gift]:
    wanted = sa.select(Gift).where(Gift.donor_id == donor_id, receiptable(year, today))
    return list(db.session.scalars(wanted.order_by(Gift.tax_on, Gift.id)))

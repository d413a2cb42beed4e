"""A receipt reaches its donor: by mail, in her account, or with the letters to post.

Nobody is written to twice: a receipt goes once by each channel, and the database keeps to it. How the
receipts of a whole year are sent stands in ``sending``.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.doubles import surviving
from portal.core import mail
from portal.core.db import db, transaction
from portal.core.mail import OutboxMail
from portal.receipts.models import (
    Channel,
    DeliveryState,
    Receipt,
    ReceiptDelivery,
)
from portal.receipts.queries.deliveries import way_of
from portal.receipts.services.links import new_link

ATTACHED = "attachment"
"""The setting ORGANISATION_RECEIPTS_BY_MAIL that sends the paper itself along."""


def deliver(
    receipt: Receipt, at: dt.datetime, *, by: int | None = None, sending: int | None = None
) -> Channel:
    """Send one receipt the way it goes; one to be posted waits for the next batch of letters.

    ``sending``: the id of the sending of its year that it goes with.
    """
    with transaction():
        channel = way_of(receipt)
        if channel is Channel.MAIL:
            _send(receipt, at, by, sending)
        elif channel is Channel.ACCOUNT:
            _note(receipt, Channel.ACCOUNT, DeliveryState.PLACED, at, by, sending=sending)
        return channel


def handed_over(receipt: Receipt, at: dt.datetime, *, by: int | None = None) -> None:
    """The donor asked for it in her account and has it before her: it is delivered."""
    with transaction():
        _note(receipt, Channel.ACCOUNT, DeliveryState.PLACED, at, by)


def sent_with(receipt: Receipt, mail_id: int | None, at: dt.datetime) -> None:
    """Another mail told the donor of this receipt and led to it (in the open transaction)."""
    _note(receipt, Channel.MAIL, DeliveryState.SENT, at, None, mail_id)


def _send(receipt: Receipt, at: dt.datetime, by: int | None, sending: int | None) -> None:
    if not _note(receipt, Channel.MAIL, DeliveryState.SENT, at, by, sending=sending):
        return
    donor = surviving(receipt.donor)
    enclosed = current_app.extensions["settings"].organisation.receipts_by_mail == ATTACHED
    mail_id = mail.post(
        "receipts/mail/ready",
        to=donor.email,
        language=donor.language,
        key=f"receipt-ready:{receipt.public_id}",
        attachment=receipt.document if enclosed else None,
        name=donor.name,
        receipt=receipt,
        enclosed=enclosed,
        link=new_link(receipt, at),
    )
    chosen = sa.update(ReceiptDelivery).where(
        ReceiptDelivery.receipt_id == receipt.id, ReceiptDelivery.channel == Channel.MAIL
    )
    db.session.execute(chosen.values(mail_id=mail_id))


def _note(
    receipt: Receipt,
    channel: Channel,
    state: DeliveryState,
    at: dt.datetime,
    by: int | None,
    mail_id: int | None = None,
    sending: int | None = None,
) -> bool:
    """Write the delivery down; False when it went by that channel before."""
    once = insert(ReceiptDelivery).values(
        receipt_id=receipt.id,
        channel=channel,
        state=state,
        at=at,
        by_id=by,
        mail_id=mail_id,
        sending_id=sending,
    )
    kept = db.session.scalar(once.on_conflict_do_nothing().returning(ReceiptDelivery.id))
    return kept is not None


def note_bounce(letter: OutboxMail) -> None:
    """The mail about a receipt came back: it is to be posted (in the open transaction)."""
    chosen = sa.update(ReceiptDelivery).where(
        ReceiptDelivery.mail_id == letter.id, ReceiptDelivery.state == DeliveryState.SENT
    )
    db.session.execute(
        chosen.values(
            state=DeliveryState.BOUNCED, bounced_at=letter.bounced_at, reason=letter.error
        )
    )


def note_opened(receipt: Receipt, at: dt.datetime) -> None:
    """The donor took the paper by its link: written down the first time."""
    with transaction():
        chosen = sa.update(ReceiptDelivery).where(
            ReceiptDelivery.receipt_id == receipt.id,
            ReceiptDelivery.channel == Channel.MAIL,
            ReceiptDelivery.opened_at.is_(None),
        )
        db.session.execute(chosen.values(opened_at=at))

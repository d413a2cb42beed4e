"""The link in a mail that shows exactly one receipt, without a password, for some weeks."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

import sqlalchemy as sa

from portal.accounts.doubles import surviving
from portal.accounts.rules import normalised_email
from portal.core import mail
from portal.core.clock import paris_date
from portal.core.db import db, transaction
from portal.receipts.models import Receipt, ReceiptLink, ReceiptState
from portal.receipts.services.addresses import address_of

VALID_FOR = dt.timedelta(days=60)
"""From the mail of January or February until the tax return is begun in April."""


class LinkNotValid(Exception):
    """The link never existed, or its receipt was cancelled, or the donor's address is another now."""


class LinkTooOld(Exception):
    """The link was right but is too old: a new one may be asked for."""

    def __init__(self, receipt: Receipt) -> None:
        super().__init__(receipt.number)
        self.receipt = receipt


def new_link(receipt: Receipt, at: dt.datetime) -> str:
    """The absolute address of the page of this receipt alone (in the open transaction)."""
    secret, donor = secrets.token_urlsafe(32), surviving(receipt.donor)
    db.session.add(
        ReceiptLink(
            token_hash=_hash_of(secret),
            receipt_id=receipt.id,
            email=normalised_email(donor.email),
            expires_at=at + VALID_FOR,
        )
    )
    db.session.flush()
    return address_of("receipts.open_link", lang_code=donor.language.value, token=secret)


def receipt_behind(secret: str, now: dt.datetime) -> Receipt:
    """The receipt a link shows. Raises LinkNotValid, LinkTooOld."""
    row = db.session.scalar(
        sa.select(ReceiptLink).where(ReceiptLink.token_hash == _hash_of(secret))
    )
    if row is None:
        raise LinkNotValid
    receipt = row.receipt
    same = row.email == normalised_email(surviving(receipt.donor).email)
    if receipt.state is not ReceiptState.ISSUED or not same:
        raise LinkNotValid
    if row.expires_at <= now:
        raise LinkTooOld(receipt)
    return receipt


def send_new_link(secret: str, now: dt.datetime) -> None:
    """Write to the donor again with a fresh link, at most once a day. Raises LinkNotValid."""
    try:
        receipt = receipt_behind(secret, now)
    except LinkTooOld as old:
        receipt = old.receipt
    with transaction():
        donor = surviving(receipt.donor)
        mail.post(
            "receipts/mail/ready",
            to=donor.email,
            language=donor.language,
            key=f"receipt-link:{receipt.public_id}:{paris_date(now)}",
            name=donor.name,
            receipt=receipt,
            enclosed=False,
            link=new_link(receipt, now),
        )


def _hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

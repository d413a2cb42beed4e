"""A mistake on a receipt: it is cancelled, perhaps replaced; both papers stay in the register."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from portal.accounts.doubles import surviving
from portal.accounts.models import Donor
from portal.core import audit, mail
from portal.core.clock import paris_date
from portal.core.db import db, transaction
from portal.core.mail.bounces import bounce_of
from portal.donations.models import Gift
from portal.receipts.models import (
    CancelNotice,
    Channel,
    Receipt,
    ReceiptedGift,
    ReceiptKind,
    ReceiptState,
)
from portal.receipts.queries.deliveries import way_of
from portal.receipts.queries.receiptable import gifts_to_certify
from portal.receipts.services.addresses import receipts_address
from portal.receipts.services.delivering import sent_with
from portal.receipts.services.issuing import Around, Order, Printer, carry_out, print_paper


class AlreadyCancelled(Exception):
    """The receipt was cancelled before."""


class NothingLeftToCertify(Exception):
    """All its gifts went back: the receipt can be cancelled, not replaced."""


def cancel_receipt(receipt_id: int, *, reason: str, by: int | None, at: dt.datetime) -> Receipt:
    """Declare a receipt void and write to the donor; its number is never given again.

    Its gifts stand on no receipt afterwards. Raises AlreadyCancelled.
    """
    with transaction():
        receipt = _void(receipt_id, reason, by, at)
        _write_to_donor(receipt, at)
        return receipt


def replace_receipt(
    receipt_id: int,
    *,
    reason: str,
    by: int | None,
    at: dt.datetime,
    others: bool | None = None,
    printer: Printer = print_paper,
) -> Receipt:
    """Cancel a receipt and issue a new one, "Annule et remplace", with today's facts; tell the donor.

    The new one certifies what is left of the old one's gifts; with ``others`` also the donor's other
    gifts of the year that stand on no receipt (unless told: see ``gifts_meant``). Raises AlreadyCancelled, NothingLeftToCertify, DonorBlocked,
    IncompleteIssuer, PdfError; the old receipt stands then.
    """
    old = db.session.get_one(Receipt, receipt_id, populate_existing=True)
    if old.state is ReceiptState.CANCELLED:
        raise AlreadyCancelled(old.number)
    donor = surviving(db.session.get_one(Donor, old.donor_id))
    order = Order(donor.id, old.tax_year, at, by, replaces=old, only=gifts_meant(old, others))
    around = Around(
        before=lambda: _void(receipt_id, reason, by, at),
        after=lambda new: _write_to_donor(old, at, new),
    )
    new = carry_out(order, printer, around)
    if new is None:
        raise NothingLeftToCertify(old.number)
    return new


def gifts_meant(old: Receipt, others: bool | None = None) -> frozenset[int]:
    """The gifts, by id, that a receipt in the place of ``old`` is about; empty for all of the year.

    Unless a person says otherwise the receipt of a single gift stays the receipt of that gift, and
    that of a year takes in what came to light since.
    """
    if others if others is not None else old.kind is ReceiptKind.ANNUAL:
        return frozenset()
    on_it = sa.select(ReceiptedGift.gift_id).where(ReceiptedGift.receipt_id == old.id)
    return frozenset(db.session.scalars(on_it))


def other_gifts(old: Receipt, at: dt.datetime) -> list[Gift]:
    """The donor's gifts of the year that stand on no receipt and could go on the new one too."""
    donor = surviving(db.session.get_one(Donor, old.donor_id))
    found = gifts_to_certify(donor.id, old.tax_year, paris_date(at), instead_of=old.id)
    meant = gifts_meant(old, others=False)
    return [gift for gift in found if gift.id not in meant]


def _void(receipt_id: int, reason: str, by: int | None, at: dt.datetime) -> Receipt:
    receipt = db.session.get_one(
        Receipt, receipt_id, with_for_update={"of": Receipt}, populate_existing=True
    )
    if receipt.state is ReceiptState.CANCELLED:
        raise AlreadyCancelled(receipt.number)
    receipt.state = ReceiptState.CANCELLED
    receipt.cancelled_at, receipt.cancelled_by, receipt.cancel_reason = at, by, reason
    db.session.flush()
    freed = sa.update(ReceiptedGift).where(ReceiptedGift.receipt_id == receipt.id)
    db.session.execute(freed.values(live=False))
    audit.record("receipt.cancelled", f"receipt:{receipt.number}", note=reason, actor_id=by)
    db.session.flush()
    return receipt


def _write_to_donor(old: Receipt, at: dt.datetime, new: Receipt | None = None) -> None:
    """The written notice that is due for a cancelled receipt; one that cannot be mailed is to be posted."""
    donor = surviving(db.session.get_one(Donor, old.donor_id))
    notice = CancelNotice(receipt_id=old.id, due_at=at)
    db.session.add(notice)
    if not donor.email or bounce_of(donor.email) is not None:
        db.session.flush()
        return
    notice.mail_id = mail_id = mail.post(
        "receipts/mail/cancelled",
        to=donor.email,
        language=donor.language,
        key=f"receipt-cancelled:{old.public_id}",
        name=donor.name,
        old=old,
        new=new,
        link=receipts_address(donor),
    )
    if new is not None and way_of(new) is not Channel.POST:  # else the paper goes with the letters
        sent_with(new, mail_id, new.issued_at)

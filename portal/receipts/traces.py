"""The receipts that state a gift, for the page of the gift."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _

from portal.core import i18n
from portal.core.db import db
from portal.donations.models import Gift
from portal.donations.traces import Happening, Paper
from portal.receipts.models import Receipt, ReceiptedGift, ReceiptState
from portal.receipts.queries.register import receipts_to_correct


def receipts_stating(gift_id: int) -> Iterator[Happening]:
    """Each receipt the gift stands or stood on, when it was issued and when cancelled."""
    gift = db.session.get_one(Gift, gift_id)
    wanted = sa.select(Receipt, ReceiptedGift).join(
        ReceiptedGift, ReceiptedGift.receipt_id == Receipt.id
    )
    wanted = wanted.where(ReceiptedGift.gift_id == gift_id).order_by(Receipt.id)
    for receipt, stated in db.session.execute(wanted):
        url = _page(receipt)
        yield Happening(
            receipt.issued_at,
            _("A tax receipt was issued"),
            _said(receipt, stated, gift),
            receipt.number,
            icon="receipt-euro",
            url=url,
        )
        if receipt.cancelled_at is not None:
            yield Happening(
                receipt.cancelled_at,
                _("The tax receipt was cancelled"),
                receipt.cancel_reason,
                receipt.number,
                icon="ban",
                url=url,
            )


def _said(receipt: Receipt, stated: ReceiptedGift, gift: Gift) -> str:
    amount, kept = i18n.money(stated.amount), gift.kept_euros
    if receipt.state is ReceiptState.ISSUED and kept is not None and kept != stated.amount:
        return str(
            _(
                "It states %(amount)s of this gift, of which %(kept)s is kept: it is to be corrected.",
                amount=amount,
                kept=i18n.money(kept),
            )
        )
    return str(_("It states %(amount)s of this gift.", amount=amount))


def standing_receipt(gift_id: int) -> Paper | None:
    """The receipt on which the gift stands now."""
    receipt = db.session.scalar(
        sa.select(Receipt)
        .join(ReceiptedGift, ReceiptedGift.receipt_id == Receipt.id)
        .where(ReceiptedGift.gift_id == gift_id, ReceiptedGift.live)
    )
    if receipt is None:
        return None
    return Paper(receipt.number, _page(receipt), _correction(receipt))


def _correction(receipt: Receipt) -> str:
    """Where the receipt is corrected, when it waits for that; '' when it says what is true."""
    if not receipts_to_correct(only=receipt.id):
        return ""
    return url_for("office_receipts.correct", receipt=receipt.public_id)


def _page(receipt: Receipt) -> str:
    return url_for("office_receipts.show", receipt=receipt.public_id)

"""Gifts that were received, and receipts for them, for tests."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from portal.accounts.models import Donor
from portal.core.db import db
from portal.donations.codes import GiftMode, PurposeKind
from portal.donations.models import Gift, Origin
from portal.donations.rules.gift import GiftState
from portal.receipts.models import Receipt
from portal.receipts.printing import PaperOrder, PrintedPaper, PrintFault
from portal.receipts.rules.content import ReceiptContent
from portal.receipts.services import issue_receipt
from tests.factories.people import make_donor

_numbers = count(1)
PLAIN_HEAD = b"%plain paper\n"
NOW = dt.datetime(2026, 11, 22, 10, 0, tzinfo=dt.UTC)


def make_received_gift(donor: Donor, **given: Any) -> Gift:
    """A cheque of 50 € of 3 March 2025, received, unless told otherwise."""
    number = next(_numbers)
    on = given.pop("on", dt.date(2025, 3, 3))
    values: dict[str, Any] = {
        "ref": f"TG{number:06}",
        "donor": donor,
        "origin": Origin.IMPORT,
        "state": GiftState.SETTLED,
        "amount_minor": 5000,
        "mode": GiftMode.CHEQUE,
        "purpose": PurposeKind.GENERAL,
        "received_on": on,
        "tax_on": on,
    } | given
    gift = Gift(**values)
    db.session.add(gift)
    db.session.commit()
    return gift


def plain_paper(content: ReceiptContent, code: str, at: dt.datetime) -> bytes:
    """A stand-in for the printer: quick, and different for each receipt."""
    return f"{code} {at.isoformat()}\n".encode() + content.canonical()


def plain_papers(orders: Iterable[PaperOrder]) -> Iterator[PrintedPaper | PrintFault]:
    """The same for a run; its papers share their beginning, as those of the press do."""
    for order in orders:
        tail = f"{order.verify_url} {order.created_at.isoformat()}\n".encode()
        tail += order.content.canonical()
        yield PrintedPaper(PLAIN_HEAD, tail, hashlib.sha256(PLAIN_HEAD + tail).hexdigest())


def make_receipt(donor: Donor | None = None, *, year: int = 2025, **given: Any) -> Receipt:
    """A receipt for one gift of the donor's (made when there is none), on plain paper."""
    donor = donor or make_donor()
    make_received_gift(donor, on=dt.date(year, 3, 3), **given)
    receipt = issue_receipt(donor.id, year, at=NOW, printer=plain_paper)
    assert receipt is not None
    return receipt

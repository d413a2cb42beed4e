"""A receipt for one gift: asked for by the donor, or after each gift because she prefers it so."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from portal.accounts.models import Donor
from portal.core.clock import paris_date
from portal.core.db import db
from portal.core.pdf import PdfError
from portal.donations.models import Gift
from portal.receipts.models import Receipt
from portal.receipts.queries.giving import as_seen, gifts_due_one_by_one
from portal.receipts.queries.particulars import reasons_against
from portal.receipts.rules.composition import ReceiptRefused
from portal.receipts.rules.waiting import Wait, wait_of
from portal.receipts.services.delivering import deliver, handed_over
from portal.receipts.services.issuing import (
    Around,
    GiftAlreadyReceipted,
    Order,
    Printer,
    carry_out,
    print_paper,
)

log = logging.getLogger(__name__)


class GiftMustWait(Exception):
    """The receipt of this gift cannot be made now; ``wait`` says why and until when."""

    def __init__(self, wait: Wait) -> None:
        super().__init__(wait.what)
        self.wait = wait


def issue_asked_for(
    gift_id: int, *, at: dt.datetime, by: int | None, printer: Printer = print_paper
) -> Receipt:
    """The receipt of one gift, at once, into the hands of the donor who asks for it.

    The annual run leaves out what stands on it. Raises GiftMustWait, GiftAlreadyReceipted,
    IncompleteIssuer, NothingInForce, PdfError.
    """
    return _issue(gift_id, at, by, printer, lambda receipt: handed_over(receipt, at, by=by))


def issue_and_deliver(
    gift_id: int, *, at: dt.datetime, by: int | None = None, printer: Printer = print_paper
) -> Receipt:
    """The receipt of one gift, sent to the donor the way she prefers. Raises as issue_asked_for."""
    return _issue(gift_id, at, by, printer, lambda receipt: _deliver(receipt, at, by))


def _deliver(receipt: Receipt, at: dt.datetime, by: int | None) -> None:
    deliver(receipt, at, by=by)


def _issue(
    gift_id: int,
    at: dt.datetime,
    by: int | None,
    printer: Printer,
    after: Callable[[Receipt], None],
) -> Receipt:
    gift = db.session.get_one(Gift, gift_id, populate_existing=True)
    wait = wait_of_gift(gift, paris_date(at))
    if not wait.ready:
        raise GiftMustWait(wait)
    assert gift.tax_on is not None
    order = Order(gift.donor_id, gift.tax_on.year, at, by, only=frozenset({gift.id}))
    receipt = carry_out(order, printer, Around(after=after))
    if receipt is None:
        raise GiftAlreadyReceipted(gift.ref)
    return receipt


def wait_of_gift(gift: Gift, today: dt.date) -> Wait:
    """What stands in the way of the receipt of this gift now."""
    donor = db.session.get_one(Donor, gift.donor_id)
    return wait_of(as_seen(gift), reasons_against(donor), today)


def issue_those_due(at: dt.datetime, *, printer: Printer = print_paper) -> int:
    """A receipt for each gift whose donor wants one after each gift; how many were made.

    A gift that must wait waits for the next time; one whose paper cannot be made is logged.
    """
    made = 0
    for gift_id in gifts_due_one_by_one(paris_date(at)):
        try:
            issue_and_deliver(gift_id, at=at, printer=printer)
        except (GiftMustWait, GiftAlreadyReceipted):
            continue
        except (PdfError, ReceiptRefused):
            log.exception("the receipt of gift %s could not be made", gift_id)
            continue
        made += 1
    return made

"""Issuing one receipt: what it says, its number, its paper and its place in the chain, at once.

The number is printed on the paper, and printing is slow; numbers must be given without a gap.
So the paper is printed with the number that comes next, and the series is locked only to keep
it: if another receipt took that number meanwhile, the paper is printed again. Whoever was
overtaken several times takes the series first and prints while the others wait.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Donor
from portal.core import audit, documents
from portal.core.clock import paris_date
from portal.core.db import db, transaction, violated
from portal.receipts.models import (
    Receipt,
    ReceiptedGift,
    ReceiptKind,
    ReceiptSeries,
)
from portal.receipts.paper import render_receipt
from portal.receipts.queries.particulars import (
    payment_of,
    reasons_against,
    receipt_donor,
)
from portal.receipts.queries.receiptable import gifts_to_certify
from portal.receipts.queries.register import next_sequence
from portal.receipts.queries.signatory import signatory_on
from portal.receipts.queries.terms import issuer_on, receipt_forms
from portal.receipts.rules import content as terms
from portal.receipts.rules.composition import DonorBlocked, compose
from portal.receipts.rules.register import CODE_LENGTH, CODE_LETTERS, chain_hash, number_of
from portal.receipts.services.addresses import verify_address

TRIES = 4
Printer = Callable[[terms.ReceiptContent, str, dt.datetime], bytes]


class GiftAlreadyReceipted(Exception):
    """A gift stands on another receipt already: it may stand on one only."""


class _NothingToCertify(Exception):
    """There is nothing to certify any more: what was done around the receipt is undone."""


class _Overtaken(Exception):
    """Another receipt took the number, or the records changed, while the paper was printed."""


def print_paper(content: terms.ReceiptContent, code: str, at: dt.datetime) -> bytes:
    """The receipt as PDF, signed, with the address where it can be checked."""
    return render_receipt(
        content,
        verify_url=verify_address(code),
        created_at=at,
        signature=signatory_on(content.issued_on).image,
    )


def new_code() -> str:
    """Sixty random bits, as letters somebody can type."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


@dataclass(frozen=True, slots=True)
class Order:
    """A receipt asked for: a donor's gifts of a tax year, issued at an instant."""

    donor_id: int
    year: int
    at: dt.datetime
    by: int | None = None
    run_id: int | None = None
    replaces: Receipt | None = None
    code: str = field(default_factory=new_code)
    only: frozenset[int] = frozenset()
    """The gifts meant, by id; empty for all that stand on no receipt."""

    @property
    def issued_on(self) -> dt.date:
        return paris_date(self.at)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the receipt would certify, as the records are at this moment."""

    donor: terms.ReceiptDonor
    payments: tuple[terms.Payment, ...]
    gifts: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A printed receipt that is worth nothing until it is kept."""

    sequence: int
    facts: Facts
    content: terms.ReceiptContent
    paper: bytes


def issue_receipt(
    donor_id: int,
    year: int,
    *,
    at: dt.datetime,
    by: int | None = None,
    run_id: int | None = None,
    printer: Printer = print_paper,
) -> Receipt | None:
    """One receipt for all the gifts of a tax year that stand on none; None when there are none.

    Raises DonorBlocked, IncompleteIssuer, NothingInForce, GiftAlreadyReceipted, PdfError.
    """
    return carry_out(Order(donor_id, year, at, by, run_id), printer)


@dataclass(frozen=True, slots=True)
class Around:
    """What is done in the receipt's own transaction, before and after it is kept."""

    before: Callable[[], object] = lambda: None
    after: Callable[[Receipt], None] = lambda _receipt: None


def carry_out(order: Order, printer: Printer, around: Around = Around()) -> Receipt | None:
    """Print and keep a receipt, and what goes with it; None when there is nothing to certify."""
    for _ in range(TRIES):
        draft = _draft(order, printer)
        if draft is None:
            return None
        try:
            return _keep(order, draft, around)
        except _Overtaken:
            continue
    return _print_and_keep(order, printer, around)


def _draft(order: Order, printer: Printer) -> Draft | None:
    sequence = next_sequence(order.year)  # before the gifts: one issued since then changes it
    facts = _facts(order)
    if facts is None:
        return None
    content = content_of(order, facts, sequence)
    return Draft(sequence, facts, content, printer(content, order.code, order.at))


def content_of(order: Order, facts: Facts, sequence: int) -> terms.ReceiptContent:
    """What the receipt with that place in the series says. Raises what ``compose`` raises."""
    return compose(
        kind=terms.ReceiptKind.SINGLE if len(facts.gifts) == 1 else terms.ReceiptKind.ANNUAL,
        number=number_of(order.year, sequence),
        tax_year=order.year,
        issued_on=order.issued_on,
        issuer=issuer_on(current_app.extensions["settings"].organisation, order.issued_on),
        donor=facts.donor,
        payments=facts.payments,
        replaces=order.replaces.number if order.replaces else None,
        forms=receipt_forms(),
    )


def _facts(order: Order, *, lock: bool = False) -> Facts | None:
    wanted = sa.select(Donor).where(Donor.id == order.donor_id)
    locked = wanted.with_for_update(read=True) if lock else wanted
    donor = db.session.scalars(locked.execution_options(populate_existing=True)).one()
    gifts = gifts_to_certify(
        donor.id,
        order.year,
        order.issued_on,
        instead_of=order.replaces.id if order.replaces else None,
        only=order.only,
        lock=lock,
    )
    if not gifts:
        return None
    if reasons := reasons_against(donor):
        raise DonorBlocked(reasons)
    return Facts(
        receipt_donor(donor),
        tuple(payment_of(gift) for gift in gifts),
        tuple((gift.id, payment_of(gift).amount.minor) for gift in gifts),
    )


def _keep(order: Order, draft: Draft, around: Around) -> Receipt:
    """Keep the printed receipt; raises _Overtaken when what it says is not true any more."""
    with transaction():
        around.before()
        facts = _facts(order, lock=True)
        series = locked_series(order.year)
        if facts != draft.facts or series.last + 1 != draft.sequence:
            raise _Overtaken
        return _insert(order, draft, series, around)


def _print_and_keep(order: Order, printer: Printer, around: Around) -> Receipt | None:
    try:
        with transaction():
            around.before()
            _facts(order, lock=True)
            series = locked_series(order.year)
            draft = _draft(order, printer)
            if draft is None:
                raise _NothingToCertify
            return _insert(order, draft, series, around)
    except _NothingToCertify:
        return None


def locked_series(year: int) -> ReceiptSeries:
    """The year's series, begun when there is none; numbers are taken by who holds it."""
    new = insert(ReceiptSeries).values(year=year).on_conflict_do_nothing()
    db.session.execute(new)
    return db.session.get_one(ReceiptSeries, year, with_for_update=True, populate_existing=True)


def _insert(order: Order, draft: Draft, series: ReceiptSeries, around: Around) -> Receipt:
    try:
        receipt = _written(order, draft, series)
    except IntegrityError as error:
        if violated(error) == "uq_receipted_gift_live":
            raise GiftAlreadyReceipted(f"donor {order.donor_id}, {order.year}") from error
        raise
    around.after(receipt)
    return receipt


def _written(order: Order, draft: Draft, series: ReceiptSeries) -> Receipt:
    content = draft.content
    sha256 = hashlib.sha256(draft.paper).hexdigest()
    stored = documents.store("receipt", f"{content.number}.pdf", "application/pdf", draft.paper)
    receipt = Receipt(
        series_year=order.year,
        sequence=draft.sequence,
        number=content.number,
        kind=ReceiptKind(content.kind.value),
        form=content.form,
        tax_year=order.year,
        donor_id=order.donor_id,
        amount_minor=content.total.minor,
        currency=content.total.currency,
        issued_on=order.issued_on,
        issued_at=order.at,
        content=content.to_json(),
        document_id=stored.id,
        sha256=sha256,
        previous_hash=series.last_hash,
        chain_hash=chain_hash(series.last_hash, sha256, content),
        verify_code=order.code,
        replaces_id=order.replaces.id if order.replaces else None,
        run_id=order.run_id,
    )
    db.session.add(receipt)
    db.session.flush()
    db.session.add_all(
        ReceiptedGift(receipt_id=receipt.id, gift_id=gift_id, amount_minor=minor)
        for gift_id, minor in draft.facts.gifts
    )
    series.last, series.last_hash = receipt.sequence, receipt.chain_hash
    audit.record(
        "receipt.issued",
        f"receipt:{receipt.number}",
        after={"amount": str(receipt.amount), "sha256": sha256},
        actor_id=order.by,
    )
    db.session.flush()
    return receipt

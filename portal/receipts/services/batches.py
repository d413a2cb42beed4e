"""Issuing the receipts of some hundred donors at once: one transaction, one block of numbers.

The records are read set by set; the papers are printed with the numbers that come next while nobody
waits; then donors, gifts and the series are locked, papers whose number went to somebody else are
printed again, and all rows are written (docs/adr/0014-the-annual-run-in-batches.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError

from portal.core import audit, documents
from portal.core.clock import paris_date
from portal.core.db import db, transaction, violated
from portal.receipts.models import Receipt, ReceiptedGift, ReceiptKind, ReceiptSeries
from portal.receipts.queries.batches import (
    Records,
    Version,
    lock_records,
    receipted_elsewhere,
    records_of,
    versions_of,
)
from portal.receipts.queries.particulars import payment_of, reasons_against, receipt_donor
from portal.receipts.queries.register import next_sequence, receipt_ids_between
from portal.receipts.rules.composition import DonorBlocked, IncompleteIssuer, ReceiptRefused
from portal.receipts.rules.register import chain_hash
from portal.receipts.services.batch_papers import BatchPrinter, Candidate, Papers, Printed
from portal.receipts.services.issuing import Facts, Order, content_of, locked_series

GATE = 721_997
"""The advisory lock (with the year) of who prints for the run: no two print the same numbers."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Donors whose gifts of a tax year are to be certified, at an instant."""

    year: int
    donor_ids: Sequence[int]
    at: dt.datetime
    by: int | None = None
    run_id: int | None = None


@dataclass(slots=True)
class Outcome:
    """What became of a batch: how many receipts, the donors without one and why, and those whose
    records changed while their paper was printed, who are to be tried again."""

    issued: int = 0
    faults: dict[int, str] = field(default_factory=dict)
    changed: list[int] = field(default_factory=list)


def issue_batch(batch: Batch, printer: BatchPrinter) -> Outcome:
    """Issue a batch in one transaction: all its receipts are kept, or none.

    Donors with nothing to certify are passed over. Raises IncompleteIssuer, NothingInForce,
    PrintingLibrariesMissing: no other donor would fare better.
    """
    with transaction():
        outcome = Outcome()
        stands: dict[int, Version] = {}
        candidates = []
        records = records_of(batch.donor_ids, batch.year, paris_date(batch.at))
        for donor_id in batch.donor_ids:
            if candidate := _composed(batch, records[donor_id], outcome):
                candidates.append(candidate)
                stands[donor_id] = records[donor_id].stand()
        if candidates:
            papers = Papers(candidates, printer)
            papers.prepare()
            _through_the_gate(batch, papers, stands, outcome)
        return outcome


def _composed(batch: Batch, records: Records, outcome: Outcome) -> Candidate | None:
    if not records.gifts:
        return None
    donor = records.donor
    try:
        if reasons := reasons_against(donor):
            raise DonorBlocked(reasons)
        payments = tuple(payment_of(gift, words) for gift, _version, words in records.gifts)
        amounts = zip(records.gifts, payments, strict=True)
        gifts = tuple((given[0].id, payment.amount.minor) for given, payment in amounts)
        facts = Facts(receipt_donor(donor), payments, gifts)
        order = Order(donor.id, batch.year, batch.at, batch.by, batch.run_id)
        return Candidate(order, facts, content_of(order, facts, 1))
    except IncompleteIssuer:
        raise
    except ReceiptRefused as error:
        outcome.faults[donor.id] = reason_of(error)
        return None


def reason_of(error: Exception) -> str:
    """Why a receipt was not made: the codes of what blocks the donor, else the error's own words."""
    if isinstance(error, DonorBlocked):
        return ", ".join(reason.code for reason in error.reasons)
    return f"{type(error).__name__}: {error}"


def _through_the_gate(
    batch: Batch, papers: Papers, stands: dict[int, Version], outcome: Outcome
) -> None:
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(GATE, batch.year)))
    papers.block_from(next_sequence(batch.year))
    lock_records(list(stands), batch.year)
    now = versions_of(list(stands), batch.year, paris_date(batch.at))
    outcome.changed = [donor_id for donor_id, version in stands.items() if now[donor_id] != version]
    papers.leave_out(outcome.changed)
    series = locked_series(batch.year)
    outcome.issued = _kept(batch, papers, series, outcome)
    for each in papers.unprintable:
        outcome.faults[each.candidate.order.donor_id] = each.reason


def _kept(batch: Batch, papers: Papers, series: ReceiptSeries, outcome: Outcome) -> int:
    """Write the block down; who holds a gift that is certified already is left out of it."""
    while block := papers.block_from(series.last + 1):
        try:
            with transaction():
                _write(batch, block, series)
            return len(block)
        except IntegrityError as error:
            if violated(error) != "uq_receipted_gift_live" or not _leave_out(
                papers, block, outcome
            ):
                raise
            db.session.refresh(series)
    return 0


def _leave_out(papers: Papers, block: Sequence[Printed], outcome: Outcome) -> bool:
    gifts = {gift_id for each in block for gift_id, _minor in each.candidate.facts.gifts}
    taken = receipted_elsewhere(gifts)
    doubled = [
        each.candidate.order.donor_id
        for each in block
        if any(gift_id in taken for gift_id, _minor in each.candidate.facts.gifts)
    ]
    for donor_id in doubled:
        outcome.faults[donor_id] = "GiftAlreadyReceipted: a gift stands on another receipt"
    papers.leave_out(doubled)
    return bool(doubled)


def _write(batch: Batch, block: Sequence[Printed], series: ReceiptSeries) -> None:
    kept = [
        documents.NewDocument(
            f"{each.content.number}.pdf", each.paper.head, each.paper.tail, each.paper.sha256
        )
        for each in block
    ]
    document_ids = documents.store_many("receipt", "application/pdf", kept)
    rows, chain = [], series.last_hash
    for each, document_id in zip(block, document_ids, strict=True):
        row = _row(each, document_id, chain)
        chain = row["chain_hash"]
        rows.append(row)
    db.session.execute(sa.insert(Receipt), rows)
    receipt_ids = receipt_ids_between(batch.year, block[0].sequence, block[-1].sequence)
    _certify(
        [
            (receipt_id, gift_id, minor)
            for receipt_id, each in zip(receipt_ids, block, strict=True)
            for gift_id, minor in each.candidate.facts.gifts
        ]
    )
    series.last, series.last_hash = block[-1].sequence, chain
    acts = [
        (f"receipt:{row['number']}", {"amount": str(each.content.total), "sha256": row["sha256"]})
        for row, each in zip(rows, block, strict=True)
    ]
    audit.record_many("receipt.issued", acts, actor_id=batch.by)
    db.session.flush()


def _certify(gifts: Sequence[tuple[int, int, int]]) -> None:
    """Write down which receipt certifies how much of which gift: one statement, however many."""
    columns = [ReceiptedGift.receipt_id, ReceiptedGift.gift_id, ReceiptedGift.amount_minor]
    arrays = [sa.cast(list(values), ARRAY(sa.BigInteger)) for values in zip(*gifts, strict=True)]
    names = [column.key for column in columns]
    rows = sa.func.unnest(*arrays).table_valued(*names).render_derived()
    db.session.execute(sa.insert(ReceiptedGift).from_select(names, sa.select(*rows.c)))


def _row(each: Printed, document_id: int, previous: str) -> dict[str, Any]:
    content, order = each.content, each.candidate.order
    return {
        "series_year": order.year,
        "sequence": each.sequence,
        "number": content.number,
        "kind": ReceiptKind(content.kind.value),
        "form": content.form,
        "tax_year": order.year,
        "donor_id": order.donor_id,
        "amount_minor": content.total.minor,
        "currency": content.total.currency,
        "issued_on": order.issued_on,
        "issued_at": order.at,
        "content": content.to_json(),
        "document_id": document_id,
        "sha256": each.paper.sha256,
        "previous_hash": previous,
        "chain_hash": chain_hash(previous, each.paper.sha256, content),
        "verify_code": order.code,
        "run_id": order.run_id,
    }

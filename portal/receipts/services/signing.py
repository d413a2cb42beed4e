"""The register under signature: each night the head of each series that moved; keys that follow one another.

A series of which something does not hold is not signed: what was found is written down and told,
until a person looks and says why it may be signed all the same.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask import current_app

from portal.core import audit, signing
from portal.core.db import db, transaction
from portal.receipts.models import (
    Receipt,
    ReceiptSeries,
    RegisterFinding,
    RegisterKey,
    SignedHead,
)
from portal.receipts.queries import signed_heads
from portal.receipts.queries.findings import SIGNED, open_alarms, subject_of
from portal.receipts.rules.findings import THE_KEYS
from portal.receipts.rules.signing import cancelled_hash, key_statement, statement_hash
from portal.receipts.services.head_mails import tell_findings, tell_heads
from portal.receipts.services.watching import accept, look

PURPOSE = "receipt-register"
ONE_AT_A_TIME = 721_135
NIGHTLY = dt.timedelta(hours=20)
"""A series is signed again once its last head is that old, and something happened since."""


@dataclass(frozen=True, slots=True)
class Night:
    """What a night came to: the heads signed, and what kept others from being signed."""

    heads: tuple[SignedHead, ...]
    refused: tuple[RegisterFinding, ...] = ()


def sign_register(at: dt.datetime, *, when_due: bool = False) -> Night:
    """Sign the head of each series in which a receipt was issued or cancelled since its last head,
    and mail it to those who keep it; a series of which something does not hold is left and told.

    ``when_due``: only those whose last head is a day old; harmless when it runs more often.
    """
    with transaction():
        _alone()
        return _night(at, when_due)


def sign_all_the_same(
    finding_ids: Collection[int], *, reason: str, by: int | None, at: dt.datetime
) -> Night:
    """Sign on although the records do not explain what was found: a person answers for it, with a
    reason. What she was not shown is not accepted by it."""
    with transaction():
        _alone()
        shown = [row for row in open_alarms() if row.id in finding_ids]
        return _night(at, when_due=False, accepted=accept(shown, reason, by, at))


def watch_register(at: dt.datetime) -> list[RegisterFinding]:
    """Look at every series, also those that rest; what was found is written down and told."""
    with transaction():
        _alone()
        found = [row for year in _series() for row in look(year, at)]
        open_rows = list(dict.fromkeys(found))
        tell_findings(open_rows)
        return open_rows


def _series() -> Sequence[int]:
    return db.session.scalars(sa.select(ReceiptSeries.year).order_by(ReceiptSeries.year)).all()


def _night(at: dt.datetime, when_due: bool, accepted: Sequence[RegisterFinding] = ()) -> Night:
    due = [step for year in _series() if (step := _step(year, at, when_due)) is not None]
    if not due:
        return Night(())
    refused = [row for step in due for row in look(step.last.series_year, at)]
    barred = {row.series_year for row in refused}
    key = None if THE_KEYS in barred else _key_in_force(at)
    signed = [_write(step, key, at) for step in due if key and step.last.series_year not in barred]
    tell_heads(signed, accepted)
    tell_findings(refused)
    return Night(tuple(signed), tuple(dict.fromkeys(refused)))


def rotate_key(at: dt.datetime) -> RegisterKey:
    """From now on another key signs; the one before it vouches for it, and stays published."""
    with transaction():
        _alone()
        return _new_key(at, _newest_key())


def _alone() -> None:
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(ONE_AT_A_TIME)))


def _newest_key() -> RegisterKey | None:
    return next(iter(signed_heads.register_keys()), None)


def _key_in_force(at: dt.datetime) -> RegisterKey:
    """The newest key, if it is still drawn from SECRET_KEY; else a new one."""
    newest = _newest_key()
    return newest if newest is not None and _is_ours(newest) else _new_key(at, newest)


def _is_ours(key: RegisterKey) -> bool:
    drawn = signing.signer(PURPOSE, key.generation).public
    return drawn == signed_heads.public_key_of(key)


def _new_key(at: dt.datetime, before: RegisterKey | None) -> RegisterKey:
    generation = before.generation + 1 if before else 1
    public = signing.signer(PURPOSE, generation).public
    fingerprint = signing.fingerprint(public)
    endorsement = ""
    if before is not None and _is_ours(before):
        message = key_statement(fingerprint, generation)
        endorsement = signing.signer(PURPOSE, before.generation).sign(message)
    key = RegisterKey(
        generation=generation,
        fingerprint=fingerprint,
        public_key=base64.b64encode(public).decode(),
        since=at,
        endorsement=endorsement,
    )
    db.session.add(key)
    audit.record(
        "register.key",
        "receipts:register",
        after={"generation": generation, "fingerprint": fingerprint},
    )
    db.session.flush()
    return key


@dataclass(frozen=True, slots=True)
class _Step:
    """A series that moved: its last receipt, its last head, what was cancelled since."""

    last: Receipt
    before: SignedHead | None
    void: Sequence[Receipt]

    @property
    def cancelled(self) -> int:
        """How many receipts of the series were cancelled so far."""
        return (self.before.cancelled_count if self.before else 0) + len(self.void)


def _step(year: int, at: dt.datetime, when_due: bool) -> _Step | None:
    before = signed_heads.last_head(year)
    if when_due and before is not None and at - before.signed_at < NIGHTLY:
        return None
    last = db.session.scalar(
        sa.select(Receipt)
        .where(Receipt.series_year == year)
        .order_by(Receipt.sequence.desc())
        .limit(1)
    )
    if last is None:
        return None
    void = signed_heads.newly_cancelled(year, last.sequence)
    step = _Step(last, before, void)
    return None if _signed_before(step) else step


def _signed_before(step: _Step) -> bool:
    """A head says as much already: the newest, or an older one of a series that lost receipts."""
    as_much = sa.select(SignedHead.id).where(
        SignedHead.series_year == step.last.series_year,
        SignedHead.sequence == step.last.sequence,
        SignedHead.cancelled_count == step.cancelled,
    )
    return db.session.scalar(as_much.limit(1)) is not None


def _write(step: _Step, key: RegisterKey, at: dt.datetime) -> SignedHead:
    last, before, void = step.last, step.before, step.void
    row = SignedHead(
        series_year=last.series_year,
        organisation=current_app.extensions["settings"].organisation.siren,
        sequence=last.sequence,
        number=last.number,
        chain_hash=last.chain_hash,
        sum_minor=_sum_up_to(last),
        cancelled_count=step.cancelled,
        cancelled_now=[receipt.number for receipt in void],
        cancelled_hash=_bound(before.cancelled_hash if before else "", void),
        previous=statement_hash(signed_heads.head_of(before).statement()) if before else "",
        signed_at=at,
        key=key,
    )
    statement = signed_heads.head_of(row).statement()
    row.signature = signing.signer(PURPOSE, key.generation).sign(statement)
    db.session.add(row)
    audit.record(
        SIGNED,
        subject_of(last.series_year),
        after={"number": row.number, "statement_sha256": statement_hash(statement)},
    )
    db.session.flush()
    return row


def _sum_up_to(last: Receipt) -> int:
    summed = sa.select(sa.func.sum(Receipt.amount_minor)).where(
        Receipt.series_year == last.series_year, Receipt.sequence <= last.sequence
    )
    return int(db.session.scalar(summed) or 0)


def _bound(before: str, void: Sequence[Receipt]) -> str:
    known = ((r.number, r.cancelled_at, r.cancel_reason) for r in void)
    return cancelled_hash(before, [(number, at, why) for number, at, why in known if at])

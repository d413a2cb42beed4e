"""The register under signature: each night the head of each series that moved; keys that follow one another."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from flask import current_app

from portal.core import audit, signing
from portal.core.db import db, transaction
from portal.receipts.models import Receipt, ReceiptSeries, ReceiptState, RegisterKey, SignedHead
from portal.receipts.queries import signed_heads
from portal.receipts.rules.signing import cancelled_hash, key_statement, statement_hash

PURPOSE = "receipt-register"
ONE_AT_A_TIME = 721_135
NIGHTLY = dt.timedelta(hours=20)
"""A series is signed again once its last head is that old, and something happened since."""


def sign_register(at: dt.datetime, *, when_due: bool = False) -> list[SignedHead]:
    """Sign the head of each series in which a receipt was issued or cancelled since its last head.

    ``when_due``: only those whose last head is a day old; harmless when it runs more often.
    """
    with transaction():
        _alone()
        key = _key_in_force(at)
        years = db.session.scalars(sa.select(ReceiptSeries.year).order_by(ReceiptSeries.year)).all()
        signed = [_sign(year, key, at, when_due) for year in years]
        return [head for head in signed if head is not None]


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


def _sign(year: int, key: RegisterKey, at: dt.datetime, when_due: bool) -> SignedHead | None:
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
    void = _newly_cancelled(year, last.sequence)
    if before is not None and before.sequence == last.sequence and not void:
        return None
    return _write(last, before, void, key, at)


def _newly_cancelled(year: int, upto: int) -> Sequence[Receipt]:
    """The receipts cancelled since the last head, in the order of their numbers."""
    told = sa.select(sa.func.unnest(SignedHead.cancelled_now)).where(SignedHead.series_year == year)
    return db.session.scalars(
        sa.select(Receipt)
        .where(
            Receipt.series_year == year,
            Receipt.sequence <= upto,
            Receipt.state == ReceiptState.CANCELLED,
            Receipt.number.not_in(told),
        )
        .order_by(Receipt.number)
    ).all()


def _write(
    last: Receipt,
    before: SignedHead | None,
    void: Sequence[Receipt],
    key: RegisterKey,
    at: dt.datetime,
) -> SignedHead:
    row = SignedHead(
        series_year=last.series_year,
        organisation=current_app.extensions["settings"].organisation.siren,
        sequence=last.sequence,
        number=last.number,
        chain_hash=last.chain_hash,
        sum_minor=_sum_up_to(last),
        cancelled_count=(before.cancelled_count if before else 0) + len(void),
        cancelled_now=[receipt.number for receipt in void],
        cancelled_hash=_bound(before.cancelled_hash if before else "", void),
        previous=statement_hash(signed_heads.head_of(before).statement()) if before else "",
        signed_at=at,
        key=key,
    )
    statement = signed_heads.head_of(row).statement()
    row.signature = signing.signer(PURPOSE, key.generation).sign(statement)
    db.session.add(row)
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

"""The signed heads and their keys, as read and as proved again."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.core import signing
from portal.core.db import db
from portal.receipts.models import Receipt, ReceiptState, RegisterKey, SignedHead
from portal.receipts.rules.findings import THE_KEYS, Finding, FindingKind
from portal.receipts.rules.signing import Head, cancelled_hash, key_statement, statement_hash

LATE_AFTER = dt.timedelta(days=3)


def register_keys() -> Sequence[RegisterKey]:
    """Every public key that ever signed the register, the newest first."""
    wanted = sa.select(RegisterKey).order_by(RegisterKey.generation.desc())
    return db.session.scalars(wanted).all()


def heads_of(year: int) -> Sequence[SignedHead]:
    """The signed heads of a series, the oldest first."""
    wanted = sa.select(SignedHead).where(SignedHead.series_year == year).order_by(SignedHead.id)
    return db.session.scalars(wanted.options(joinedload(SignedHead.key))).all()


def last_head(year: int) -> SignedHead | None:
    """The newest signed head of a series."""
    newest = sa.select(SignedHead).where(SignedHead.series_year == year)
    return db.session.scalar(newest.order_by(SignedHead.id.desc()).limit(1))


def last_heads() -> list[SignedHead]:
    """The newest signed head of each series, the latest series first."""
    return [head for year in reversed(signed_years()) if (head := last_head(year)) is not None]


def public_key_of(key: RegisterKey) -> bytes:
    """The raw key, 32 bytes."""
    return base64.b64decode(key.public_key)


def head_of(row: SignedHead) -> Head:
    """The facts a row says were signed."""
    return Head(
        organisation=row.organisation,
        series=row.series_year,
        number=row.number,
        count=row.sequence,
        sum_minor=row.sum_minor,
        chain_hash=row.chain_hash,
        cancelled=row.cancelled_count,
        cancelled_hash=row.cancelled_hash,
        previous=row.previous,
        signed_at=row.signed_at,
        key=row.key.fingerprint,
    )


@dataclass(slots=True)
class Series:
    """A series of the register as it stands: what each place says, and which receipts are void."""

    chain: list[tuple[str, str, int]] = field(default_factory=list)
    """Of each place its number, its chain hash, and the sum up to it."""
    cancelled: dict[str, tuple[dt.datetime, str]] = field(default_factory=dict)


def series_of(year: int) -> Series:
    """The series of a year, in the order of its places."""
    rows = db.session.execute(
        sa.select(
            Receipt.number,
            Receipt.chain_hash,
            Receipt.amount_minor,
            Receipt.state,
            Receipt.cancelled_at,
            Receipt.cancel_reason,
        )
        .where(Receipt.series_year == year)
        .order_by(Receipt.sequence)
    )
    series, summed = Series(), 0
    for number, chain, minor, state, at, reason in rows:
        summed += minor
        series.chain.append((number, chain, summed))
        if state is ReceiptState.CANCELLED and at is not None:
            series.cancelled[number] = (at, reason)
    return series


def broken_heads() -> Iterator[Finding]:
    """The heads and keys that do not hold."""
    for year in signed_years():
        yield from broken_in(year)
    yield from broken_keys()


def signed_years() -> Sequence[int]:
    """The series of which a head is kept."""
    years = sa.select(SignedHead.series_year).distinct().order_by(SignedHead.series_year)
    return db.session.scalars(years).all()


def broken_in(year: int) -> Iterator[Finding]:
    """The heads of a series that are not what the register says, or follow one that is not there."""
    series = series_of(year)
    void, known, before = "", set[str](), ""
    for row in heads_of(year):
        statement = head_of(row).statement()
        known |= set(row.cancelled_now)
        void = _void_hash(void, row, series)
        if not signing.is_signed(statement, row.signature, public_key_of(row.key)):
            yield Finding(year, FindingKind.SIGNATURE, row.number)
        elif row.previous != before:
            yield Finding(year, FindingKind.MISSING, row.number)
        elif _place(series, row) != (row.number, row.chain_hash, row.sum_minor):
            yield Finding(year, FindingKind.CHAIN, row.number)
        elif (row.cancelled_count, row.cancelled_hash) != (len(known), void):
            yield Finding(year, FindingKind.CANCELLED, row.number)
        before = statement_hash(statement)


def _place(series: Series, row: SignedHead) -> tuple[str, str, int] | None:
    return series.chain[row.sequence - 1] if row.sequence <= len(series.chain) else None


def _void_hash(before: str, row: SignedHead, series: Series) -> str:
    """The hash the head should have; a receipt it says is cancelled and is not leaves none."""
    if not set(row.cancelled_now) <= series.cancelled.keys():
        return ""
    return cancelled_hash(
        before, ((number, *series.cancelled[number]) for number in row.cancelled_now)
    )


def broken_keys() -> Iterator[Finding]:
    """The keys that are not what they say, or that the one before them did not sign."""
    older: RegisterKey | None = None
    for key in reversed(register_keys()):
        named = signing.fingerprint(public_key_of(key)) == key.fingerprint
        if not named or (key.endorsement and not _endorsed(key, older)):
            yield Finding(THE_KEYS, FindingKind.KEY, str(key.generation))
        older = key


def _endorsed(key: RegisterKey, older: RegisterKey | None) -> bool:
    message = key_statement(key.fingerprint, key.generation)
    return older is not None and signing.is_signed(message, key.endorsement, public_key_of(older))


def unsigned_for_long() -> int:
    """How many receipts were issued days ago and are under no signature yet."""
    newest = (
        sa.select(sa.func.coalesce(sa.func.max(SignedHead.sequence), 0))
        .where(SignedHead.series_year == Receipt.series_year)
        .scalar_subquery()
    )
    late = sa.select(sa.func.count()).where(
        Receipt.sequence > newest, Receipt.created_at < sa.func.now() - LATE_AFTER
    )
    return int(db.session.scalar(late) or 0)


def heads_count() -> int:
    """How many heads were signed so far."""
    return int(db.session.scalar(sa.select(sa.func.count()).select_from(SignedHead)) or 0)


def newly_cancelled(year: int, upto: int) -> Sequence[Receipt]:
    """The receipts up to a place of the series that no head says are cancelled, in the order of
    their numbers."""
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

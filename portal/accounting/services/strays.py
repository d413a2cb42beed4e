"""Money at Stripe that is not ours to explain yet: onto 471 with a reason, and from there to its gift.

From 471 to any other account goes by an entry by hand. What turns out to be a gift's, or its refund's
or dispute's, leaves 471 by itself: the gift books it. Whoever books a charge, a refund or a dispute,
here or there, does it alone (`_alone_with`): a line of the balance stands in the books once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import current_app

from portal.accounting.models import Entry
from portal.accounting.queries.entry_drafts import draft_of
from portal.accounting.queries.strays import (
    Stray,
    bank_account_of,
    is_named,
    lines_of_gifts,
    sources_of_gifts,
    standing_under,
    stray_of,
)
from portal.accounting.rules.sources import UNDONE, Posting
from portal.accounting.rules.strays import entry_for_stray, entry_for_stray_gift
from portal.accounting.services.posting import AT_ONCE, validate
from portal.core import audit
from portal.core.clock import paris_date
from portal.core.db import db, transaction
from portal.core.i18n_markers import N_
from portal.core.money import Money, total
from portal.donations import events, services
from portal.donations.events import ChangeRefused, GiftFacts
from portal.donations.models import Finding, Gift, ProviderLine
from portal.donations.rules.gift import GiftState
from portal.donations.rules.reconciliation import FindingState

STRAY, NAMED = "stray", "gift"
_ONE_SOURCE = 471
"""The first half of the locks of `_alone_with`."""
_LOCKS = sa.text("""
    select pg_advisory_xact_lock(:first, bucket) from (
      select distinct hashtext(source) & 1023 as bucket
      from unnest(cast(:sources as text[])) source order by bucket) buckets""")
LINKED = N_("A payment at Stripe was recognised as this gift: it keeps its sum.")


class StrayRefused(Exception):
    """It cannot be done; ``reason`` is an English msgid."""

    reason: ClassVar[str] = ""


class NoStray(StrayRefused):
    """The difference is gone, or it is no money of nobody."""

    reason = N_("This difference is no longer open.")


class NotInEuros(StrayRefused):
    """The books take euros only."""

    reason = N_("This line is in another currency: it is named and not booked.")


class NoSuchGift(StrayRefused):
    """No received gift of that sum and reference stands at the bank."""

    reason = N_("No gift by card of this reference and sum is recorded at the bank.")


def listen() -> None:
    """Hear of corrections; said once."""
    events.gift_change_requested.connect(_refuse)


def book_stray(finding_id: int, *, reason: str, by: int) -> Stray:
    """Book what nobody knows to 471, each line on its own day; the second time nothing.

    The difference is explained by the reason. Raises NoStray, NotInEuros.
    """
    with transaction():
        stray = _held(finding_id)
        if stray.booked and not stray.waiting:
            return stray
        if not stray.may_be_booked:
            raise NoStray
        validate([_posting(line, stray) for line in stray.waiting], _now())
        if stray.finding.state is FindingState.OPEN:
            services.explain(finding_id, reason, by=by)
        audit.record(
            "books.stray_booked",
            f"finding:{finding_id}",
            after={"subject": stray.finding.subject, "sum": str(_sum(stray.waiting))},
            note=reason,
            actor_id=by,
        )
        return _known(finding_id)


def name_gift(finding_id: int, gift_ref: str, *, by: int) -> Gift:
    """What stands on 471 is a gift the office recorded by card: its sum meets it at the bank.

    Said twice it is once. Raises NoStray, NoSuchGift.
    """
    with transaction() as session:
        gift = session.scalar(sa.select(Gift).where(Gift.ref == gift_ref).with_for_update(of=Gift))
        stray = _held(finding_id)
        if stray.gift is not None and stray.gift.ref == gift_ref:
            return stray.gift
        if not stray.may_be_a_gift:
            raise NoStray
        bank = None if gift is None else bank_account_of(gift.id)
        if gift is None or bank is None or not _fits(gift, stray):
            raise NoSuchGift
        line = stray.lines[0]
        on = max(paris_date(line.created_at), gift.tax_on or paris_date(line.created_at))
        draft = entry_for_stray_gift(line.id, gift.ref, stray.gross, bank, on)
        validate([Posting(_name(line, NAMED), draft, gift.id)], _now())
        audit.record(
            "books.stray_is_gift",
            f"finding:{finding_id}",
            after={"gift": gift.ref, "sum": str(stray.gross)},
            actor_id=by,
        )
        return gift


def leaving_suspense(gift_ids: Sequence[int]) -> list[Posting]:
    """What takes these gifts' payments, refunds and disputes from 471 again: the gifts book them.

    A gift the office had named for one is free of it. Nobody puts any of them on 471 until the
    transaction ends. The caller locks the gifts first, and posts what it gets.
    """
    parts = [gift_ids[start : start + AT_ONCE] for start in range(0, len(gift_ids), AT_ONCE)]
    _alone_with([source for part in parts for source in sources_of_gifts(part)])
    slots = [
        f"provider_line:{line.id}:{what}"
        for part in parts
        for line in lines_of_gifts(part)
        for what in (STRAY, NAMED)
    ]
    return [
        Posting(
            f"{entry.source}:{UNDONE}",
            draft_of(entry).reversed(entry.fact_on or entry.date),
            entry.gift_id,
        )
        for slot in slots
        for entry in standing_under(slot)
    ]


def _held(finding_id: int) -> Stray:
    """What it is, and nobody else books it until the transaction ends."""
    finding = db.session.get(Finding, finding_id, with_for_update=True)
    if finding is None:
        raise NoStray
    _alone_with([finding.subject])
    return _known(finding_id)


def _alone_with(sources: Sequence[str]) -> None:
    """A lock for each charge, refund and dispute, in one order, held until the transaction ends; some
    share one, so that thousands do not fill the table of locks."""
    if sources:
        db.session.execute(_LOCKS, {"first": _ONE_SOURCE, "sources": list(sources)})


def _known(finding_id: int) -> Stray:
    stray = stray_of(finding_id)
    if stray is None:
        raise NoStray
    if not stray.in_euros:
        raise NotInEuros
    return stray


def _sum(lines: Sequence[ProviderLine]) -> Money:
    return total([line.gross for line in lines])


def _fits(gift: Gift, stray: Stray) -> bool:
    """A received gift of that sum no payment was recognised as before."""
    return (
        gift.amount == stray.gross
        and gift.state is GiftState.SETTLED
        and gift.stripe_payment_intent_id is None
        and not is_named(gift.id)
    )


def _posting(line: ProviderLine, stray: Stray) -> Posting:
    on = paris_date(line.created_at)
    draft = entry_for_stray(line.id, stray.finding.subject, line.gross, line.fee, on)
    return Posting(_name(line, STRAY), draft)


def _name(line: ProviderLine, what: str) -> str:
    """The name of the fact; the next one when it was undone before."""
    slot = f"provider_line:{line.id}:{what}"
    like = sa.or_(Entry.source == slot, Entry.source.like(f"{slot}:%"))
    chosen = sa.select(sa.func.count()).where(like, ~Entry.source.like(f"%:{UNDONE}"))
    times = int(db.session.scalar(chosen.select_from(Entry)) or 0)
    return f"{slot}:{times + 1}" if times else slot


def _refuse(gift: Gift, *, before: GiftFacts, after: GiftFacts, **_told: Any) -> None:
    """A gift a payment was recognised as keeps its sum and is not taken back."""
    fixed = (before.amount, before.mode) != (after.amount, after.mode)
    if (fixed or before == after) and is_named(gift.id):
        raise ChangeRefused(LINKED)


def _now() -> Any:
    return current_app.extensions["clock"].now()

"""Money at Stripe that is not ours to explain yet: onto 471 with a reason, and from there to its gift.

From 471 to any other account goes by an entry by hand. A payment that turns out to be a gift Stripe
tells of leaves 471 by itself: the gift books it.
"""

from __future__ import annotations

from typing import Any, ClassVar

import sqlalchemy as sa
from flask import current_app

from portal.accounting.models import Entry
from portal.accounting.queries.entry_drafts import draft_of
from portal.accounting.queries.strays import Stray, bank_account_of, stray_of
from portal.accounting.rules.sources import UNDONE, Posting
from portal.accounting.rules.strays import entry_for_stray, entry_for_stray_gift
from portal.accounting.services.posting import validate
from portal.core import audit
from portal.core.clock import paris_date
from portal.core.db import db, transaction
from portal.core.i18n_markers import N_
from portal.donations import events, services
from portal.donations.events import ChangeRefused, GiftFacts
from portal.donations.models import Finding, Gift, ProviderLine
from portal.donations.rules.gift import GiftState
from portal.donations.rules.reconciliation import FindingState

STRAY = "stray"
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
    """Hear of gifts Stripe tells of late, and of corrections; said once."""
    events.gift_settled.connect(_leaves_suspense)
    events.gift_change_requested.connect(_refuse)


def book_stray(finding_id: int, *, reason: str, by: int) -> Stray:
    """Book what nobody knows to 471, each line on its own day; the second time nothing.

    The difference is explained by the reason. Raises NoStray, NotInEuros.
    """
    with transaction() as session:
        session.get(Finding, finding_id, with_for_update=True)
        stray = _known(finding_id)
        if stray.booked:
            return stray
        if stray.finding.state is FindingState.GONE:
            raise NoStray
        validate([_posting(line, stray) for line in stray.lines], _now())
        if stray.finding.state is FindingState.OPEN:
            services.explain(finding_id, reason, by=by)
        audit.record(
            "books.stray_booked",
            f"finding:{finding_id}",
            after={"subject": stray.finding.subject, "sum": str(stray.gross)},
            note=reason,
            actor_id=by,
        )
        return _known(finding_id)


def name_gift(finding_id: int, gift_ref: str, *, by: int) -> Gift:
    """What stands on 471 is a gift the office recorded by card: its sum meets it at the bank.

    Said twice it is once. Raises NoStray, NoSuchGift.
    """
    with transaction() as session:
        session.get(Finding, finding_id, with_for_update=True)
        stray = _known(finding_id)
        if stray.gift is not None and stray.gift.ref == gift_ref:
            return stray.gift
        if not stray.may_be_a_gift:
            raise NoStray
        gift = db.session.scalar(
            sa.select(Gift).where(Gift.ref == gift_ref).with_for_update(of=Gift)
        )
        bank = None if gift is None else bank_account_of(gift.id)
        if gift is None or bank is None or not _fits(gift, stray):
            raise NoSuchGift
        line = stray.lines[0]
        on = max(paris_date(line.created_at), gift.tax_on or paris_date(line.created_at))
        draft = entry_for_stray_gift(line.id, gift.ref, stray.gross, bank, on)
        validate([Posting(_name(line, "gift"), draft, gift.id)], _now())
        audit.record(
            "books.stray_is_gift",
            f"finding:{finding_id}",
            after={"gift": gift.ref, "sum": str(stray.gross)},
            actor_id=by,
        )
        return gift


def _known(finding_id: int) -> Stray:
    stray = stray_of(finding_id)
    if stray is None:
        raise NoStray
    if not stray.in_euros:
        raise NotInEuros
    return stray


def _fits(gift: Gift, stray: Stray) -> bool:
    """A received gift of that sum no payment was recognised as before."""
    linked = sa.select(Entry.id).where(
        Entry.gift_id == gift.id, Entry.source.like("provider\\_line:%")
    )
    return (
        gift.amount == stray.gross
        and gift.state is GiftState.SETTLED
        and gift.stripe_payment_intent_id is None
        and db.session.scalar(linked) is None
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


def _leaves_suspense(gift: Gift, **_told: Any) -> None:
    """Stripe told of the gift after its payment was put on 471: the gift books it now."""
    if not gift.stripe_charge_id:
        return
    prefix = sa.literal("provider_line:") + ProviderLine.id + f":{STRAY}"
    chosen = sa.select(Entry).join(ProviderLine, Entry.source.startswith(prefix))
    found = db.session.scalars(chosen.where(ProviderLine.source_id == gift.stripe_charge_id)).all()
    known = {entry.source for entry in found}
    postings = [
        Posting(f"{entry.source}:{UNDONE}", draft_of(entry).reversed(entry.fact_on or entry.date))
        for entry in found
        if not entry.source.endswith(f":{UNDONE}") and f"{entry.source}:{UNDONE}" not in known
    ]
    validate(postings, _now())


def _refuse(gift: Gift, *, before: GiftFacts, after: GiftFacts, **_told: Any) -> None:
    """A gift a payment was recognised as keeps its sum and is not taken back."""
    fixed = (before.amount, before.mode) != (after.amount, after.mode)
    if fixed or before == after:
        linked = sa.select(Entry.id).where(
            Entry.gift_id == gift.id, Entry.source.like("provider\\_line:%:gift")
        )
        if db.session.scalar(linked) is not None:
            raise ChangeRefused(LINKED)


def _now() -> Any:
    return current_app.extensions["clock"].now()

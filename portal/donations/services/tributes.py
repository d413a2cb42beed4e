"""Gifts in memory or in honour of somebody, and the card that tells another person of one.

A card leaves only when the gift's money has come, never says how much it was, and one address gets
a few in a week at most. Everything in it stays plain words; the office sees it and may stop it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from portal.accounts.models import Donor
from portal.core import audit, mail
from portal.core.db import db, transaction
from portal.donations.models import Gift, Tribute, TributeCard
from portal.donations.rules.gift import RECEIPTABLE_STATES
from portal.donations.services.provider import now, today

A_WEEK = dt.timedelta(days=7)
MOST_TO_ONE_PERSON = 3
MOST_OF_ONE_DONOR = 5
LONGEST_MESSAGE = 500


class TooManyCards(Exception):
    """This person got, or this donor sent, as many cards as a week allows."""


class CardGone(Exception):
    """The card was sent, or stopped, already."""


@dataclass(frozen=True, slots=True)
class CardOrder:
    """Whom to tell, in which words, and from which day on (None: as soon as the gift has come)."""

    recipient_name: str
    recipient_email: str
    message: str = ""
    send_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class TributeOrder:
    """In memory or in honour of whom a gift is made, and the card that tells of it."""

    kind: Tribute
    name: str
    card: CardOrder | None = None


def check_cards(recipient_email: str, giver_email: str) -> None:
    """Raises TooManyCards when this person or this giver had enough of them this week."""
    sent = sa.select(sa.func.count()).select_from(TributeCard)
    lately = TributeCard.sent_at > now() - A_WEEK
    to_one = sent.where(
        lately, sa.func.lower(TributeCard.recipient_email) == recipient_email.lower()
    )
    of_one = (
        sent.join(TributeCard.gift)
        .join(Donor, Donor.id == Gift.donor_id)
        .where(lately, sa.func.lower(Donor.email) == giver_email.lower())
    )
    for query, most in ((to_one, MOST_TO_ONE_PERSON), (of_one, MOST_OF_ONE_DONOR)):
        if int(db.session.scalar(query) or 0) >= most:
            raise TooManyCards


def add_tribute(gift: Gift, order: TributeOrder) -> None:
    """Write down in memory or honour of whom, and the card (in the open transaction)."""
    gift.tribute, gift.tribute_name = order.kind, order.name
    db.session.flush()
    if order.card is not None:
        db.session.add(
            TributeCard(
                gift_id=gift.id,
                recipient_name=order.card.recipient_name,
                recipient_email=order.card.recipient_email,
                message=order.card.message[:LONGEST_MESSAGE],
                send_on=order.card.send_on,
            )
        )
        db.session.flush()


def card_of(gift_id: int) -> TributeCard | None:
    """The card that goes with a gift."""
    return db.session.scalar(sa.select(TributeCard).where(TributeCard.gift_id == gift_id))


def on_gift_settled(gift: Gift, **_more: object) -> None:
    """The money came: a card whose day it is leaves, in the same transaction."""
    card = card_of(gift.id)
    if card is not None:
        _send_if_due(card)


def send_due_cards() -> None:
    """Send the cards whose day has come; each on its own."""
    due = sa.select(TributeCard.id).where(
        TributeCard.sent_at.is_(None),
        TributeCard.stopped_at.is_(None),
        TributeCard.send_on <= today(),
    )
    for card_id in db.session.scalars(due).all():
        with transaction() as session:
            card = session.get_one(TributeCard, card_id, with_for_update={"of": TributeCard})
            _send_if_due(card)


def _send_if_due(card: TributeCard) -> None:
    gift = card.gift
    if card.sent_at or card.stopped_at or gift.state not in RECEIPTABLE_STATES:
        return
    if card.send_on is not None and card.send_on > today():
        return
    try:
        check_cards(card.recipient_email, gift.donor.email)
    except TooManyCards:
        card.stopped_at = now()
        audit.record("card.stopped", f"gift:{gift.ref}", note="too many cards in a week")
        return
    card.sent_at = now()
    mail.post(
        "donations/mail/tribute_card",
        to=card.recipient_email,
        language=str(gift.language),
        key=f"tribute_card:{card.id}",
        card=card,
        giver=gift.donor.name,
        honoured=gift.tribute_name,
        in_memory=gift.tribute is Tribute.MEMORY,
    )


def stop_card(gift_id: int, *, by: int, reason: str) -> None:
    """Keep a card from leaving. Raises CardGone."""
    with transaction() as session:
        card = session.scalar(
            sa.select(TributeCard).where(TributeCard.gift_id == gift_id).with_for_update()
        )
        if card is None or card.sent_at is not None or card.stopped_at is not None:
            raise CardGone
        card.stopped_at = now()
        audit.record("card.stopped", f"gift:{card.gift.ref}", note=reason, actor_id=by)

"""What receipts add to shared pages and to the file of a person's data."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from portal.accounts.models import Donor
from portal.core.db import db
from portal.core.web.cards import Card
from portal.receipts.delivery_words import channel_word, delivery_sentence, timing_word
from portal.receipts.models import Channel, ReceiptDelivery, ReceiptState, ReceiptTiming
from portal.receipts.queries.deliveries import deliveries_by_receipt, preference_of
from portal.receipts.queries.register import receipts_of


def home_card(donor_id: int) -> Card | None:
    """The sponsor's newest receipts."""
    receipts = [each for each in receipts_of(donor_id) if each.state is ReceiptState.ISSUED]
    if not receipts:
        return None
    return Card(
        title=_("Your tax receipts"),
        template="receipts/_home_card.html",
        context={"receipts": receipts[:3]},
        url=url_for("my_receipts.index"),
        link=_("All my receipts"),
        icon="receipt-euro",
    )


def donor_section(donor_id: int) -> Card | None:
    """For accountants: the donor's receipts, how they reach her, what she prefers."""
    donor = db.session.get_one(Donor, donor_id)
    receipts, chosen = receipts_of(donor_id), preference_of(donor_id)
    return Card(
        title=_("Tax receipts"),
        template="receipts/_donor_section.html",
        context={
            "receipts": receipts,
            "sent": deliveries_by_receipt([each.id for each in receipts]),
            "delivery_sentence": delivery_sentence,
            "timing": timing_word(chosen.timing if chosen else ReceiptTiming.ANNUAL),
            "channel": channel_word(chosen.channel if chosen else Channel.MAIL),
        },
        url=url_for("office_receipts.preference", donor=donor.public_id),
        link=_("Preference and single receipts"),
        icon="receipt-euro",
    )


def receipts_about(donor_id: int) -> list[dict[str, Any]]:
    """Each receipt with what it says and how it was sent, for the donor's own file."""
    receipts = receipts_of(donor_id)
    sent = deliveries_by_receipt([receipt.id for receipt in receipts])
    return [
        {
            "number": receipt.number,
            "state": receipt.state.value,
            "sha256": receipt.sha256,
            "content": receipt.content,
            "sent": [_as_told(delivery) for delivery in sent[receipt.id]],
        }
        for receipt in receipts
    ]


def _as_told(delivery: ReceiptDelivery) -> dict[str, Any]:
    return {
        "channel": delivery.channel.value,
        "state": delivery.state.value,
        "at": delivery.at.isoformat(),
        "opened_at": delivery.opened_at.isoformat() if delivery.opened_at else None,
    }


def preference_told(donor_id: int) -> dict[str, Any] | None:
    """What the donor chose for her receipts, for her own file."""
    chosen = preference_of(donor_id)
    if chosen is None:
        return None
    return {
        "timing": chosen.timing.value,
        "channel": chosen.channel.value,
        "changed_at": chosen.changed_at.isoformat(),
    }

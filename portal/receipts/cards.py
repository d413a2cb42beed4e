"""What receipts add to shared pages and to the file of a person's data."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from portal.core.web.cards import Card
from portal.receipts.models import ReceiptState
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
    """For accountants: the donor's receipts."""
    receipts = receipts_of(donor_id)
    if not receipts:
        return None
    return Card(
        title=_("Tax receipts"),
        template="receipts/_donor_section.html",
        context={"receipts": receipts},
        icon="receipt-euro",
    )


def receipts_about(donor_id: int) -> list[dict[str, Any]]:
    """Each receipt with what it says, for the donor's own file."""
    return [
        {
            "number": receipt.number,
            "state": receipt.state.value,
            "sha256": receipt.sha256,
            "content": receipt.content,
        }
        for receipt in receipts_of(donor_id)
    ]

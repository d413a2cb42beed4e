"""A gift that is a membership fee: on its own account, with or without something in return."""

from __future__ import annotations

from dataclasses import replace

from portal.core import audit
from portal.core.db import transaction
from portal.core.i18n_markers import N_
from portal.donations import events
from portal.donations.codes import PurposeKind
from portal.donations.events import ChangeRefused
from portal.donations.models import Gift, NoReceipt
from portal.donations.rules.gift import RECEIPTABLE_STATES
from portal.donations.services.imported import facts_of

NOT_STANDING = N_("Only money that was received and kept can be a membership fee.")
FOR_A_PROGRAMME = N_("This gift is for one programme: correct what it is for first.")


def say_membership(
    gift_id: int, *, membership: bool, with_return: bool, reason: str, by: int
) -> bool:
    """Say whether a gift is a membership fee, however it came; its books follow. False: nothing new.

    ``with_return``: something of value was given for it, so that no receipt may be written
    (BOI-IR-RICI-250-20). Raises ChangeRefused, when it stands on a receipt or did not stay.
    """
    with transaction() as session:
        gift = session.get_one(Gift, gift_id, with_for_update={"of": Gift}, populate_existing=True)
        before = _told(gift)
        after = _wanted(gift, membership, with_return)
        if before == after:
            return False
        if gift.state not in RECEIPTABLE_STATES:
            raise ChangeRefused(NOT_STANDING)
        if membership and gift.purpose is PurposeKind.PROGRAMME:
            raise ChangeRefused(FOR_A_PROGRAMME)
        facts = facts_of(gift)
        changed = replace(facts, membership=membership, counterpart=membership and with_return)
        events.gift_change_requested.send(gift, before=facts, after=changed)
        gift.membership, gift.no_receipt = after
        audit.record(
            "gift.membership_said",
            f"gift:{gift.ref}",
            before={"membership": before[0], "no_receipt": before[1]},
            after={"membership": after[0], "no_receipt": after[1]},
            note=reason,
            actor_id=by,
        )
        session.flush()
        events.gift_changed.send(gift, before=facts, after=changed)
        return True


_Told = tuple[bool, NoReceipt | None]


def _told(gift: Gift) -> _Told:
    return gift.membership, gift.no_receipt


def _wanted(gift: Gift, membership: bool, with_return: bool) -> _Told:
    """A counterpart forbids the receipt; without one, other reasons against a receipt stay."""
    if membership and with_return:
        return True, NoReceipt.COUNTERPART
    kept = None if gift.no_receipt is NoReceipt.COUNTERPART else gift.no_receipt
    return membership, kept

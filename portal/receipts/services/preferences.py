"""What a donor prefers: one receipt a year or one after each gift, by mail, post or in her account."""

from __future__ import annotations

import datetime as dt

from portal.accounts import queries as accounts
from portal.accounts.models import Donor
from portal.core import audit
from portal.core.clock import paris_date
from portal.core.db import transaction
from portal.receipts.models import Channel, ReceiptPreference, ReceiptTiming
from portal.receipts.queries.deliveries import preference_of


class ChannelNotPossible(Exception):
    """No address of mail is known to write to, or there is no account to look into."""

    def __init__(self, channel: Channel) -> None:
        super().__init__(channel)
        self.channel = channel


def set_preference(
    donor_id: int, timing: ReceiptTiming, channel: Channel, *, at: dt.datetime, by: int | None
) -> ReceiptPreference:
    """Keep when a donor's receipts are made and how they reach her.

    With a receipt after each gift, gifts that came before that choice stay for the annual one.
    Raises ChannelNotPossible.
    """
    with transaction() as session:
        donor = session.get_one(Donor, donor_id, with_for_update=True)
        _must_be_possible(donor, channel)
        kept = preference_of(donor.id)
        before = _as_said(kept)
        if kept is None:
            kept = ReceiptPreference(donor_id=donor.id)
            session.add(kept)
        since = kept.each_since or paris_date(at)
        kept.timing, kept.channel, kept.changed_at = timing, channel, at
        kept.each_since = since if timing is ReceiptTiming.EACH else None
        session.flush()
        if _as_said(kept) != before:
            audit.record(
                "receipt_preference.changed",
                f"donor:{donor.ref}",
                before=before,
                after=_as_said(kept),
                actor_id=by,
            )
        return kept


def _as_said(preference: ReceiptPreference | None) -> dict[str, str]:
    if preference is None:
        return {"timing": ReceiptTiming.ANNUAL.value, "channel": Channel.MAIL.value}
    return {"timing": preference.timing.value, "channel": preference.channel.value}


def _must_be_possible(donor: Donor, channel: Channel) -> None:
    nobody_looks = channel is Channel.ACCOUNT and accounts.account_of_donor(donor.id) is None
    if nobody_looks or (channel is Channel.MAIL and not donor.email):
        raise ChannelNotPossible(channel)

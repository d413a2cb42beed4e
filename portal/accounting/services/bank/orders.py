"""What a person, or a proposal, says a line is."""

from __future__ import annotations

from dataclasses import dataclass

from portal.accounting.rules.bank import MatchKind
from portal.core.money import Money
from portal.donations.codes import PurposeKind
from portal.programmes.codes import Programme


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftPart:
    """A gift in the line: one that is recorded (``gift_id``), or one to be made for a donor.

    A recorded transfer of the donor, of that sum and about that day, is taken first, so that no gift
    is counted twice; ``another``: a person looked, and it is another gift. ``membership``: a membership
    fee (756), ``with_return`` one for which something of value was given.
    """

    amount: Money
    donor_id: int | None = None
    purpose: PurposeKind = PurposeKind.GENERAL
    programme: Programme | None = None
    gift_id: int | None = None
    appeal_id: int | None = None
    another: bool = False
    membership: bool = False
    with_return: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPart:
    """What is no gift: one of a payout, a deposit, an entry, or an account of the books."""

    amount: Money
    payout_id: str | None = None
    deposit_id: int | None = None
    entry_id: int | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchOrder:
    """What a line is. ``collection_id``: a file of our own debits, instead of parts.

    ``learn``: the same account means the same next time. ``thank``: donors are thanked.
    """

    kind: MatchKind
    parts: tuple[GiftPart | OtherPart, ...] = ()
    collection_id: int | None = None
    learn: bool = False
    thank: bool = True
    note: str = ""

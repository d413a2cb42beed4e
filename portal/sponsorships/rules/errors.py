"""What can go wrong when children are promised."""

from __future__ import annotations

from datetime import datetime


class SponsorshipError(Exception):
    """Something the matching desk must be told; each kind has its words (refusals.py)."""


class AlreadyPromised(SponsorshipError):
    """The child is held for somebody else, or has a sponsor; ``by`` names the role that did it."""

    def __init__(self, *, sponsored: bool, by: str = "", until: datetime | None = None) -> None:
        super().__init__("sponsored" if sponsored else "held")
        self.sponsored, self.by, self.until = sponsored, by, until


class WishHasChild(SponsorshipError):
    """Another child is held for this sponsor, or she already has one by this wish."""


class WishNotWaiting(SponsorshipError):
    """The sponsor no longer waits: her wish is unpaid, fulfilled or withdrawn."""


class ChildNotAvailable(SponsorshipError):
    """The child is not in care, not sponsorable, or the family's consent is not in force."""


class HoldOver(SponsorshipError):
    """The hold was released, lapsed or taken in the meantime."""


class NoMoreExtensions(SponsorshipError):
    """A hold may be extended twice only: other children and sponsors wait."""


class SponsorshipOver(SponsorshipError):
    """The sponsorship ended already."""


class UnknownPair(SponsorshipError):
    """A proposal names a wish, a donor or a child that do not exist or do not belong together."""

"""What is done with wishes, holds and sponsorships."""

from portal.sponsorships.services.ending import end_sponsorship
from portal.sponsorships.services.holds import extend, hold, release, release_lapsed
from portal.sponsorships.services.proposals import apply_proposal
from portal.sponsorships.services.starting import accept, accept_pair
from portal.sponsorships.services.wishes import (
    open_wish,
    plan_over,
    wish_from_import,
    wish_paid,
    withdraw_wish,
)

__all__ = [
    "accept",
    "accept_pair",
    "apply_proposal",
    "end_sponsorship",
    "extend",
    "hold",
    "open_wish",
    "plan_over",
    "release",
    "release_lapsed",
    "wish_from_import",
    "wish_paid",
    "withdraw_wish",
]

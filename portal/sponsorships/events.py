"""What sponsorships tell the features above them, received in the same transaction."""

from __future__ import annotations

from blinker import Namespace

_sponsorships = Namespace()

sponsorship_started = _sponsorships.signal(
    "sponsorship_started", doc="A sponsor and a child belong together. Arguments: ``sponsorship``."
)
sponsorship_ended = _sponsorships.signal(
    "sponsorship_ended", doc="A sponsorship ended. Arguments: ``sponsorship``."
)

__all__ = ["sponsorship_ended", "sponsorship_started"]

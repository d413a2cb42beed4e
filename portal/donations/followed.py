"""The child behind a plan, as far as its payer's pages must know: is there one, or a place in a queue.

Sponsorships stand above gifts and are not known here: they register who tells.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class ChildStanding(StrEnum):
    """``found``: a child is followed for this plan. ``waits``: somebody waits for one."""

    NONE = "none"
    WAITS = "waits"
    FOUND = "found"


@dataclass(frozen=True, slots=True)
class ChildOfPlan:
    """How it stands, and which child: its public id, shown to nobody but who follows it."""

    standing: ChildStanding = ChildStanding.NONE
    child: uuid.UUID | None = None

    @property
    def found(self) -> bool:
        """Whether a child is followed."""
        return self.standing is ChildStanding.FOUND

    @property
    def waits(self) -> bool:
        """Whether somebody has a place in the queue."""
        return self.standing is ChildStanding.WAITS


Teller = Callable[[int], ChildOfPlan]
_TELLERS: list[Teller] = []


def register_child_of_plan(tell: Teller) -> None:
    """``tell(plan_id)`` gives how it stands with the child of a plan."""
    if tell not in _TELLERS:
        _TELLERS.append(tell)


def child_of_plan(plan_id: int) -> ChildOfPlan:
    """How it stands with the child of a plan; none when nobody above knows of any."""
    told = (tell(plan_id) for tell in _TELLERS)
    return next((each for each in told if each.standing is not ChildStanding.NONE), ChildOfPlan())

"""What the charity says of itself to everybody; one place, so that no page says it differently.

The figures are those PSE publishes. What the portal counts in its own records is in
``portal.programmes.figures``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Facts:
    """The charity in figures; shares are whole percents of what it spends."""

    since: int = 1995
    children_saved: int = 12_000
    children_each_year: int = 6_500
    programmes: int = 6
    volunteers: int = 300
    employees: int = 6
    overheads_percent: int = 10

    @property
    def programmes_percent(self) -> int:
        """The share spent on the programmes: all that is not overheads."""
        return 100 - self.overheads_percent


FACTS: Final = Facts()

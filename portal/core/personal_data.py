"""What the house keeps of a person, gathered from the features (GDPR art. 15 and 20)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Gather = Callable[[int], Any]
_GATHERED: dict[str, Gather] = {}


def register(name: str, gather: Gather) -> None:
    """``gather(donor_id)`` gives plain values for JSON: no child's private record, no colleague."""
    _GATHERED[name] = gather


def everything_about(donor_id: int) -> dict[str, Any]:
    """What each feature keeps of the donor, by its name."""
    return {name: gather(donor_id) for name, gather in sorted(_GATHERED.items())}

"""Who goes first when the machine is busy: the pages and the webhook's door, then the jobs."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

GENTLE = 10
"""How far behind: about a tenth of what a page gets when both want the same processor."""
_GROUP = Path("/proc/self/autogroup")


def stand_behind_pages(by: int = GENTLE) -> None:
    """Let this process wait for those that answer people; called once, as it starts.

    Linux weighs sessions before it weighs processes, and `portal serve` gives each part a session
    of its own: so the session is made to stand behind, too, where the system lets us.
    """
    os.nice(by)
    with contextlib.suppress(OSError):
        _GROUP.write_text(str(by))

"""Where promises of regular transfers come from: standing orders here, sponsorships from above.

Sponsorships stand above the books and are not known here: they register who promises what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from portal.accounting.rules.promises import Promise

Promisers = Callable[[], Iterable[Promise]]
_PROMISERS: list[Promisers] = []


def register_promises(tell: Promisers) -> None:
    """``tell()`` gives what donors promised to transfer regularly, running and ended."""
    if tell not in _PROMISERS:
        _PROMISERS.append(tell)


def promises_told() -> list[Promise]:
    """Every promise another feature knows of."""
    return [promise for tell in _PROMISERS for promise in tell()]

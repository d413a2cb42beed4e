"""Whether a guardian's consent is in force."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from portal.programmes.codes import ConsentScope


class Consented(Protocol):
    """What the rule reads of a consent."""

    scope: ConsentScope
    granted_on: date
    expires_on: date | None
    withdrawn_on: date | None


def consent_in_force(consents: Iterable[Consented], scope: ConsentScope, on: date) -> bool:
    """Whether one of a child's consents allows ``scope`` on that day.

    A consent holds from the day it is granted to the day it expires, both included, and no longer
    on the day it is withdrawn. A withdrawal also ends every earlier grant of the same scope: a
    family that says no means all of them; only a newer grant opens the door again.
    """
    mine = [c for c in consents if c.scope is scope and c.granted_on <= on]
    withdrawals = [c.withdrawn_on for c in mine if c.withdrawn_on and c.withdrawn_on <= on]
    last_no = max(withdrawals, default=date.min)
    return any(
        c.granted_on >= last_no
        and (c.expires_on is None or on <= c.expires_on)
        and (c.withdrawn_on is None or on < c.withdrawn_on)
        for c in mine
    )

"""Failures ordered in advance, to see how a client of Stripe stands them."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass

from flask import Response

from portal.stripe_simulator.account import Account
from portal.stripe_simulator.refusals import Refusal

STATUSES = {
    409: "There is currently another in-progress request using this Idempotent Key.",
    429: "Request rate limit exceeded.",
    500: "Sorry, something went wrong.",
    502: "<html><body><h1>502 Bad Gateway</h1></body></html>",
    503: "Service unavailable.",
}
BROKEN = 0
"""The status of a fault with which the connection just ends, without any answer."""
HUNG_UP = "X-Simulated-Fault"
"""The header by which the server is told to hang up."""
_LONGEST_WAIT = 120.0


@dataclass(frozen=True)
class Fault:
    """An answer that is given instead of the right one, to so many requests of that kind.

    With `after` the request is carried out first and only its answer is lost; `kept`: the answer is
    remembered under the request's idempotency key, as Stripe does with its own 500s. `seconds` is
    how long the client waits for it.
    """

    status: int
    times: int = 1
    after: bool = False
    path: str = ""
    method: str = ""
    seconds: float = 0.0
    kept: bool = False

    def meets(self, method: str, path: str) -> bool:
        """Whether it is meant for this request; a path stands for everything below it."""
        wanted = self.path.rstrip("/")
        return (not wanted or path == wanted or path.startswith(f"{wanted}/")) and (
            not self.method or method == self.method
        )

    def body(self) -> str:
        """What Stripe would have written."""
        if self.status == 502:
            return STATUSES[502]
        error = {"message": STATUSES.get(self.status, ""), "type": "api_error"}
        if self.status == 409:
            error |= {"type": "invalid_request_error", "code": "idempotency_key_in_use"}
        if self.status == 429:
            error |= {"type": "invalid_request_error", "code": "rate_limit"}
        return json.dumps({"error": error})

    def answer(self) -> Response:
        """What the client sees, after it has waited."""
        if self.seconds:
            time.sleep(self.seconds)
        if self.status == BROKEN:
            return Response("", 503, headers={HUNG_UP: "hang up"})
        kind = "text/html" if self.status == 502 else "application/json"
        return Response(self.body(), self.status, content_type=kind)


def order(account: Account, fault: Fault) -> None:
    """The next requests it is meant for will be answered so; earlier orders come first."""
    if fault.status not in STATUSES and fault.status != BROKEN:
        known = ", ".join(map(str, (BROKEN, *STATUSES)))
        raise Refusal(f"status must be one of {known}", param="status")
    if not 0 <= fault.seconds <= _LONGEST_WAIT:
        raise Refusal(f"seconds must be 0 to {_LONGEST_WAIT:g}", param="seconds")
    if not 1 <= fault.times <= 100_000:
        raise Refusal("times must be 1 to 100000", param="times")
    _write(account, [*planned(account), fault])


def planned(account: Account) -> list[Fault]:
    """The faults still to come, in their order."""
    return [Fault(**each) for each in json.loads(account.store.setting("faults", "[]"))]


def forget(account: Account) -> None:
    """No more faults."""
    _write(account, [])


def planned_fault(account: Account, method: str, path: str) -> Fault | None:
    """The fault ordered for this request, if there is one; one of its times is used up."""
    if account.store.setting("faults", "[]") == "[]":
        return None
    with account.store.transaction():
        waiting = planned(account)
        for place, fault in enumerate(waiting):
            if fault.meets(method, path):
                left = {**asdict(fault), "times": fault.times - 1}
                waiting[place : place + 1] = [Fault(**left)] if left["times"] else []
                _write(account, waiting)
                return fault
    return None


def _write(account: Account, waiting: list[Fault]) -> None:
    account.store.set("faults", json.dumps([asdict(each) for each in waiting]))

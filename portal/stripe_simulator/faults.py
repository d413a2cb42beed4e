"""Failures ordered in advance, to see how a client of Stripe stands them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask import Response

from portal.stripe_simulator.account import Account

STATUSES = {
    409: "There is currently another in-progress request using this Idempotent Key.",
    429: "Request rate limit exceeded.",
    500: "Sorry, something went wrong.",
    502: "<html><body><h1>502 Bad Gateway</h1></body></html>",
    503: "Service unavailable.",
}


@dataclass(frozen=True)
class Fault:
    """An answer that is given instead of the right one.

    With `after` the request is carried out first and only its answer is lost.
    """

    status: int
    after: bool

    def answer(self) -> Response:
        """What the client sees."""
        if self.status == 502:
            return Response(STATUSES[502], 502, content_type="text/html")
        body = {"error": {"message": STATUSES[self.status], "type": "api_error"}}
        if self.status == 409:
            body["error"] |= {"type": "invalid_request_error", "code": "idempotency_key_in_use"}
        if self.status == 429:
            body["error"] |= {"type": "invalid_request_error", "code": "rate_limit"}
        return Response(json.dumps(body), self.status, content_type="application/json")


def order(account: Account, status: int, times: int, after: bool) -> None:
    """The next requests will be answered so."""
    account.store.set("faults", json.dumps({"status": status, "times": times, "after": after}))


def planned_fault(account: Account) -> Fault | None:
    """The fault ordered for this request, if there is one; it is used up."""
    with account.store.transaction():
        planned = json.loads(account.store.setting("faults", '{"times": 0}'))
        if planned["times"] < 1:
            return None
        planned["times"] -= 1
        account.store.set("faults", json.dumps(planned))
        return Fault(planned["status"], planned["after"])

"""The balance, its lines, the payouts and the events, read page by page: memory stays small."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, TypeVar, cast

import stripe

from portal.core.money import Money
from portal.donations import gateway as door
from portal.donations.stripe_gateway import events, snapshots
from portal.donations.stripe_gateway.connection import PAGE, Connection, named, plain
from portal.donations.stripe_gateway.refusals import translated

_T = TypeVar("_T", bound=stripe.StripeObject)


class Ledger(Connection):
    """What Stripe remembers of the account's money and of what happened."""

    def ledger(self, since: datetime) -> Iterator[door.LedgerLine]:
        """The lines of the balance made since that instant, newest first, page by page."""
        asked = {"created": _from(since), "limit": PAGE}
        with translated():
            first = self._stripe.balance_transactions.list(cast(Any, asked))
        return (snapshots.ledger_line(line) for line in self._all_of(first, asked))

    def ledger_of_payout(self, payout_id: str) -> Iterator[door.LedgerLine]:
        """The lines an automatic payout pays out, its own line included, page by page."""
        asked = {"payout": named(payout_id), "limit": PAGE}
        with translated():
            first = self._stripe.balance_transactions.list(cast(Any, asked))
        return (snapshots.ledger_line(line, payout_id) for line in self._all_of(first, asked))

    def payouts(self, since: datetime) -> Iterator[door.PayoutSnapshot]:
        """The payouts made since that instant, newest first."""
        asked = {"created": _from(since), "limit": PAGE}
        with translated():
            first = self._stripe.payouts.list(cast(Any, asked))
        return (snapshots.payout(payout) for payout in self._all_of(first, asked))

    def fetch_payout(self, payout_id: str) -> door.PayoutSnapshot:
        """A payout as it stands now."""
        with translated():
            payout = self._stripe.payouts.retrieve(named(payout_id))
        return snapshots.payout(plain(payout))

    def balance(self) -> tuple[Money, ...]:
        """What Stripe holds for us now, available and pending together, a sum a currency."""
        with translated():
            found = self._stripe.balance.retrieve()
        return snapshots.balance(plain(found))

    def events(self, since: datetime) -> Iterator[tuple[door.VerifiedEvent, dict[str, Any]]]:
        """What Stripe would have told since that instant (30 days at most), newest first.

        One that we cannot read is left out: it could not have been delivered either.
        """
        asked = {"created": _from(since), "limit": PAGE}
        with translated():
            first = self._stripe.events.list(cast(Any, asked))
        for body in self._all_of(first, asked):
            try:
                event = events.read(json.dumps(body).encode())
            except door.EventMalformed:
                continue
            yield event, body

    def _all_of(
        self, first: stripe.ListObject[_T], asked: dict[str, Any]
    ) -> Iterator[dict[str, Any]]:
        """Each object of a list; the next page is asked for when it is needed, and this one let go.

        What follows the first page is read without the library's own objects: making them takes
        several times as long as everything else, and a year's ledger has thousands of pages.
        """
        page = plain(first)
        yield from page["data"]
        while page.get("has_more") and page["data"]:
            after = {**asked, "starting_after": page["data"][-1]["id"]}
            with translated():
                page = cast(Any, self._client).raw_request("get", page["url"], **after).data
            yield from page["data"]


def _from(since: datetime) -> Any:
    return {"gte": int(since.timestamp())}

"""The provider's side of the money: a balance with lines, payouts, and the messages it remembers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from portal.core.money import Money
from portal.donations.gateway import (
    EventMalformed,
    GatewayUnavailable,
    LedgerLine,
    PayoutSnapshot,
    SignatureInvalid,
    VerifiedEvent,
)
from tests.fakes.payments.kept import GOOD, Kept, found

_T = TypeVar("_T")


@dataclass
class Balance(Kept):
    """The ledger, the payouts, the events."""

    # What the portal asks ------------------------------------------------------------------

    def ledger(self, since: datetime) -> Iterator[LedgerLine]:
        self._called("ledger")
        yield from self._read(line for line in self._newest() if line.created_at >= since)

    def ledger_of_payout(self, payout_id: str) -> Iterator[LedgerLine]:
        self._called("ledger_of_payout")
        yield from self._read(line for line in self._newest() if line.payout_id == payout_id)

    def payouts(self, since: datetime) -> Iterator[PayoutSnapshot]:
        self._called("payouts")
        yield from [each for each in reversed(self.sent.values()) if each.created_at >= since]

    def fetch_payout(self, payout_id: str) -> PayoutSnapshot:
        self._called("fetch_payout")
        return found(self.sent, payout_id)

    def balance(self) -> tuple[Money, ...]:
        self._called("balance")
        return self.held if self.held is not None else self._sums()

    def events(self, since: datetime) -> Iterator[tuple[VerifiedEvent, dict[str, Any]]]:
        self._called("events")
        told = [one for one in reversed(self.remembered) if one[0].created_at >= since]
        yield from self._read(told)

    def verify(self, raw: bytes, header: str) -> VerifiedEvent:
        if header != GOOD:
            raise SignatureInvalid("the signature is not ours")
        try:
            body = json.loads(raw)
            thing = body["data"]["object"]
        except (ValueError, KeyError, TypeError) as error:
            raise EventMalformed("not an event") from error
        return VerifiedEvent(
            id=body["id"],
            type=body["type"],
            object_type=thing.get("object", ""),
            object_id=thing.get("id", ""),
            api_version="test",
            livemode=False,
            created_at=datetime.fromtimestamp(body["created"], UTC),
        )

    # What happens there --------------------------------------------------------------------

    def pays_out(self, *, by_hand: bool = False, short_by: int = 0) -> PayoutSnapshot:
        """Everything not paid out yet goes to the bank; ``short_by`` cents get lost on the way."""
        waiting = [line for line in self.lines.values() if line.payout_id is None]
        total = sum(line.net.minor for line in waiting) - short_by
        payout_id = self._id("po")
        own = self.moves("payout", -total, payout_id)
        if not by_hand:
            for line in [*waiting, own]:
                self.lines[line.id] = replace(line, payout_id=payout_id)
        self.sent[payout_id] = PayoutSnapshot(
            id=payout_id,
            amount=Money(total),
            status="in_transit",
            automatic=not by_hand,
            reconciled=not by_hand,
            created_at=self.now,
            arrives_on=(self.now + timedelta(days=2)).date(),
            balance_transaction_id=own.id,
        )
        return self.sent[payout_id]

    def arrives(self, payout_id: str) -> None:
        """The bank has the money."""
        self.sent[payout_id] = replace(self.sent[payout_id], status="paid")

    def comes_back(self, payout_id: str) -> None:
        """The bank refused the payout."""
        payout = self.sent[payout_id]
        self.sent[payout_id] = replace(payout, status="failed", failure_reason="account_closed")
        self.moves("payout_reversal", payout.amount.minor, payout_id)

    def event(self, kind: str, object_id: str, **values: Any) -> tuple[bytes, dict[str, str]]:
        """A signed message about an object: the body and the headers to post."""
        body = {
            "id": self._id("evt"),
            "type": kind,
            "created": int(self.now.timestamp()) + next(self._numbers),
            "livemode": False,
            "data": {
                "object": {"id": object_id, "object": kind.split(".", maxsplit=1)[0], **values}
            },
        }
        return json.dumps(body).encode(), {"Stripe-Signature": GOOD}

    def remembers(self, kind: str, object_id: str, **values: Any) -> VerifiedEvent:
        """A message that was never delivered, and can be asked for."""
        raw, _headers = self.event(kind, object_id, **values)
        event = self.verify(raw, GOOD)
        self.remembered.append((event, json.loads(raw)))
        return event

    # How it is kept ------------------------------------------------------------------------

    def _newest(self) -> list[LedgerLine]:
        return sorted(self.lines.values(), key=lambda line: line.created_at, reverse=True)

    def _read(self, told: Iterable[_T]) -> Iterator[_T]:
        for number, each in enumerate(told):
            if self.breaks_after is not None and number >= self.breaks_after:
                raise GatewayUnavailable("nothing answers any more")
            yield each

    def _sums(self) -> tuple[Money, ...]:
        currencies = sorted({line.net.currency for line in self.lines.values()})
        return tuple(
            Money(sum(x.net.minor for x in self.lines.values() if x.net.currency == one), one)
            for one in currencies
        )

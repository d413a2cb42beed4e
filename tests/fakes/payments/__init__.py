"""A payment provider in memory: what the tests play with instead of Stripe.

It keeps the promises of `PaymentGateway` (same key and request: same answer; other request: a
conflict) and has hands of its own: a donor pays, a card is declined, a session expires, a month
passes, money goes back, a bank disputes. Whatever moves money leaves a line on its balance.
``down`` makes every call fail as when nothing answers.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.donations.gateway import LedgerLine, PaymentGateway
from tests.fakes.payments.balance import Balance
from tests.fakes.payments.going_back import GoingBack
from tests.fakes.payments.kept import A_MONTH, GOOD, NOON
from tests.fakes.payments.pages import Pages

__all__ = ["A_MONTH", "GOOD", "NOON", "FakePayments"]


@dataclass
class FakePayments(Pages, GoingBack, Balance):
    """The provider and the hands on it."""

    def receives(self, payment_intent_id: str) -> LedgerLine:
        """The line of a payment on the balance."""
        return self.lines[self.payments[payment_intent_id].balance_transaction_id or ""]


def _keeps_every_promise(fake: FakePayments) -> PaymentGateway:
    return fake

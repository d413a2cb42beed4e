"""The messages of one payment, in every order and as often as they like: one end, books included."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.core.db import db
from portal.core.money import Money
from portal.donations import tasks
from portal.donations.models import Dispute, Gift, Refund
from portal.donations.services import begin_checkout, process_event
from tests.factories.books import entries_about
from tests.factories.gifts import make_gift
from tests.integration.donations.books import all_holds
from tests.integration.donations.conftest import Giver

KINDS = (
    "checkout.session.completed",
    "payment_intent.succeeded",
    "charge.succeeded",
    "charge.refunded",
    "refund.created",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.closed",
)
ENDS = st.sampled_from(["open", "won", "lost"])
ORDERS = st.permutations(KINDS).flatmap(
    lambda once: st.lists(st.sampled_from(KINDS), max_size=4).map(lambda again: [*once, *again])
)


def told(giver: Giver, kind: str, names: dict[str, str]) -> None:
    """Keep the message and work it off; what it says beside the name is not to be believed."""
    about = kind.split(".", maxsplit=2)
    name = names["dispute" if "dispute" in kind else about[0]]
    body, headers = giver.payments.event(kind, name, payment_intent=names["payment_intent"])
    event = giver.payments.verify(body, headers["Stripe-Signature"])
    tasks.receive(event, {"data": {"object": {"payment_intent": names["payment_intent"]}}})
    process_event(event.id)


def end_of(gift: Gift) -> dict[str, Any]:
    """How everything stands."""
    db.session.expire_all()
    books = Counter[str]()
    for entry in entries_about(gift):
        for line in entry.lines:
            books[line.account] += line.debit_minor - line.credit_minor
    return {
        "gift": (gift.state, gift.refunded, gift.fee, gift.tax_on),
        "refunds": sorted((one.amount_minor, one.state) for one in _all(Refund, gift)),
        "disputes": [
            (one.status, one.taken, one.fee, one.closed_at) for one in _all(Dispute, gift)
        ],
        "books": dict(books),
    }


def _all(kind: Any, gift: Gift) -> list[Any]:
    return list(db.session.query(kind).filter_by(gift_id=gift.id).order_by(kind.id))


@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(order=ORDERS, end=ENDS, currency=st.sampled_from(["EUR", "USD"]))
def test_every_order_with_repeats_ends_in_one_state(
    giver: Giver, order: list[str], end: str, currency: str
) -> None:
    assert _life(giver, order, end, currency) == _life(giver, list(KINDS), end, currency)


def _life(giver: Giver, order: list[str], end: str, currency: str) -> dict[str, Any]:
    """A gift of 50 that is paid, partly given back, once in vain, and disputed for 20."""
    gift = make_gift(
        currency=currency,
        state="pending",
        tax_on=None,
        received_on=None,
        settled_at=None,
        mode=None,
        fee_minor=0,
        stripe_payment_intent_id=None,
        stripe_charge_id=None,
        stripe_balance_transaction_id=None,
    )
    names = _at_the_provider(giver, gift, end)
    for kind in order:
        told(giver, kind, names)
    all_holds(giver.payments)
    return end_of(gift)


def _at_the_provider(giver: Giver, gift: Gift, end: str) -> dict[str, str]:
    begin_checkout(gift)
    session = giver.payments.session_of(gift.public_id)
    intent = giver.payments.donor_pays(session)
    giver.payments.gives_back(intent, Money(1_000, gift.currency))
    failed = giver.payments.gives_back(intent, Money(500, gift.currency))
    giver.payments.refund_ends(failed.id, "failed")
    dispute = giver.payments.dispute_opens(intent, Money(2_000, gift.currency))
    if end != "open":
        decide = giver.payments.dispute_won if end == "won" else giver.payments.dispute_lost
        decide(dispute)
    charge = str(giver.payments.payments[intent].charge_id)
    return {
        "checkout": session,
        "payment_intent": intent,
        "charge": charge,
        "refund": failed.id,
        "dispute": dispute,
    }

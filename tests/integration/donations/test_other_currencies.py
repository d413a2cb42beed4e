"""Gifts in dollars, francs and pounds: kept as paid, worth in euros what they brought, to the cent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from portal.core.db import db
from portal.core.money import Money
from portal.donations import queries, services
from portal.donations.models import Gift
from portal.donations.rules.gift import GiftState
from portal.receipts.queries.register import receipts_to_correct
from portal.receipts.rules.content import ReceiptContent
from portal.receipts.services import issue_receipt
from tests.factories.books import balance_of, entries_about
from tests.factories.gifts import make_gift
from tests.factories.people import make_account, make_donor
from tests.factories.receipts import NOW, plain_paper
from tests.fakes.payments import FakePayments
from tests.integration.donations.books import all_holds
from tests.integration.donations.conftest import Giver, Told
from tests.pages import PageClient

NOT_PAID: dict[str, Any] = {
    "state": GiftState.PENDING, "mode": None, "tax_on": None, "received_on": None,
    "settled_at": None, "fee_minor": 0, "stripe_payment_intent_id": None,
    "stripe_charge_id": None, "stripe_balance_transaction_id": None,
}  # fmt: skip


def opened(currency: str, minor: int = 10_000) -> Gift:
    """A form that was sent, its payment page open."""
    donor = make_donor(
        first_name="Camille", last_name="Durand", address1="3 rue des Lilas", postcode="78000",
        city="Versailles", country="FR",
    )  # fmt: skip
    gift = make_gift(donor=donor, currency=currency, amount_minor=minor, **NOT_PAID)
    services.begin_checkout(gift)
    return gift


def paid(giver: Giver, currency: str, minor: int = 10_000) -> tuple[Gift, str]:
    gift = opened(currency, minor)
    return gift, giver.pays(gift)


@pytest.mark.parametrize(
    ("currency", "euros", "rate"),
    [("USD", 9_000, "0.9"), ("CHF", 10_500, "1.05"), ("GBP", 11_500, "1.15")],
)
def test_a_gift_keeps_what_it_brought_at_which_rate_and_who_says_so(
    giver: Giver, currency: str, euros: int, rate: str
) -> None:
    gift, _intent = paid(giver, currency)
    assert (gift.amount, gift.euros) == (Money(10_000, currency), Money(euros))
    assert gift.exchange_rate == Decimal(rate)
    assert gift.rate_source == (
        f"Stripe, {gift.stripe_balance_transaction_id}, payout currency EUR"
    )
    assert gift.fee.currency == "EUR"
    assert balance_of("754110") == Money(-euros)
    assert entries_about(gift)[0].lines[0].foreign == Money(10_000, currency)
    all_holds(giver.payments)


def test_a_yen_has_no_cents_and_its_gift_is_in_euros_all_the_same(giver: Giver) -> None:
    gift, _intent = paid(giver, "JPY", 5_000)
    assert gift.euros == Money(3_000)
    all_holds(giver.payments)


def test_a_gift_whose_rate_is_not_known_is_neither_booked_nor_on_a_receipt(
    giver: Giver, told: Told, accountant: PageClient
) -> None:
    giver.payments.fee_known = False
    gift, intent = paid(giver, "USD")
    assert (gift.state, gift.euros) == (GiftState.SETTLED, None)
    assert list(entries_about(gift)) == []
    assert issue_receipt(gift.donor_id, 2026, at=NOW, printer=plain_paper) is None
    assert accountant.get("/office/gifts?attention=euros_unknown").has(gift.ref)
    giver.payments.fee_known = True
    giver.is_told("charge.updated", "ch_1", payment_intent=intent)
    assert told.names == ["gift_settled", "gift_fee_known", "gift_euros_known"]
    assert gift.euros == Money(9_000)
    all_holds(giver.payments)


def test_a_receipt_is_in_euros_and_names_what_was_paid_and_the_rate(giver: Giver) -> None:
    gift, intent = paid(giver, "USD")
    giver.payments.gives_back(intent, Money(2_500, "USD"))
    giver.is_told("charge.refunded", "ch_1", payment_intent=intent)
    receipt = issue_receipt(gift.donor_id, 2026, at=NOW, printer=plain_paper)
    assert receipt is not None
    content = ReceiptContent.from_json(receipt.content)
    (payment,) = content.payments
    assert (receipt.amount, payment.amount) == (Money(6_750), Money(6_750))
    assert payment.exchange is not None
    assert (payment.exchange.paid, payment.exchange.rate) == (Money(7_500, "USD"), "0.9")
    assert "versement en EUR" in payment.exchange.source
    assert content.to_json() == receipt.content
    assert receipts_to_correct() == []
    assert queries.total_given(donor_id=gift.donor_id) == Money(6_750)


@pytest.mark.parametrize(("rate", "account"), [("0.95", "656000"), ("0.85", "757000")])
def test_a_rate_that_moved_before_the_refund_is_a_loss_or_a_gain(
    giver: Giver, rate: str, account: str
) -> None:
    gift, intent = paid(giver, "USD")
    giver.payments.rates["USD"] = Decimal(rate)
    giver.payments.gives_back(intent, Money(10_000, "USD"))
    giver.is_told("charge.refunded", "ch_1", payment_intent=intent)
    assert (gift.state, gift.kept_euros) == (GiftState.REFUNDED, Money(0))
    assert abs(balance_of(account).minor) == 500
    assert balance_of("754110") == Money(0)
    all_holds(giver.payments)


@pytest.mark.parametrize("won", [True, False])
def test_a_dispute_at_another_rate_leaves_nothing_owed(giver: Giver, won: bool) -> None:
    gift, intent = paid(giver, "GBP", 3_333)
    giver.payments.rates["GBP"] = Decimal("1.1731")
    dispute = giver.payments.dispute_opens(intent)
    giver.is_told("charge.dispute.created", dispute)
    assert gift.state == GiftState.DISPUTED
    giver.payments.rates["GBP"] = Decimal("1.1688")
    (giver.payments.dispute_won if won else giver.payments.dispute_lost)(dispute)
    giver.is_told("charge.dispute.closed", dispute)
    assert str(gift.state) == ("settled" if won else "refunded")
    assert balance_of("467000") == Money(0)
    all_holds(giver.payments)


def test_a_refund_whose_euros_come_later_is_booked_then(giver: Giver) -> None:
    gift, intent = paid(giver, "CHF")
    made = giver.payments.gives_back(intent, Money(2_000, "CHF"))
    giver.payments.refunds[intent] = [replace(made, settled=None, balance_transaction_id=None)]
    giver.is_told("refund.created", made.id, payment_intent=intent)
    assert gift.kept == Money(8_000, "CHF")
    assert len(entries_about(gift)) == 2
    giver.payments.refunds[intent] = [made]
    giver.is_told("refund.updated", made.id, payment_intent=intent)
    assert len(entries_about(gift)) == 3
    all_holds(giver.payments)


def test_staff_give_back_in_the_donors_currency(giver: Giver, accountant: PageClient) -> None:
    gift, _intent = paid(giver, "USD")
    page = accountant.get(f"/office/gifts/{gift.public_id}/refund")
    assert "$" in page.html
    services.refund_gift(
        gift.id, Money(2_500, "USD"), reason="r", by=make_account().id, form_token="t" * 16
    )
    with pytest.raises(services.RefundTooMuch):
        services.refund_gift(
            gift.id, Money(2_500), reason="r", by=make_account().id, form_token="u" * 16
        )
    db.session.expire_all()
    assert gift.kept == Money(7_500, "USD")
    story = accountant.get(f"/office/gifts/{gift.public_id}")
    assert story.has("versement en EUR")


def test_a_balance_in_another_currency_is_never_taken_for_euros(
    giver: Giver, payments: FakePayments
) -> None:
    gift = opened("USD")
    session = payments.session_of(gift.public_id)
    intent = payments.donor_pays(session)
    payments.payments[intent] = replace(
        payments.payments[intent], settled=Money(10_000, "USD"), fee=Money(320, "USD")
    )
    giver.is_told("checkout.session.completed", session)
    assert (gift.state, gift.euros, gift.fee) == (GiftState.SETTLED, None, Money(0))
    assert list(entries_about(gift)) == []

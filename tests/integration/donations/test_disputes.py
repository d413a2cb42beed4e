"""A bank questions a payment: every end of it, told in any order, believed only by what moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest

from portal.core.db import db
from portal.core.money import Money
from portal.donations import money_back
from portal.donations.models import Dispute, DisputeMovement, EventState, Gift, WebhookEvent
from portal.donations.rules.gift import GiftState
from tests.factories.books import balance_of, entries_about
from tests.integration.donations.books import all_holds
from tests.integration.donations.conftest import Giver, Told
from tests.pages import PageClient

LIFE = ("created", "funds_withdrawn", "closed")
FEE = 2_000


def gives(giver: Giver) -> tuple[Gift, str]:
    """50 € by card, arrived."""
    gift = giver.gives()
    return gift, giver.pays(gift)


def tells(giver: Giver, dispute_id: str, *kinds: str) -> None:
    """Messages that name the dispute; what they say about it is not to be believed."""
    for kind in kinds:
        giver.is_told(f"charge.dispute.{kind}", dispute_id, status="a lie", amount=1)


def the_dispute() -> Dispute:
    return db.session.query(Dispute).one()


def test_a_dispute_holds_the_gift_and_a_won_one_brings_it_home(giver: Giver, told: Told) -> None:
    gift, intent = gives(giver)
    dispute = giver.payments.dispute_opens(intent)
    tells(giver, dispute, "created", "funds_withdrawn")
    assert (gift.state, balance_of("467000")) == (GiftState.DISPUTED, Money(5_000))
    all_holds(giver.payments)
    giver.payments.dispute_won(dispute)
    tells(giver, dispute, "funds_reinstated", "closed")
    assert gift.state == GiftState.SETTLED
    assert (balance_of("467000"), balance_of("627800")) == (Money(0), Money(100 + FEE))
    assert told.names[1:] == ["gift_disputed", "dispute_moved", "dispute_moved", "dispute_closed"]
    assert the_dispute().closed_at is not None
    all_holds(giver.payments)


@pytest.mark.parametrize("order", list(permutations(LIFE)))
@pytest.mark.parametrize("won", [True, False])
def test_whatever_message_comes_first_the_end_is_the_same(
    giver: Giver, told: Told, order: tuple[str, ...], won: bool
) -> None:
    gift, intent = gives(giver)
    dispute = giver.payments.dispute_opens(intent)
    (giver.payments.dispute_won if won else giver.payments.dispute_lost)(dispute)
    tells(giver, dispute, *order)
    assert gift.state == (GiftState.SETTLED if won else GiftState.REFUNDED)
    assert gift.refunded == Money(0 if won else 5_000)
    assert told.names.count("dispute_closed") == (0 if won else 1)
    assert the_dispute().fee == Money(FEE)
    assert balance_of("467000") == Money(0)
    all_holds(giver.payments)


def test_a_lost_dispute_gives_the_income_up_and_its_fee_is_booked_once(giver: Giver) -> None:
    gift, intent = gives(giver)
    dispute = giver.payments.dispute_opens(intent)
    tells(giver, dispute, "created")
    giver.payments.dispute_lost(dispute)
    tells(giver, dispute, *LIFE, *LIFE)
    assert (gift.state, gift.kept) == (GiftState.REFUNDED, Money(0))
    assert (balance_of("754110"), balance_of("627800")) == (Money(0), Money(100 + FEE))
    all_holds(giver.payments)


@pytest.mark.parametrize(
    "status", ["warning_needs_response", "warning_closed", "prevented", "a_word_of_tomorrow"]
)
def test_what_moves_no_money_changes_no_gift(giver: Giver, told: Told, status: str) -> None:
    gift, intent = gives(giver)
    dispute = giver.payments.dispute_opens(intent, status="warning_needs_response")
    says(giver, dispute, status)
    tells(giver, dispute, *LIFE)
    assert gift.state == GiftState.SETTLED
    assert told.names == ["gift_settled"]
    assert the_dispute().status == status
    assert {event.state for event in db.session.query(WebhookEvent)} == {EventState.DONE}
    all_holds(giver.payments)


def says(giver: Giver, dispute: str, status: str) -> None:
    """The provider's word for the dispute is another one; no money moves."""
    giver.payments.disputes[dispute] = replace(giver.payments.disputes[dispute], status=status)


def test_a_warning_that_becomes_a_dispute_takes_the_money_then(giver: Giver) -> None:
    gift, intent = gives(giver)
    dispute = giver.payments.dispute_opens(intent, status="warning_needs_response")
    tells(giver, dispute, "created")
    giver.payments.dispute_moves(dispute, "needs_response")
    tells(giver, dispute, "updated")
    assert gift.state == GiftState.DISPUTED
    all_holds(giver.payments)


def test_a_part_is_disputed_and_lost_and_the_rest_is_kept(giver: Giver) -> None:
    gift, intent = gives(giver)
    dispute = giver.payments.dispute_opens(intent, Money(2_000))
    tells(giver, dispute, "created")
    giver.payments.dispute_lost(dispute)
    tells(giver, dispute, "closed")
    assert (gift.state, gift.kept) == (GiftState.PARTIALLY_REFUNDED, Money(3_000))
    all_holds(giver.payments)


def test_a_part_of_what_was_taken_comes_back(giver: Giver) -> None:
    gift, intent = gives(giver)
    dispute = giver.payments.dispute_opens(intent)
    tells(giver, dispute, "created")
    giver.payments.dispute_won(dispute, Money(2_000))
    giver.payments.dispute_lost(dispute)
    tells(giver, dispute, "funds_reinstated", "closed")
    assert (gift.state, gift.kept) == (GiftState.PARTIALLY_REFUNDED, Money(2_000))
    all_holds(giver.payments)


def test_one_that_was_won_is_held_until_the_money_is_back(giver: Giver, told: Told) -> None:
    gift, intent = gives(giver)
    dispute = giver.payments.dispute_opens(intent)
    tells(giver, dispute, "created")
    says(giver, dispute, "won")
    tells(giver, dispute, "closed")
    assert gift.state == GiftState.DISPUTED
    giver.payments.dispute_won(dispute)
    tells(giver, dispute, "funds_reinstated")
    assert str(gift.state) == "settled"
    assert told.names[-1] == "dispute_closed"
    all_holds(giver.payments)


def test_a_lost_dispute_that_is_reopened_and_won_brings_the_gift_back(
    giver: Giver, told: Told
) -> None:
    gift, intent = gives(giver)
    dispute = giver.payments.dispute_opens(intent)
    giver.payments.dispute_lost(dispute)
    tells(giver, dispute, *LIFE)
    giver.payments.dispute_moves(dispute, "under_review")
    tells(giver, dispute, "updated")
    assert gift.state == GiftState.DISPUTED
    all_holds(giver.payments)
    giver.payments.dispute_won(dispute)
    tells(giver, dispute, "closed")
    assert (str(gift.state), gift.kept) == ("settled", Money(5_000))
    assert told.details[-1]["won"] is True
    all_holds(giver.payments)


def test_several_disputes_of_one_payment_each_have_their_row(giver: Giver) -> None:
    gift, intent = gives(giver)
    first = giver.payments.dispute_opens(intent, Money(2_000))
    giver.payments.dispute_won(first)
    second = giver.payments.dispute_opens(intent, Money(1_500))
    tells(giver, second, "created")
    giver.payments.dispute_lost(second)
    tells(giver, first, "closed")
    assert gift.kept == Money(3_500)
    assert db.session.query(Dispute).count() == 2
    assert db.session.query(DisputeMovement).count() == 3
    all_holds(giver.payments)


def test_what_was_given_back_and_is_then_taken_as_well_is_a_charge(giver: Giver) -> None:
    gift, intent = gives(giver)
    giver.payments.gives_back(intent, Money(3_000))
    dispute = giver.payments.dispute_opens(intent)
    giver.payments.dispute_lost(dispute)
    tells(giver, dispute, *LIFE)
    assert (gift.state, gift.refunded) == (GiftState.REFUNDED, Money(5_000))
    assert balance_of("658000") == Money(3_000)
    all_holds(giver.payments)


def test_a_dispute_nobody_told_of_is_found_with_the_payment(giver: Giver) -> None:
    gift, intent = gives(giver)
    giver.payments.dispute_opens(intent)
    giver.is_told("charge.updated", "ch_1", payment_intent=intent)
    assert gift.state == GiftState.DISPUTED
    all_holds(giver.payments)


def test_a_debit_returned_seven_weeks_later_is_lost_in_its_own_period(
    giver: Giver, told: Told
) -> None:
    gift = giver.gives()
    intent = giver.pays(gift, method="sepa", status="processing")
    giver.payments.settles(intent)
    giver.is_told("payment_intent.succeeded", intent)
    assert gift.tax_on == date(2026, 11, 22)
    giver.clock.instant += timedelta(weeks=7)
    giver.payments.now = giver.clock.instant
    dispute = giver.payments.debit_comes_back(intent)
    tells(giver, dispute, "closed", "created")
    assert gift.state == GiftState.REFUNDED
    assert told.names.count("dispute_closed") == 1
    lost = entries_about(gift)[-1]
    assert (lost.source, lost.date) == (f"dispute:{the_dispute().id}:end", date(2027, 1, 10))
    all_holds(giver.payments)


def test_a_debit_of_a_plan_that_comes_back_is_told_to_the_plan(giver: Giver, told: Told) -> None:
    plan = giver.gives("sponsor")
    _subscription, invoice = giver.subscribes(plan, method="sepa")
    intent = str(giver.payments.invoices[invoice].payment_intent_id)
    dispute = giver.payments.debit_comes_back(intent)
    tells(giver, dispute, "created", "closed")
    assert told.names.count("debit_returned") == 1
    told_of = told.details[told.names.index("debit_returned")]
    assert told_of["plan"].id == plan.id
    assert db.session.query(Gift).one().state == GiftState.REFUNDED
    all_holds(giver.payments)


def test_staff_see_what_to_answer_until_when(giver: Giver, accountant: PageClient) -> None:
    gift, intent = gives(giver)
    dispute = giver.payments.dispute_opens(intent, reason="unrecognized")
    tells(giver, dispute, "created")
    assert accountant.get("/office/gifts?attention=disputed").has(gift.ref)
    assert accountant.get("/office/money-back").has(gift.ref)
    assert money_back.how_many_wait() == 1
    page = accountant.get(f"/office/gifts/{gift.public_id}")
    assert page.has("Le donateur ne reconnaît pas le paiement")
    assert page.has("29 novembre 2026")
    giver.payments.dispute_won(dispute)
    tells(giver, dispute, "closed")
    assert not accountant.get("/office/money-back").has(gift.ref)
    assert money_back.how_many_wait() == 0

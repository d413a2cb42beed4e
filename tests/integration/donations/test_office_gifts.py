"""The head office's pages of gifts: found, exported, given back; and messages that need somebody."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from portal.core import audit
from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.core.money import Money
from portal.donations.codes import GiftMode
from portal.donations.gateway import PaymentSnapshot
from portal.donations.models import EventState, Gift, Refund, WebhookEvent
from portal.donations.rules.gift import GiftState
from tests.factories.gifts import make_cheque, make_gift
from tests.factories.people import make_donor
from tests.fakes.payments import FakePayments
from tests.integration.donations.conftest import Giver, Told, hidden
from tests.jobs import run_due_jobs
from tests.pages import Page, PageClient


@pytest.fixture
def paid(payments: FakePayments) -> Gift:
    """A gift of 50 € the provider knows."""
    gift = make_gift()
    intent = str(gift.stripe_payment_intent_id)
    payments.payments[intent] = PaymentSnapshot(
        payment_intent_id=intent,
        charge_id=gift.stripe_charge_id,
        status="succeeded",
        amount=gift.amount,
        fee=gift.fee,
        balance_transaction_id=gift.stripe_balance_transaction_id,
        succeeded_at=gift.settled_at,
        method="card",
        refunded=Money(0),
        failure_code=None,
        reference=str(gift.public_id),
        invoice_id=None,
        subscription_id=None,
        customer_id=None,
    )
    return gift


def gives_back(accountant: PageClient, gift: Gift, amount: str, token: str | None = None) -> Page:
    path = f"/office/gifts/{gift.public_id}/refund"
    token = token or hidden(accountant.get(path), "form_token")
    form = {"amount": amount, "reason": "Asked by the donor", "form_token": token}
    return accountant.post(path, form)


@pytest.mark.parametrize("path", ["/office/gifts", "/office/stripe-events"])
def test_only_accountants_enter(
    path: str, sponsor: PageClient, matcher: PageClient, accountant: PageClient
) -> None:
    assert sponsor.get(path).status == 404
    assert matcher.get(path).status == 404
    assert accountant.get(path).status == 200


def test_gifts_are_found_by_name_reference_and_cheque(accountant: PageClient) -> None:
    make_cheque(donor=make_donor(last_name="Lefèvre"), cheque_number="7654321")
    make_gift(donor=make_donor(last_name="Martin"))
    for words in ("lefevre", "7654321"):
        page = accountant.get(f"/office/gifts?q={words}")
        assert page.has("Lefèvre")
        assert not page.has("Martin")


def test_gifts_are_filtered_by_state_mode_and_year(accountant: PageClient) -> None:
    make_cheque(donor=make_donor(last_name="Alpha"), on=date(2025, 1, 2))
    make_gift(donor=make_donor(last_name="Beta"), state=GiftState.REFUNDED)
    assert accountant.get("/office/gifts?year=2025").has("Alpha")
    assert not accountant.get("/office/gifts?year=2025").has("Beta")
    assert not accountant.get("/office/gifts?mode=cheque").has("Beta")
    assert not accountant.get("/office/gifts?state=refunded").has("Alpha")
    assert accountant.get("/office/gifts?state=nonsense").has("Alpha")


def test_forms_never_paid_are_shown_only_when_asked_for(accountant: PageClient) -> None:
    make_gift(donor=make_donor(last_name="Gamma"), state=GiftState.ABANDONED, tax_on=None)
    assert not accountant.get("/office/gifts").has("Gamma")
    assert accountant.get("/office/gifts?state=abandoned").has("Gamma")


def test_the_list_goes_out_as_files_with_its_filters(accountant: PageClient) -> None:
    make_cheque(donor=make_donor(last_name="Alpha"), on=date(2025, 1, 2))
    make_gift(donor=make_donor(last_name="Beta"))
    csv = accountant.client.get("/office/gifts?year=2025&format=csv").get_data(as_text=True)
    assert "Alpha" in csv
    assert "50,00" in csv
    assert "Beta" not in csv
    book = accountant.client.get("/office/gifts?format=xlsx").get_data()
    sheet = openpyxl.load_workbook(io.BytesIO(book)).active
    assert sheet is not None
    assert sheet.max_row == 3


def test_one_gift_shows_where_it_can_be_found(accountant: PageClient, paid: Gift) -> None:
    page = accountant.get(f"/office/gifts/{paid.public_id}")
    assert page.has(paid.ref)
    assert page.has(str(paid.stripe_charge_id))
    assert page.has("Rembourser")


def test_part_of_a_gift_goes_back(
    accountant: PageClient, paid: Gift, payments: FakePayments, told: Told
) -> None:
    page = accountant.follow(gives_back(accountant, paid, "20"))
    assert page.has("20,00 € sont remboursés au donateur.")
    assert paid.state == GiftState.PARTIALLY_REFUNDED
    assert paid.refunded == Money(2_000)
    assert told.names == ["gift_refunded"]
    assert [r.amount.minor for r in payments.refunds[str(paid.stripe_payment_intent_id)]] == [2_000]
    entry = audit.history(f"gift:{paid.ref}")[0]
    assert (entry.actor_id, entry.note) == (accountant.account.id, "Asked by the donor")
    assert db.session.query(OutboxMail).one().recipient == paid.donor.email


def test_the_rest_goes_back_and_nothing_is_left(accountant: PageClient, paid: Gift) -> None:
    gives_back(accountant, paid, "20")
    gives_back(accountant, paid, "30")
    assert paid.state == GiftState.REFUNDED
    page = accountant.follow(accountant.get(f"/office/gifts/{paid.public_id}/refund"))
    assert page.has("Ce don a déjà été entièrement remboursé.")


def test_more_than_is_left_never_goes_back(accountant: PageClient, paid: Gift) -> None:
    gives_back(accountant, paid, "20")
    page = gives_back(accountant, paid, "30.01")
    assert page.status == 422
    assert page.has("On ne peut pas rembourser plus de 30,00 €.")
    assert db.session.query(Refund).count() == 1


def test_a_refund_sent_twice_is_one_refund(
    accountant: PageClient, paid: Gift, payments: FakePayments
) -> None:
    token = hidden(accountant.get(f"/office/gifts/{paid.public_id}/refund"), "form_token")
    for _ in range(2):
        gives_back(accountant, paid, "20", token)
    assert len(payments.refunds[str(paid.stripe_payment_intent_id)]) == 1
    assert paid.refunded == Money(2_000)


def test_a_refund_the_provider_did_not_answer_is_done_by_the_sweep(
    accountant: PageClient, paid: Gift, payments: FakePayments, clock: FrozenClock
) -> None:
    from datetime import timedelta

    from portal.donations import services

    token = hidden(accountant.get(f"/office/gifts/{paid.public_id}/refund"), "form_token")
    payments.down = True
    page = accountant.follow(gives_back(accountant, paid, "20", token))
    assert page.has("Le remboursement est enregistré et sera redemandé.")
    payments.down = False
    clock.instant += timedelta(minutes=11)
    services.sweep()
    db.session.expire_all()
    assert paid.refunded == Money(2_000)
    assert db.session.query(Refund).one().state == "succeeded"


def test_a_refund_made_at_the_provider_shows_up(giver: Giver, told: Told) -> None:
    gift = giver.gives()
    intent = giver.pays(gift)
    giver.payments.gives_back(intent, Money(1_000))
    giver.payments.gives_back(intent, Money(1_500))
    giver.is_told("refund.created", "re_x", payment_intent=intent)
    assert gift.refunded == Money(2_500)
    assert told.names == ["gift_settled", "gift_refunded", "gift_refunded"]


def test_a_refund_that_fails_gives_the_money_back_to_the_gift(giver: Giver, told: Told) -> None:
    gift = giver.gives()
    intent = giver.pays(gift)
    giver.payments.gives_back(intent, Money(5_000), status="pending")
    giver.is_told("refund.created", "re_x", payment_intent=intent)
    assert gift.state == GiftState.REFUNDED
    from dataclasses import replace

    giver.payments.refunds[intent][0] = replace(giver.payments.refunds[intent][0], status="failed")
    giver.is_told("refund.failed", "re_x", payment_intent=intent)
    assert (gift.state, gift.refunded) == (GiftState.SETTLED, Money(0))
    assert told.names == ["gift_settled", "gift_refunded", "refund_failed"]


def test_a_cheque_is_not_given_back_here(accountant: PageClient) -> None:
    cheque = make_cheque()
    assert cheque.mode is GiftMode.CHEQUE
    asked = accountant.get(f"/office/gifts/{cheque.public_id}/refund")
    assert asked.location == f"/office/gifts/{cheque.public_id}"
    page = accountant.get(asked.location)
    assert page.has("pour le rembourser, faites un virement ou un chèque")
    assert f"/office/gifts/{cheque.public_id}/refund" not in page.links()


def test_giving_back_asks_who_it_is_after_a_while(
    accountant: PageClient, paid: Gift, clock: FrozenClock
) -> None:
    from datetime import timedelta

    clock.instant += timedelta(minutes=16)
    page = accountant.get(f"/office/gifts/{paid.public_id}/refund")
    assert page.status == 302


def test_messages_that_need_somebody_are_seen_and_worked_off_again(
    giver: Giver, accountant: PageClient
) -> None:
    giver.is_told("payment_intent.succeeded", "pi_unknown")
    event = db.session.query(WebhookEvent).one()
    page = accountant.get("/office/stripe-events?state=failed")
    assert page.has("1 message est à traiter")
    assert page.has("ObjectUnknown")
    accountant.post(f"/office/stripe-events/{event.id}/replay")
    run_due_jobs(only="donations.process_event")
    db.session.expire_all()
    assert (event.state, event.attempts) == (EventState.FAILED, 1)
    assert audit.history(f"event:{event.id}")[0].actor_id == accountant.account.id
    assert accountant.post("/office/stripe-events/evt_none/replay").status == 404

"""What the accountant sees of Stripe's books: payouts, differences, messages."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask import Flask

from portal.accounting.payout_commands import payouts as payouts_command
from portal.core import audit
from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.donations import services
from portal.donations.models import EventState, Finding, Payout, WebhookEvent
from tests.fakes.payments import FakePayments
from tests.integration.donations.conftest import Giver
from tests.integration.donations.test_reconciliation import gift_on_both_sides, provider
from tests.jobs import run_due_jobs
from tests.pages import PageClient

__all__ = ["provider"]
PAGES = ["/office/stripe-payouts", "/office/stripe-reconciliation", "/office/stripe-events"]


@pytest.mark.parametrize("path", PAGES)
def test_an_empty_house_says_so_in_words(
    accountant: PageClient, provider: FakePayments, path: str
) -> None:
    page = accountant.get(path)
    assert page.status == 200
    assert "empty-state" in page.html


@pytest.mark.parametrize("path", PAGES)
def test_stripes_books_are_for_accountants(
    matcher: PageClient, sponsor: PageClient, provider: FakePayments, path: str
) -> None:
    assert matcher.get(path).status == 404
    assert sponsor.get(path).status == 404


def test_a_payout_is_shown_with_the_gifts_it_is_made_of(
    accountant: PageClient, provider: FakePayments
) -> None:
    gift = gift_on_both_sides(provider)
    sent = provider.pays_out()
    services.reconcile()
    assert accountant.get("/office/stripe-payouts").has(sent.id)
    page = accountant.get(f"/office/stripe-payouts/{sent.id}")
    assert page.has("au centime près")
    assert page.has("46,04")
    assert f"/office/gifts/{gift.public_id}" in page.links()
    sheet = accountant.client.get(f"/office/stripe-payouts/{sent.id}?format=csv")
    assert gift.ref in sheet.text
    assert accountant.get("/office/stripe-payouts/po_none").status == 404


def test_a_payout_whose_lines_are_not_told_yet_says_so(
    accountant: PageClient, provider: FakePayments
) -> None:
    sent = provider.pays_out(by_hand=True)
    services.reconcile()
    assert accountant.get(f"/office/stripe-payouts/{sent.id}").has("à la main")
    assert db.session.get_one(Payout, sent.id).lines_read_at is None


def test_a_difference_is_seen_and_explained(accountant: PageClient, provider: FakePayments) -> None:
    provider.moves("charge", 5_000, "ch_shop")
    services.reconcile()
    found = db.session.query(Finding).one()
    assert accountant.get("/office/stripe-reconciliation").has("1 écart")
    page = accountant.get(f"/office/stripe-reconciliation/{found.id}")
    assert page.has("ch_shop")
    refused = accountant.post(f"/office/stripe-reconciliation/{found.id}", {"note": ""})
    assert refused.status == 422
    accountant.post(f"/office/stripe-reconciliation/{found.id}", {"note": "Calendrier 2027"})
    db.session.expire_all()
    assert (found.state, found.note) == ("explained", "Calendrier 2027")
    assert found.resolved_by == accountant.account.id
    assert audit.history(f"finding:{found.id}")[0].note == "Calendrier 2027"
    assert accountant.get(f"/office/stripe-reconciliation/{found.id}").has("Calendrier 2027")


def test_a_person_can_have_it_compared_now(accountant: PageClient, provider: FakePayments) -> None:
    gift_on_both_sides(provider)
    assert accountant.post("/office/stripe-reconciliation").status == 303
    assert "donations.reconcile" in run_due_jobs()
    assert accountant.get("/office/stripe-reconciliation").has("Tout concorde")


def test_a_failed_message_says_why_and_shows_its_object(
    giver: Giver, accountant: PageClient
) -> None:
    giver.is_told("payment_intent.succeeded", "pi_unknown")
    event = db.session.query(WebhookEvent).one()
    page = accountant.get(f"/office/stripe-events/{event.id}")
    assert page.has("pi_unknown")
    assert page.has("Stripe ne connaît aucun objet")
    assert accountant.get("/office/stripe-events/evt_none").status == 404


def test_working_off_again_asks_who_it_is_after_a_while(
    giver: Giver, accountant: PageClient, clock: FrozenClock
) -> None:
    giver.is_told("payment_intent.succeeded", "pi_unknown")
    event = db.session.query(WebhookEvent).one()
    clock.instant += timedelta(minutes=16)
    assert accountant.get(f"/office/stripe-events/{event.id}/replay").status == 302
    assert accountant.get("/office/stripe-events/replay-failed").status == 302


def test_all_failed_messages_are_worked_off_again_at_once(
    giver: Giver, accountant: PageClient
) -> None:
    for number in range(3):
        giver.is_told("payment_intent.succeeded", f"pi_unknown_{number}")
    assert accountant.get("/office/stripe-events/replay-failed").has("3 messages")
    accountant.post("/office/stripe-events/replay-failed")
    db.session.expire_all()
    waiting = db.session.query(WebhookEvent).filter_by(state=EventState.WAITING).all()
    assert len(waiting) == 3
    acts = [audit.history(f"event:{event.id}")[0].actor_id for event in waiting]
    assert acts == [accountant.account.id] * 3


def test_the_command_says_what_differs_and_by_its_status(
    app: Flask, provider: FakePayments
) -> None:
    gift_on_both_sides(provider)
    done = CliRunner().invoke(payouts_command, ["--json"])
    assert (done.exit_code, json.loads(done.output)["ok"]) == (0, True)
    provider.moves("charge", 5_000, "ch_hidden")
    done = CliRunner().invoke(payouts_command, ["--json"])
    difference = json.loads(done.output)["differences"][0]
    assert done.exit_code == 1
    assert (difference["kind"], difference["found_minor"]) == ("charge_unknown", 5_000)
    assert "DIFFERS" in CliRunner().invoke(payouts_command).output


def test_the_command_says_when_the_provider_is_silent(app: Flask, provider: FakePayments) -> None:
    provider.down = True
    done = CliRunner().invoke(payouts_command)
    assert done.exit_code == 1
    assert "nothing was compared" in done.output

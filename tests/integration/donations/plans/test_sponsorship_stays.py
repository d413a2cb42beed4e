"""A sponsorship outlives a pause and a failed debit; matchers see good order and no amount."""

from __future__ import annotations

import pytest

from portal.accounts.codes import Language
from portal.core.db import db
from portal.sponsorships.models import Sponsorship, SponsorshipState
from tests.factories.sponsorships import make_sponsorship, make_wish
from tests.integration.donations.plans.conftest import Running
from tests.integration.donations.plans.test_link_of_a_mail import link_in_mail
from tests.pages import PageClient


@pytest.fixture
def sponsorship(running: Running) -> Sponsorship:
    row = make_sponsorship(running.plan.donor)
    row.plan_id = running.plan.id
    db.session.commit()
    return row


@pytest.fixture
def matcher(matcher: PageClient) -> PageClient:
    matcher.account.language = Language.EN
    db.session.commit()
    return matcher


def test_a_pause_keeps_the_sponsorship_and_is_noted(
    running: Running, sponsorship: Sponsorship, matcher: PageClient
) -> None:
    running.does("pause", months="2")
    running.does("resume")
    page = matcher.get(f"/office/sponsorships/{sponsorship.public_id}")
    assert sponsorship.state == SponsorshipState.ACTIVE
    assert page.has("The sponsor's gifts pause; the sponsorship stays")
    assert page.has("The sponsor's gifts go on after a pause")
    assert page.has("In good order")


def test_a_failed_debit_keeps_the_sponsorship_and_says_no_amount(
    running: Running, sponsorship: Sponsorship, matcher: PageClient
) -> None:
    invoice = running.debit_fails()
    page = matcher.get(f"/office/sponsorships/{sponsorship.public_id}")
    assert sponsorship.state == SponsorshipState.ACTIVE
    assert page.has("Needs attention")
    assert not page.has("€47")
    running.payments.attempt_succeeds(invoice)
    running.is_told("invoice.paid", invoice)
    page = matcher.get(f"/office/sponsorships/{sponsorship.public_id}")
    assert page.has("The sponsor's gifts are in good order again")


def test_a_stop_leaves_the_sponsorship_until_it_is_in_force(
    running: Running, sponsorship: Sponsorship, matcher: PageClient
) -> None:
    running.does("stop")
    page = matcher.get(f"/office/sponsorships/{sponsorship.public_id}")
    assert page.has("Ends soon")
    running.payments.subscription_ends(running.subscription)
    running.is_told("customer.subscription.deleted", running.subscription)
    assert sponsorship.state == SponsorshipState.ACTIVE  # a person decides, with care
    page = matcher.get(f"/office/sponsorships/{sponsorship.public_id}")
    assert page.has("regular gift has ended: ask her, then end it here.")


def test_with_a_child_the_stop_says_that_its_place_is_kept(
    running: Running, sponsorship: Sponsorship
) -> None:
    assert running.sponsor.get(f"{running.path}/stop").has("Their place with you is kept")
    assert running.sponsor.get(f"{running.path}/pause").has("The child lacks nothing because of it")
    running.does("stop")
    assert running.page().has("We will look for somebody to take over your place")


def test_while_she_waits_the_stop_speaks_of_her_place_in_the_queue(running: Running) -> None:
    make_wish(running.plan.donor, plan_id=running.plan.id)
    page = running.sponsor.get(f"{running.path}/stop")
    assert page.has("your place in the queue is kept until your gift ends")
    assert not page.has("Their place with you")
    running.does("stop")
    assert running.page().has("Your place in the queue is kept until then")


def test_a_stop_offers_what_may_be_had_where_it_is_read(
    running: Running, visitor: PageClient
) -> None:
    own = running.sponsor.get(f"{running.path}/stop").links()
    assert f"{running.path}/pause" in own
    assert f"{running.path}/amount" in own
    running.debit_fails()
    link = link_in_mail()
    by_link = [each for each in visitor.get(f"{link}/stop").links() if each.startswith(link)]
    assert f"{link}/pause" in by_link
    assert not [each for each in by_link if each.endswith("/amount")]

"""A direct debit is told to be lost before the line that took its money is on the provider's balance."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from portal.core.db import db
from portal.donations import services
from portal.donations.models import Dispute
from portal.donations.rules.gift import GiftState
from tests.factories.books import entries_about
from tests.integration.donations.books import all_holds
from tests.integration.donations.conftest import Giver
from tests.integration.donations.test_disputes import tells


def test_it_is_closed_on_the_day_the_money_left_and_the_hourly_look_finds_it(giver: Giver) -> None:
    gift = giver.gives()
    intent = giver.pays(gift, method="sepa", status="processing")
    giver.payments.settles(intent)
    giver.is_told("payment_intent.succeeded", intent)
    found = giver.payments.debit_comes_back(intent)
    whole = giver.payments.disputes[found]
    giver.payments.disputes[found] = replace(whole, lines=())
    tells(giver, found, "closed")
    dispute = db.session.query(Dispute).one()
    assert (dispute.closed_at, gift.state) == (None, GiftState.SETTLED)

    giver.clock.instant += timedelta(days=2)
    giver.payments.disputes[found] = whole
    services.sweep()
    left = whole.lines[0].created_at
    assert (dispute.closed_at, gift.state) == (left, GiftState.REFUNDED)
    assert entries_about(gift)[-1].date == left.date()
    all_holds(giver.payments)

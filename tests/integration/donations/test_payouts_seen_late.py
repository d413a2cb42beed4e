"""A list of payouts is a picture of a moment: it never sets back what was read since."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from flask import Flask

from portal.core.checks import run_checks
from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.core.money import Money
from portal.donations import services
from portal.donations.gateway import PayoutSnapshot
from portal.donations.models import Payout
from portal.donations.services.ledger import read_ledger
from portal.donations.services.payouts import read_payouts
from tests.factories.books import balance_of
from tests.fakes.payments import FakePayments


@dataclass
class SlowList(FakePayments):
    """Its list of payouts was drawn up some time ago."""

    drawn_up: list[PayoutSnapshot] = field(default_factory=list)

    def payouts(self, since: datetime) -> Iterator[PayoutSnapshot]:
        yield from self.drawn_up


@pytest.fixture
def provider(app: Flask, clock: FrozenClock) -> Iterator[SlowList]:
    """The provider, with its books, two days before the clock's instant."""
    before = app.extensions["payments"]
    app.extensions["payments"] = fake = SlowList(now=clock.instant - timedelta(days=2))
    yield fake
    app.extensions["payments"] = before


def status_of(payout_id: str) -> str:
    db.session.expire_all()
    return db.session.get_one(Payout, payout_id).status


def test_a_list_drawn_up_before_the_payout_came_back_does_not_call_it_paid(
    provider: SlowList, clock: FrozenClock
) -> None:
    provider.moves("charge", 5_000, "ch_1")
    sent = provider.pays_out()
    provider.arrives(sent.id)
    provider.drawn_up = [provider.sent[sent.id]]
    provider.comes_back(sent.id)
    services.refresh_payout(sent.id)
    assert read_payouts(clock.instant) == 1
    assert status_of(sent.id) == "failed"


def test_what_the_list_shows_anew_is_read_and_kept(provider: SlowList, clock: FrozenClock) -> None:
    provider.moves("charge", 5_000, "ch_1")
    sent = provider.pays_out()
    provider.drawn_up = [sent]
    read_payouts(clock.instant)
    assert status_of(sent.id) == "in_transit"
    provider.arrives(sent.id)
    provider.drawn_up = [provider.sent[sent.id]]
    read_payouts(clock.instant)
    assert status_of(sent.id) == "paid"


def test_the_fee_of_an_instant_payout_is_a_fee_and_580_is_what_the_bank_gets(
    provider: SlowList, clock: FrozenClock
) -> None:
    provider.moves("topup", 11_000, "tu_1")
    provider.moves("payout", -10_000, "po_1", fee=100)
    read_ledger(clock.instant - timedelta(days=3))
    sums = [balance_of(account).minor for account in ("580000", "627800", "517100")]
    assert sums == [10_000, 100, 900]
    assert [check.name for check in run_checks() if not check.ok] == []
    provider.moves("payout_reversal", 10_000, "po_1", fee=-100)
    read_ledger(clock.instant - timedelta(days=3))
    assert balance_of("580000") == balance_of("627800") == Money(0)
    assert [check.name for check in run_checks() if not check.ok] == []

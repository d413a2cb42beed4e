"""A payment at Stripe nobody here knows: onto 471 with a reason, then to what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounting.models import Entry
from portal.accounting.services import strays
from portal.core.checks import run_checks
from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.core.money import Money
from portal.core.roles import Role
from portal.donations import services
from portal.donations.codes import GiftMode
from portal.donations.models import Finding
from portal.donations.rules.reconciliation import FindingState
from tests.factories.books import balance_of, booked_gift
from tests.factories.handed_over import make_accountant
from tests.fakes.payments import FakePayments
from tests.pages import PageClient


@pytest.fixture
def provider(app: Flask, clock: FrozenClock) -> Iterator[FakePayments]:
    """The provider, with its books, two days before the clock's instant."""
    before = app.extensions["payments"]
    app.extensions["payments"] = fake = FakePayments(now=clock.instant - timedelta(days=2))
    yield fake
    app.extensions["payments"] = before


def broken() -> list[str]:
    return [check.name for check in run_checks() if not check.ok]


def a_stray(provider: FakePayments) -> Finding:
    """A payment of 50 € less 1 € that no gift here tells of, found in the night."""
    provider.moves("charge", 5_000, "ch_shop", fee=100)
    services.reconcile()
    return db.session.scalars(sa.select(Finding)).one()


def test_it_stands_on_471_with_its_fee_apart_and_the_payout_is_its_lines(
    provider: FakePayments, signed_in_as: Callable[..., PageClient]
) -> None:
    finding = a_stray(provider)
    assert "stripe_ledger_matches_517" in broken()
    page = signed_in_as(Role.ACCOUNTANT)
    path = f"/office/books/strays/{finding.id}"
    assert "50,00" in page.get(path).text
    assert page.post(path, {"reason": ""}).status == 422
    assert page.post(path, {"reason": "Vente de la boutique"}).status == 303
    assert page.post(path, {"reason": "Vente de la boutique"}).status == 303
    sums = [balance_of(account).minor for account in ("471000", "627800", "517100")]
    assert sums == [-5_000, 100, 4_900]
    provider.pays_out()
    services.reconcile()
    db.session.refresh(finding)
    assert (finding.state, finding.note) == (FindingState.EXPLAINED, "Vente de la boutique")
    assert balance_of("517100") == Money(0)
    assert broken() == []


def test_a_gift_the_office_records_takes_it_from_471(provider: FakePayments) -> None:
    finding, by = a_stray(provider), make_accountant().id
    strays.book_stray(finding.id, reason="À identifier", by=by)
    other = booked_gift(amount_minor=4_000, mode=GiftMode.CARD, on=provider.now.date())
    with pytest.raises(strays.NoSuchGift):
        strays.name_gift(finding.id, other.ref, by=by)
    gift = booked_gift(amount_minor=5_000, mode=GiftMode.CARD, on=provider.now.date())
    before = balance_of("512100")
    strays.name_gift(finding.id, gift.ref, by=by)
    strays.name_gift(finding.id, gift.ref, by=by)
    assert balance_of("471000") == Money(0)
    assert balance_of("512100") == before - Money(5_000)
    assert broken() == []
    with pytest.raises(strays.NoStray):
        strays.name_gift(finding.id, other.ref, by=by)


def test_a_gift_stripe_tells_of_late_books_it_and_471_is_clear(provider: FakePayments) -> None:
    finding = a_stray(provider)
    strays.book_stray(finding.id, reason="À identifier", by=make_accountant().id)
    line = db.session.scalars(sa.select(Entry.source)).one()
    gift = booked_gift(
        amount_minor=5_000,
        fee_minor=100,
        mode=GiftMode.CARD,
        on=provider.now.date(),
        settled_at=provider.now,
        stripe_payment_intent_id="pi_shop",
        stripe_charge_id="ch_shop",
        stripe_balance_transaction_id=line.split(":")[1],
    )
    assert gift.stripe_charge_id == "ch_shop"
    assert balance_of("471000") == Money(0)
    assert balance_of("517100") == Money(4_900)
    assert broken() == []

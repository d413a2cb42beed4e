"""A sponsor with a regular gift the payment provider knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from portal.accounts.codes import Language
from portal.accounts.models import AccountSession
from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.donations.codes import PurposeKind
from portal.donations.gateway import Interval, MethodSnapshot, SubscriptionSnapshot
from portal.donations.models import OrderKind, Plan, ProviderOrder
from tests.factories.gifts import make_plan
from tests.fakes.payments import FakePayments
from tests.integration.donations.conftest import Giver, hidden
from tests.pages import Page, PageClient

DEBITED_AT = datetime(2026, 12, 5, 9, tzinfo=UTC)
CARD = MethodSnapshot("pm_1", "card", "visa", "4242", (2028, 4), "cus_9")


@dataclass
class Running:
    """A sponsor, her plan, the provider, and who tells us what happens there."""

    sponsor: PageClient
    plan: Plan
    payments: FakePayments
    clock: FrozenClock
    giver: Giver

    @property
    def path(self) -> str:
        return f"/me/plans/{self.plan.public_id}"

    @property
    def subscription(self) -> str:
        return str(self.plan.stripe_subscription_id)

    def page(self) -> Page:
        return self.sponsor.get(self.path)

    def does(self, act: str, **answers: Any) -> Page:
        """Open the page of an act, freshly signed in, and press its button."""
        self.is_herself()
        form = self.sponsor.get(f"{self.path}/{act}")
        answers.setdefault("form_token", hidden(form, "form_token"))
        page = self.sponsor.post(f"{self.path}/{act}", answers)
        db.session.expire_all()
        return page

    def is_herself(self, who: PageClient | None = None) -> None:
        """She (or somebody of the office) gives the password again."""
        account = (who or self.sponsor).account
        theirs = sa.update(AccountSession).where(AccountSession.account_id == account.id)
        db.session.execute(theirs.values(authenticated_at=self.clock.instant))
        db.session.commit()

    def is_told(self, kind: str, object_id: str, **values: Any) -> None:
        self.giver.is_told(kind, object_id, **values)

    def debit_fails(self, **how: Any) -> str:
        """The next debit is tried and fails; gives its invoice."""
        invoice = self.payments.month_passes(self.subscription, status="failed")
        if how:
            intent = str(self.payments.invoices[invoice].payment_intent_id)
            if how.pop("needs_action", False):
                self.payments.bank_asks(intent)
        self.clock.instant = self.payments.now
        self.is_told("invoice.payment_failed", invoice)
        return invoice

    def fails_again(self, invoice: str, *, again: bool = True) -> None:
        self.payments.attempt_fails(invoice, again=again)
        self.is_told("invoice.payment_failed", invoice)

    def orders(self, *kinds: OrderKind) -> list[ProviderOrder]:
        found = db.session.query(ProviderOrder).order_by(ProviderOrder.id).all()
        return [order for order in found if not kinds or order.kind in kinds]


def subjects() -> list[str]:
    """The subjects of the mails written, the first on top."""
    return [mail.subject for mail in db.session.query(OutboxMail).order_by(OutboxMail.id)]


def last_mail() -> OutboxMail:
    """The newest mail."""
    found = db.session.query(OutboxMail).order_by(OutboxMail.id.desc()).first()
    assert found is not None
    return found


@pytest.fixture
def make_running(
    visitor: PageClient, clock: FrozenClock, payments: FakePayments
) -> Callable[..., Running]:
    """``make_running(sponsor, interval="quarter")``."""

    def make(sponsor: PageClient, interval: Interval = "month", **given: Any) -> Running:
        values = {
            "donor": sponsor.account.donor,
            "language": "en",
            "purpose": PurposeKind.SPONSORSHIP,
            "interval": interval,
        } | given
        plan = make_plan(**values)
        payments.methods[CARD.id] = CARD
        payments.subscriptions[str(plan.stripe_subscription_id)] = SubscriptionSnapshot(
            str(plan.stripe_subscription_id),
            "active",
            plan.amount,
            interval,
            DEBITED_AT,
            False,
            str(plan.public_id),
            "cus_9",
            method_id=CARD.id,
        )
        return Running(sponsor, plan, payments, clock, Giver(visitor, clock, payments))

    return make


@pytest.fixture
def running(sponsor: PageClient, make_running: Callable[..., Running]) -> Running:
    """47 € a month for a child; the next debit is on 5 December 2026."""
    sponsor.account.language = Language.EN
    db.session.commit()
    return make_running(sponsor)

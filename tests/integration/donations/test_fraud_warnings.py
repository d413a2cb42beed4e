"""A bank warns of fraud: it is shown, never acted on by itself."""

from __future__ import annotations

from dataclasses import replace

from portal.core import audit
from portal.core.db import db
from portal.core.money import Money
from portal.donations import money_back
from portal.donations.models import FraudWarning, Gift
from portal.donations.rules.gift import GiftState
from tests.integration.donations.conftest import Giver, Told
from tests.pages import PageClient


def warned(giver: Giver, **how: bool) -> tuple[Gift, str]:
    """A gift that came, and a bank that doubts it."""
    gift = giver.gives()
    intent = giver.pays(gift)
    warning = giver.payments.suspects(intent, **how)  # type: ignore[arg-type]
    giver.is_told("radar.early_fraud_warning.created", warning)
    return gift, warning


def test_a_warning_is_kept_once_and_moves_nothing(giver: Giver, told: Told) -> None:
    gift, warning = warned(giver)
    giver.is_told("radar.early_fraud_warning.updated", warning)
    assert db.session.query(FraudWarning).one().stripe_warning_id == warning
    assert (gift.state, gift.kept) == (GiftState.SETTLED, Money(5_000))
    assert told.names == ["gift_settled"]


def test_a_warning_may_come_before_the_payment_was_heard_of(giver: Giver) -> None:
    gift = giver.gives()
    intent = giver.payments.donor_pays(giver.payments.session_of(gift.public_id))
    warning = giver.payments.suspects(intent)
    giver.is_told("radar.early_fraud_warning.created", warning)
    assert gift.state == GiftState.SETTLED
    assert db.session.query(FraudWarning).one().gift_id == gift.id


def test_a_warning_about_somebody_elses_payment_is_ignored(giver: Giver) -> None:
    gift = giver.gives()
    intent = giver.payments.donor_pays(giver.payments.session_of(gift.public_id))
    giver.payments.payments[intent] = replace(giver.payments.payments[intent], reference="theirs")
    warning = giver.payments.suspects(intent)
    giver.is_told("radar.early_fraud_warning.created", warning)
    assert db.session.query(FraudWarning).count() == 0


def test_staff_may_give_back_or_keep(giver: Giver, accountant: PageClient) -> None:
    gift, _warning = warned(giver)
    assert accountant.get("/office/money-back").has(gift.ref)
    assert money_back.how_many_wait() == 1
    assert accountant.get("/office/gifts?attention=warned").has(gift.ref)
    path = f"/office/gifts/{gift.public_id}"
    page = accountant.get(path)
    assert page.has("Payé avec une carte volée")
    assert f"{path}/refund" in page.links()
    page = accountant.follow(accountant.post(f"{path}/keep"))
    assert page.has("le don est gardé malgré l’alerte")
    assert not accountant.get("/office/money-back").has(gift.ref)
    assert money_back.how_many_wait() == 0
    entry = audit.history(f"gift:{gift.ref}")[0]
    assert (entry.action, entry.actor_id) == ("gift.kept_despite_warning", accountant.account.id)


def test_a_warning_that_can_spare_nothing_any_more_asks_nobody(
    giver: Giver, accountant: PageClient
) -> None:
    gift, _warning = warned(giver, actionable=False)
    assert not accountant.get("/office/money-back").has(gift.ref)
    assert money_back.how_many_wait() == 0

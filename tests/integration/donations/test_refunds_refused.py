"""A refund that was not made is never called made, however often its form is sent."""

from __future__ import annotations

from typing import Never

import pytest
from flask import Flask

from portal.core.db import db
from portal.core.money import Money
from portal.donations import services
from portal.donations.gateway import GatewayMisconfigured
from portal.donations.models import Gift, Refund
from tests.fakes.payments import FakePayments
from tests.integration.donations.conftest import Giver, hidden
from tests.pages import Page, PageClient

GOES_BACK = "sont remboursés au donateur"


class WrongKeys(FakePayments):
    """The provider refuses our keys."""

    def _called(self, name: str) -> Never:
        raise GatewayMisconfigured(name)


def path_of(gift: Gift) -> str:
    return f"/office/gifts/{gift.public_id}/refund"


def asks(accountant: PageClient, gift: Gift, token: str, amount: str = "20") -> Page:
    typed = {"amount": amount, "reason": "À la demande du donateur", "form_token": token}
    return accountant.post(path_of(gift), typed)


def states() -> list[str]:
    db.session.expire_all()
    return [row.state for row in db.session.query(Refund).order_by(Refund.id)]


def test_what_stripe_refuses_is_refused_at_the_second_click_too(
    giver: Giver, accountant: PageClient
) -> None:
    gift = giver.gives()
    intent = giver.pays(gift)
    giver.payments.gives_back(intent, Money(4_000))  # in Stripe's own pages; nobody told of it
    token = hidden(accountant.get(path_of(gift)), "form_token")
    first = asks(accountant, gift, token)
    assert (first.status, first.has("rembourser plus de 10,00 €")) == (422, True)
    again = asks(accountant, gift, token)
    assert (again.status, again.has(GOES_BACK)) == (422, False)
    assert sorted(states()) == ["refused", "succeeded"]
    corrected = accountant.follow(asks(accountant, gift, hidden(first, "form_token"), "10"))
    assert corrected.has("10,00 € " + GOES_BACK)
    assert gift.kept == Money(0)


def test_a_form_sent_with_another_amount_says_what_it_was_sent_for(
    giver: Giver, accountant: PageClient
) -> None:
    gift = giver.gives()
    giver.pays(gift)
    token = hidden(accountant.get(path_of(gift)), "form_token")
    assert asks(accountant, gift, token).status == 303
    other = asks(accountant, gift, token, "15")
    assert other.status == 422
    assert other.has("20,00 €")
    assert not other.has("15,00 € " + GOES_BACK)
    assert states() == ["succeeded"]
    assert hidden(other, "form_token") != token


def test_a_form_never_serves_for_another_gift(giver: Giver, accountant: PageClient) -> None:
    first, second = giver.gives(), giver.gives()
    for gift in (first, second):
        giver.pays(gift)
    asks(accountant, first, "t" * 20)
    with pytest.raises(services.RefundAskedAlready):
        services.refund_gift(second.id, Money(2_000), reason="r", by=1, form_token="t" * 20)


def test_wrong_keys_are_said_and_the_refund_is_kept(
    app: Flask, giver: Giver, accountant: PageClient
) -> None:
    gift = giver.gives()
    giver.pays(gift)
    token = hidden(accountant.get(path_of(gift)), "form_token")
    app.extensions["payments"] = WrongKeys(now=giver.payments.now)
    page = accountant.follow(asks(accountant, gift, token))
    assert page.has("Stripe refuse nos clés d’accès")
    assert not page.has(GOES_BACK)
    assert states() == ["asked"]


@pytest.mark.parametrize("amount", ["0", "-5"])
def test_nothing_and_less_is_refused_at_the_field(
    amount: str, giver: Giver, accountant: PageClient
) -> None:
    gift = giver.gives()
    giver.pays(gift)
    page = asks(accountant, gift, hidden(accountant.get(path_of(gift)), "form_token"), amount)

    assert (page.status, page.has("Indiquez un montant supérieur à zéro.")) == (422, True)
    assert states() == []

"""Gifts in memory or in honour of somebody, and the card that tells another person."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.core.money import Money
from portal.donations import tasks
from portal.donations.models import Gift, Tribute, TributeCard
from tests.integration.donations.conftest import Giver
from tests.pages import PageClient, X

MEMORY = {"tribute": "memory", "tribute_name": "Jeanne Moulin"}
CARD = MEMORY | {
    "card": "y",
    "card_name": "Paul Moulin",
    "card_email": "paul@example.org",
    "card_message": "Elle aimait tant l’école.\n\nJe pense à toi.",
}


def cards() -> list[OutboxMail]:
    return [m for m in db.session.query(OutboxMail) if m.recipient == "paul@example.org"]


def test_a_gift_is_made_in_memory_of_somebody(giver: Giver) -> None:
    gift = giver.gives(**MEMORY)
    assert (gift.tribute, gift.tribute_name) == (Tribute.MEMORY, "Jeanne Moulin")
    giver.pays(gift)
    mail = db.session.query(OutboxMail).one()
    assert "in memory of Jeanne Moulin" in mail.text


def test_the_card_leaves_with_the_money_and_never_says_how_much(giver: Giver) -> None:
    gift = giver.gives(**CARD)
    assert cards() == []
    giver.pays(gift)
    (card,) = cards()
    assert card.subject == "A gift in memory of Jeanne Moulin"
    assert "Camille Durand has made a gift" in card.text
    assert "Je pense à toi." in card.text
    assert "50" not in card.text
    assert "50" not in (card.html or "")


def test_a_gift_that_is_never_paid_sends_no_card(giver: Giver) -> None:
    gift = giver.gives(**CARD)
    giver.pays(gift, method="sepa", status="processing")
    tasks.daily_letters(0)
    assert cards() == []


def test_a_card_waits_for_its_day(giver: Giver) -> None:
    gift = giver.gives(**CARD, card_on="2026-12-24")
    giver.pays(gift)
    tasks.daily_letters(0)
    assert cards() == []
    giver.clock.instant += timedelta(days=32)
    tasks.daily_letters(0)
    tasks.daily_letters(0)
    assert len(cards()) == 1


def test_a_card_of_a_gift_given_back_before_its_day_never_leaves(giver: Giver) -> None:
    gift = giver.gives(**CARD, card_on="2026-12-24")
    intent = giver.pays(gift)
    giver.payments.gives_back(intent, Money(5_000))
    giver.is_told("charge.refunded", "ch_1", payment_intent=intent)
    giver.clock.instant += timedelta(days=40)
    tasks.daily_letters(0)
    assert cards() == []


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"tribute": "memory", "tribute_name": ""}, "Write the name of the person."),
        (CARD | {"card_email": "paul"}, "Write an e-mail address such as name@example.org."),
        (CARD | {"card_name": ""}, "Write the name of who receives the card."),
        (CARD | {"card_message": "x" * 501}, "This is longer than 500 characters."),
        (CARD | {"card_message": "See https://example.org/win"}, "write without web addresses"),
        (CARD | {"card_message": "See win.example.com"}, "write without web addresses"),
        (CARD | {"card_on": "2026-11-01"}, "Choose a day within the next twelve months."),
        (MEMORY | {"rhythm": "monthly"}, "Only a gift made once can be dedicated"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    giver: Giver, answers: dict[str, Any], message: str
) -> None:
    page = giver.sends(**answers)
    assert page.status == 422
    assert page.has(message)
    assert db.session.query(Gift).count() == 0


def test_the_words_of_a_stranger_make_no_link_in_the_card(giver: Giver) -> None:
    gift = giver.gives(**CARD | {"card_message": "[Click](ftp:evil) **now** <b>!</b>"})
    giver.pays(gift)
    html = cards()[0].html or ""
    assert "&lt;b&gt;" in html
    assert "<strong>now" not in html
    assert 'href="ftp' not in html


def test_nobody_gets_more_than_three_cards_a_week(giver: Giver) -> None:
    for number in range(3):
        giver.pays(giver.gives(**CARD, email=f"giver{number}@example.org"))
    page = giver.sends(**CARD)
    assert page.status == 422
    assert page.has("This person received several cards this week.")


def test_a_fourth_card_that_waited_is_kept_back_when_its_gift_comes(giver: Giver) -> None:
    waiting = giver.gives(**CARD, email="last@example.org")
    for number in range(3):
        giver.pays(giver.gives(**CARD, email=f"giver{number}@example.org"))
    giver.pays(waiting)
    assert len(cards()) == 3
    assert db.session.query(TributeCard).filter(TributeCard.stopped_at.is_not(None)).count() == 1


def test_the_office_sees_the_card_and_may_keep_it_from_leaving(
    giver: Giver, accountant: PageClient
) -> None:
    gift = giver.gives(**CARD, card_on="2026-12-24")
    giver.pays(gift)
    page = accountant.get(f"/office/gifts/{gift.public_id}")
    assert page.has("En mémoire de Jeanne Moulin")
    assert page.has("Je pense à toi.")
    accountant.post(f"/office/gifts/{gift.public_id}/card/stop", {"reason": "Injure"})
    giver.clock.instant += timedelta(days=40)
    tasks.daily_letters(0)
    assert cards() == []


def test_without_scripts_the_dedication_survives_the_review(giver: Giver) -> None:
    page = giver.sends(**CARD, card_on="2026-12-24", seen="")
    assert page.has("In memory of Jeanne Moulin")
    assert page.has("Paul Moulin, paul@example.org")
    assert page.tree is not None
    inputs = {e.get("name"): e.get("value") for e in page.tree.iter(f"{X}input")}
    giver.browser.post("/en/give", {k: v for k, v in inputs.items() if k and v})
    card = db.session.query(TributeCard).one()
    assert (card.send_on, card.message.splitlines()[-1]) == (date(2026, 12, 24), "Je pense à toi.")

"""The line to Stripe is bad: the donor reads a sentence, tries again, and pays once."""

from __future__ import annotations

from typing import Any

import pytest

from portal.core.db import db
from portal.donations.models import Gift
from portal.donations.rules.gift import GiftState
from portal.donations.stripe_gateway.connection import RETRIES
from portal.donations.wiring import PATIENCE
from tests.integration.donations.test_with_the_simulator import World
from tests.integration.stripe.actors import KEY

SESSIONS = "/v1/checkout/sessions"
WITHIN_OUR_TRIES = {
    "500 twice": {"status": 500, "times": 2},
    "409 in use": {"status": 409, "times": 1},
    "cut off after it was taken": {"status": 0, "after": True, "times": 1},
}
BEYOND_OUR_TRIES = {
    "500 again and again": {"status": 500, "times": 3},
    "409 again and again": {"status": 409, "times": 3},
    "429 too many": {"status": 429, "times": 1},
    "502 in HTML": {"status": 502, "times": 3},
    "never an answer": {"status": 0, "times": 3},
    "taken each time and cut off": {"status": 0, "after": True, "times": 3},
}


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library waits between its tries; not here."""
    monkeypatch.setattr("stripe._http_client.time.sleep", lambda _seconds: None)


def ordered(world: World, fault: dict[str, Any]) -> None:
    world.hand.does("faults", path=SESSIONS, method="POST", **fault)


def sessions(world: World) -> int:
    address = f"{world.hand.address}{SESSIONS}?limit=100"
    return len(world.hand.http.get(address, auth=(KEY, "")).json()["data"])


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("fault", WITHIN_OUR_TRIES)
def test_a_short_trouble_is_not_noticed(world: World, fault: str) -> None:
    ordered(world, WITHIN_OUR_TRIES[fault])
    page = world.giver.sends()
    assert page.status == 303
    assert sessions(world) == 1


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("fault", BEYOND_OUR_TRIES)
def test_a_long_trouble_is_said_in_words_and_the_next_try_pays_once(
    world: World, fault: str, language: str
) -> None:
    ordered(world, BEYOND_OUR_TRIES[fault])
    opened = world.giver.opens(language=language)
    page = world.giver.sends(opened=opened, language=language)
    assert page.status == 503
    assert page.response.headers["Retry-After"] == "60"
    assert page.has("Rien n’a été prélevé" if language == "fr" else "Nothing was taken")
    for machine_word in ("Traceback", "500", "502", "429", "APIError", "stripe.com"):
        assert machine_word not in page.text
    world.hand.does("faults/clear")
    again = world.giver.sends(opened=opened, language=language)
    world.donor.chooses(again.location, "paid")
    world.hears("checkout.session.completed")
    assert db.session.query(Gift).one().state is GiftState.SETTLED
    assert sessions(world) == 1


@pytest.mark.usefixtures("no_pauses")
def test_an_error_the_provider_remembers_does_not_lock_the_form_for_a_day(world: World) -> None:
    ordered(world, {"status": 500, "times": 1, "kept": True})
    page = world.giver.sends()
    world.donor.chooses(page.location, "paid")
    world.hears("checkout.session.completed")
    gift = db.session.query(Gift).one()
    assert (gift.state, gift.attempt) == (GiftState.SETTLED, 2)


@pytest.mark.usefixtures("no_pauses")
def test_the_same_key_for_something_else_is_an_alarm_and_opens_nothing(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    opened = world.giver.opens()
    ordered(world, {"status": 0, "after": True, "times": 3})
    world.giver.sends(opened=opened)
    gift = db.session.query(Gift).one()
    gift.amount_minor = 7_500
    db.session.commit()
    page = world.giver.sends(opened=opened)
    assert page.status == 503
    assert sessions(world) == 1
    assert any(
        record.levelname == "ERROR" and str(gift.public_id) in record.getMessage()
        for record in caplog.records
    )


def test_nobody_waits_longer_than_a_proxy_does() -> None:
    assert PATIENCE * (RETRIES + 1) < 60

"""Thieves try cards: hundreds of attempts open a handful of payment pages, honest givers get through."""

from __future__ import annotations

import base64
import html
import json
import re
from datetime import timedelta
from itertools import count
from typing import Any

import altcha
import pytest
from flask import Flask

from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.core.web.forms import clock_now
from portal.donations import services
from portal.donations.forms.bots import _signer
from portal.donations.models import Gift, GivingAttempt, HeldForm, SpentProof
from portal.donations.rules.card_testing import MOST_UNPAID_OF_ALL
from portal.donations.rules.gift import GiftState
from tests.factories.gifts import make_gift
from tests.integration.donations.conftest import ANSWERS, Giver
from tests.pages import Page, PageClient

_numbers = count(1)
BURST = 400


def fresh_browser(app: Flask) -> Any:
    """A browser that has the form in front of it, as a program would have it."""
    client = app.test_client()
    client.get("/en/give")
    return client


def tries(client: Any, address: str = "203.0.113.9", **answers: Any) -> Any:
    number = next(_numbers)
    filled = ANSWERS | {"email": f"thief{number}@example.org", "seen": "once:5000"} | answers
    return client.post(
        "/en/give",
        data=filled | {"form_token": read_for_a_while()},
        environ_base={"REMOTE_ADDR": address},
    )


def read_for_a_while() -> str:
    """The token of a form that was shown twenty seconds ago."""
    shown = int((clock_now() - timedelta(seconds=20)).timestamp())
    return str(_signer().dumps([f"form-{next(_numbers)}", shown]))


def opened_a_page(answer: Any) -> bool:
    return str(answer.headers.get("Location", "")).startswith("https://pay.example.org/")


def solved(page: Page) -> str:
    """What the widget sends after its second of work."""
    found = re.search(r'data-challenge="([^"]*)"', page.html)
    assert found, page.text
    challenge = altcha.Challenge.from_dict(json.loads(html.unescape(found[1])))
    solution = altcha.solve_challenge(challenge)
    assert solution is not None
    return altcha.Payload(challenge, solution).to_base64()


def under_attack(giver: Giver) -> None:
    """So many pages were left unpaid that every stranger is asked."""
    for _ in range(MOST_UNPAID_OF_ALL):
        number = next(_numbers)
        services.consider(
            services.Visitor(f"a{number}", f"d{number}", f"e{number}"), f"before:{number}"
        )


def asked(giver: Giver, **answers: Any) -> tuple[str, Page]:
    """Send the form under attack: the address of the question, and its page."""
    page = giver.sends(**answers)
    assert page.status == 303, page.text
    return page.location, giver.browser.get(page.location)


@pytest.fixture
def burst(giver: Giver, app: Flask) -> Giver:
    """400 forms from as many addresses, devices and e-mail addresses, with proper tokens."""
    shown = fresh_browser(app)
    for number in range(BURST):
        shown.delete_cookie("device")
        if number % 10 == 0:
            shown = fresh_browser(app)
        giver.clock.instant += timedelta(seconds=0.2)
        tries(shown, address=f"198.51.{number // 250}.{number % 250}")
    return giver


def test_a_burst_of_400_opens_at_most_ten_pages_while_a_donor_still_gives(burst: Giver) -> None:
    assert len(burst.payments.asked) <= 10
    assert db.session.query(Gift).count() == len(burst.payments.asked)
    assert db.session.query(GivingAttempt).count() == BURST

    where, question = asked(burst, email="honest@example.org")
    assert question.heading == "One moment, please"
    page = burst.browser.post(where, {"altcha": solved(question)})
    assert opened_a_page(page.response)
    gift = db.session.query(Gift).order_by(Gift.id.desc()).first()
    assert gift is not None
    burst.pays(gift)
    assert gift.state is GiftState.SETTLED


def test_a_donor_behind_the_address_of_a_burst_gives_as_well(giver: Giver, app: Flask) -> None:
    thief = fresh_browser(app)
    opened = [opened_a_page(tries(thief, address="127.0.0.1")) for _ in range(60)]
    assert sum(opened) <= 5
    where, question = asked(giver, email="neighbour@example.org")
    assert opened_a_page(giver.browser.post(where, {"altcha": solved(question)}).response)


def test_without_the_count_over_all_a_burst_would_open_every_page(
    giver: Giver, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard taken away, the damage is seen."""
    from portal.donations.rules import card_testing

    monkeypatch.setattr(card_testing, "MOST_UNPAID_OF_ALL", BURST)
    for number in range(30):
        assert opened_a_page(tries(fresh_browser(app), address=f"192.0.2.{number}"))


def test_nobody_is_asked_while_nothing_is_unusual(giver: Giver) -> None:
    for number in range(20):
        giver.pays(giver.gives(email=f"honest{number}@example.org"))
    assert db.session.query(HeldForm).count() == 0


@pytest.mark.parametrize("same", ["address", "device", "email"])
def test_one_that_leaves_page_after_page_unpaid_is_asked(
    giver: Giver, app: Flask, same: str
) -> None:
    shown = fresh_browser(app)
    pages = []
    for number in range(6):
        if same != "device":
            shown = fresh_browser(app)
        address = "203.0.113.7" if same == "address" else f"203.0.113.{number + 20}"
        more = {"email": "one@example.org"} if same == "email" else {}
        pages.append(opened_a_page(tries(shown, address=address, **more)))
    assert pages == [True] * 5 + [False]


def test_a_browser_without_cookies_is_asked(giver: Giver, app: Flask) -> None:
    assert not opened_a_page(tries(app.test_client()))


def test_a_signed_in_donor_who_gave_before_is_never_asked(
    sponsor: PageClient, giver_as: Any
) -> None:
    giver: Giver = giver_as(sponsor)
    make_gift(donor=sponsor.account.donor)
    under_attack(giver)
    opened = giver.opens()
    giver.clock.instant -= timedelta(seconds=20)  # and may be as quick as her browser fills it in
    assert opened_a_page(giver.sends(opened=opened).response)


def test_a_double_click_under_attack_is_one_question_and_one_gift(giver: Giver) -> None:
    under_attack(giver)
    opened = giver.opens()
    first, second = giver.sends(opened=opened), giver.sends(opened=opened)
    question = giver.browser.get(first.location)
    giver.browser.post(first.location, {"altcha": solved(question)})
    page = (
        giver.browser.post(second.location, {"altcha": solved(giver.browser.get(second.location))})
        if giver.browser.get(second.location).status == 200
        else None
    )
    assert page is None
    assert db.session.query(Gift).count() == 1


def test_an_answer_counts_once_and_for_its_own_form_only(giver: Giver) -> None:
    under_attack(giver)
    one, first = asked(giver, email="first@example.org")
    other, _second = asked(giver, email="second@example.org")
    answer = solved(first)
    assert giver.browser.post(other, {"altcha": answer}).status == 422
    assert opened_a_page(giver.browser.post(one, {"altcha": answer}).response)
    assert db.session.query(SpentProof).count() == 1
    assert not services.accept_answer(answer, one.rpartition("/")[2])


def test_an_answer_that_comes_too_late_is_asked_for_again(giver: Giver) -> None:
    under_attack(giver)
    where, question = asked(giver)
    answer = solved(question)
    giver.clock.instant += timedelta(minutes=31)
    page = giver.browser.post(where, {"altcha": answer})
    assert page.status == 422
    assert page.has("The check did not work.")


@pytest.mark.parametrize(
    "made_up",
    [
        "",
        "not base64 at all",
        base64.b64encode(b"[]").decode(),
        base64.b64encode(b"[" * 2_900).decode(),
        base64.b64encode(b'{"challenge": {"parameters": {}}}').decode(),
        base64.b64encode(b'{"challenge":null,"solution":null,"test":true}').decode(),
        "A" * 5_000,
    ],
)
def test_a_made_up_answer_opens_nothing(giver: Giver, made_up: str) -> None:
    under_attack(giver)
    where, _question = asked(giver)
    assert giver.browser.post(where, {"altcha": made_up}).status == 422
    assert db.session.query(Gift).count() == 0


def test_an_answer_with_a_softer_question_of_ones_own_opens_nothing(giver: Giver) -> None:
    under_attack(giver)
    where, question = asked(giver)
    found = re.search(r'data-challenge="([^"]*)"', question.html)
    assert found
    challenge = json.loads(html.unescape(found[1]))
    challenge["parameters"]["keyPrefix"] = ""
    softer = altcha.Challenge.from_dict(challenge)
    solution = altcha.Solution(0, "00" * 32)
    answer = altcha.Payload(softer, solution).to_base64()
    assert giver.browser.post(where, {"altcha": answer}).status == 422


def test_what_was_typed_is_kept_while_the_question_is_answered(giver: Giver) -> None:
    under_attack(giver)
    where, question = asked(giver, choice="other", amount="37,50", seen="once:3750", purpose="food")
    assert question.has("€37.50")
    giver.browser.post(where, {"altcha": solved(question)})
    gift = db.session.query(Gift).one()
    assert (gift.amount_minor, str(gift.programme)) == (3_750, "food")
    assert gift.donor.address1 == ANSWERS["address1"]


def test_without_scripts_a_link_by_mail_opens_the_payment_page(giver: Giver, app: Flask) -> None:
    under_attack(giver)
    where, _question = asked(giver)
    sent = giver.browser.follow(giver.browser.post(f"{where}/mail"))
    assert sent.heading == "Look into your mailbox"
    mail = db.session.query(OutboxMail).one()
    assert mail.recipient == "camille@example.org"
    assert "€50" in mail.text
    link = re.search(r"http://localhost(/en/give/confirm/\S+)", mail.text)
    assert link
    elsewhere = PageClient(app)
    page = elsewhere.get(link[1])
    assert page.has("Nothing was taken yet.")
    assert db.session.query(Gift).count() == 0
    assert opened_a_page(elsewhere.post(link[1]).response)
    assert db.session.query(Gift).one().donor.email == "camille@example.org"
    assert elsewhere.get(link[1]).status == 303


def test_the_link_is_worth_nothing_without_the_mail(giver: Giver) -> None:
    under_attack(giver)
    where, _question = asked(giver)
    secret = where.rpartition("/")[2]
    assert giver.browser.get(f"/en/give/confirm/{secret}/{'0' * 32}").status == 404


def test_nobody_s_mailbox_is_flooded(giver: Giver) -> None:
    under_attack(giver)
    told = []
    for _ in range(5):
        where, _question = asked(giver)
        told.append(giver.browser.post(f"{where}/mail").status)
        giver.clock.instant += timedelta(minutes=2)
    assert told == [303, 303, 303, 429, 429]
    assert db.session.query(OutboxMail).count() == 3


def test_a_form_that_was_kept_too_long_is_asked_for_again(giver: Giver) -> None:
    under_attack(giver)
    where, _question = asked(giver)
    giver.clock.instant += timedelta(hours=3)
    page = giver.browser.get(where)
    assert page.location == "/en/give"
    assert giver.browser.follow(page).has("This took too long, and nothing was taken.")

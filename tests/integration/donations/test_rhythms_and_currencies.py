"""Once, every month, quarter or year; in euros, francs, pounds and dollars."""

from __future__ import annotations

from typing import Any

import pytest

from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.core.money import Money
from portal.donations.models import Gift, Plan, PlanInterval
from tests.integration.donations.conftest import ANSWERS, Giver
from tests.pages import Page, PageClient


def sends(giver: Giver, form: str, **answers: Any) -> Page:
    """Fill a form in as a page with scripts sends it."""
    kept = giver.opens(form)
    return giver.browser.post(f"/en/{form}", ANSWERS | kept | answers)


def the_plan() -> Plan:
    return db.session.query(Plan).one()


@pytest.mark.parametrize(
    ("rhythm", "choice", "interval"),
    [
        ("monthly", "4700", PlanInterval.MONTH),
        ("quarterly", "14100", PlanInterval.QUARTER),
        ("yearly", "56400", PlanInterval.YEAR),
    ],
)
def test_a_sponsorship_is_paid_as_often_as_its_sponsor_likes(
    giver: Giver, rhythm: str, choice: str, interval: PlanInterval
) -> None:
    page = sends(giver, "sponsor", rhythm=rhythm, choice=choice, seen=f"{rhythm}:{choice}")
    assert page.status == 303
    plan = the_plan()
    assert (plan.interval, plan.amount) == (interval, Money(int(choice)))
    request = giver.payments.asked[str(plan.stripe_session_id)]
    assert (request.kind, request.interval) == ("plan", interval.value)


@pytest.mark.parametrize(
    ("rhythm", "words"),
    [("quarterly", "€50 every quarter"), ("yearly", "€50 every year")],
)
def test_the_review_and_the_first_mail_say_how_often(giver: Giver, rhythm: str, words: str) -> None:
    page = sends(giver, "give", rhythm=rhythm, seen="")
    assert page.heading == "Before you pay"
    assert page.has(words)
    sends(giver, "give", rhythm=rhythm, seen=f"{rhythm}:5000")
    plan = the_plan()
    giver.subscribes(plan)
    assert db.session.query(OutboxMail).one().subject == f"Thank you: {words}"


def test_a_sponsorship_begins_monthly(giver: Giver) -> None:
    html = giver.browser.get("/en/sponsor").html
    assert 'checked id="rhythm-0"' in html
    assert 'value="4700"' in html


@pytest.mark.parametrize(
    ("query", "button", "cost"),
    [
        (
            "form=sponsor&rhythm=monthly",
            "Give €47 every month",
            "€47 a month costs you €15.98 a month",
        ),
        (
            "form=sponsor&rhythm=quarterly",
            "Give €141 every quarter",
            "€141 a quarter costs you €47.94",
        ),
        (
            "form=sponsor&rhythm=yearly",
            "Give €564 every year",
            "€564 a year costs you €191.76 a year",
        ),
        (
            "form=give&rhythm=yearly&choice=10000",
            "Give €100 every year",
            "€100 a year costs you €34",
        ),
        ("form=give&currency=USD&choice=5000", "Give $50", ""),
        ("form=sponsor&rhythm=yearly&currency=CHF", "Give CHF\u00a0540 every year", ""),
    ],
)
def test_the_page_is_told_amount_rhythm_and_cost(
    giver: Giver, query: str, button: str, cost: str
) -> None:
    words = giver.browser.client.get(f"/en/give/words?{query}").get_json()
    assert words["button"] == button
    assert words["cost"].startswith(cost)
    assert bool(words["cost"]) is bool(cost)


def test_another_rhythm_keeps_the_place_among_the_suggestions(giver: Giver) -> None:
    query = "form=sponsor&rhythm=yearly&choice=9400&offered=EUR:monthly"
    words = giver.browser.client.get(f"/en/give/words?{query}").get_json()
    assert words["button"] == "Give €1,128 every year"
    assert [each["value"] for each in words["suggestions"]] == ["36000", "56400", "112800"]


def test_without_scripts_another_rhythm_is_repeated_before_it_is_paid(giver: Giver) -> None:
    page = sends(giver, "sponsor", rhythm="quarterly", choice="4700", offered="EUR:monthly")
    assert page.heading == "Before you pay"
    assert page.has("€141 every quarter")
    assert page.has("This amount will be taken every quarter, until you stop it.")
    assert db.session.query(Plan).count() == 0


def test_without_scripts_the_amounts_of_another_currency_are_shown_on_demand(giver: Giver) -> None:
    link = next(x for x in giver.browser.get("/en/give").links() if "currency=GBP" in x)
    page = giver.browser.get(link)
    assert page.has("£40")
    assert page.has("Your receipt will be in euros, at the rate of the day your money reaches us.")
    assert not page.has("after tax")


def test_the_review_repeats_who_gives_and_the_wishes(giver: Giver) -> None:
    page = sends(giver, "sponsor", rhythm="monthly", choice="4700", sex="F", age="7-11", seen="")
    for words in ("Camille Durand", "camille@example.org", "A girl, 7 to 11 years"):
        assert page.has(words)


@pytest.mark.parametrize(
    ("currency", "choice", "minor"),
    [("CHF", "5000", 5_000), ("GBP", "4000", 4_000), ("USD", "5000", 5_000)],
)
def test_a_gift_is_made_in_its_currency(
    giver: Giver, currency: str, choice: str, minor: int
) -> None:
    page = sends(giver, "give", currency=currency, choice=choice, seen=f"once:{choice}:{currency}")
    gift = db.session.query(Gift).one()
    assert page.status == 303
    assert gift.amount == Money(minor, currency)
    assert giver.payments.asked[str(gift.stripe_session_id)].amount == Money(minor, currency)


@pytest.mark.parametrize("typed", ["37.50", "$37.50", "37,50 USD", "US$ 37.50"])
def test_an_amount_may_be_typed_with_the_sign_of_its_currency(giver: Giver, typed: str) -> None:
    sends(giver, "give", currency="USD", choice="other", amount=typed, seen="once:3750:USD")
    assert db.session.query(Gift).one().amount == Money(3_750, "USD")


def test_a_button_that_named_euros_never_leads_to_dollars(giver: Giver) -> None:
    page = sends(giver, "give", currency="USD", choice="5000", seen="once:5000")
    assert page.heading == "Before you pay"
    assert page.has("$50 once")


@pytest.mark.parametrize(
    ("form", "answers", "message"),
    [
        ("give", {"currency": "GBP", "amount": "4"}, "The smallest possible amount is £5.00."),
        (
            "give",
            {"rhythm": "quarterly", "amount": "14"},
            "The smallest possible amount is €15.00.",
        ),
        ("give", {"rhythm": "yearly", "amount": "19"}, "The smallest possible amount is €20.00."),
        (
            "sponsor",
            {"rhythm": "quarterly", "amount": "29"},
            "The smallest possible amount is €30.00.",
        ),
        (
            "sponsor",
            {"rhythm": "yearly", "currency": "USD", "amount": "119"},
            "The smallest possible amount is $120.00.",
        ),
    ],
)
def test_too_little_is_refused_before_anybody_is_asked_to_pay(
    giver: Giver, form: str, answers: dict[str, str], message: str
) -> None:
    page = sends(giver, form, choice="other", **answers)
    assert page.status == 422
    assert page.has(message)
    assert giver.payments.asked == {}


def test_no_currency_is_guessed(giver: Giver) -> None:
    client = giver.browser.client
    html = client.get("/en/give", headers={"Accept-Language": "en-US"}).get_data(as_text=True)
    assert '<option selected value="EUR">' in html


def test_what_no_page_offers_becomes_what_is_usual_and_is_repeated(giver: Giver) -> None:
    page = sends(giver, "give", currency="XXX", rhythm="weekly", seen="weekly:5000:XXX")
    assert page.heading == "Before you pay"
    assert page.has("€50 once")


def test_changing_something_finds_rhythm_and_currency_again(giver: Giver) -> None:
    sends(giver, "give", rhythm="yearly", currency="CHF", choice="10000", seen="yearly:10000:CHF")
    plan = the_plan()
    html = giver.browser.get(f"/en/give?again={plan.public_id}").html
    assert '<option selected value="CHF">' in html
    assert 'checked id="rhythm-3"' in html
    assert 'value="10000"' in html


def test_a_signed_in_donor_finds_what_she_typed_in_another_browser(
    sponsor: PageClient, giver_as: Any, signed_in_as: Any
) -> None:
    giver: Giver = giver_as(sponsor)
    gift = giver.gives(choice="other", amount="37.50", seen="once:3750")
    elsewhere = signed_in_as(sponsor.account)
    assert 'value="37.50"' in elsewhere.get(f"/en/give?again={gift.public_id}").html

"""The payment page as a donor sees it: plainly simulated, in their language, without a card field."""

from __future__ import annotations

import html5lib
import pytest
import requests
import stripe

from portal.donations.stripe_gateway import StripeGateway
from tests.integration.stripe.actors import SITE, Donor, Hand, a_gift, a_plan


@pytest.mark.parametrize(
    ("language", "said", "amount", "button"),
    [
        ("fr", "aucun argent ne circule", "1\u202f234,50\u00a0€", "Donner 1\u202f234,50\u00a0€"),
        ("en", "no money moves", "€1,234.50", "Donate €1,234.50"),
    ],
)
def test_the_page_says_what_it_is_and_what_is_asked(
    gateway: StripeGateway, donor: Donor, language: str, said: str, amount: str, button: str
) -> None:
    page = donor.opens(gateway.start_checkout(a_gift(123450, language=language)).url).text
    assert f'<html lang="{language}">' in page
    assert said in page
    assert amount in page
    assert button in page
    assert "Pour un Sourire d’Enfant" in page


@pytest.mark.parametrize(
    ("interval", "language", "said"),
    [
        ("month", "fr", "chaque mois"),
        ("quarter", "fr", "chaque trimestre"),
        ("year", "en", "every year"),
    ],
)
def test_a_plan_says_how_often(
    gateway: StripeGateway, donor: Donor, interval: str, language: str, said: str
) -> None:
    request = a_plan(interval=interval, language=language)  # type: ignore[arg-type]
    assert said in donor.opens(gateway.start_checkout(request).url).text


def test_there_is_no_field_for_a_card(gateway: StripeGateway, donor: Donor) -> None:
    page = donor.opens(gateway.start_checkout(a_gift()).url).text
    fields = html5lib.parse(page, namespaceHTMLElements=False).findall(".//input")
    assert {each.get("type") for each in fields} == {"radio"}
    assert {each.get("name") for each in fields} == {"outcome"}


@pytest.mark.parametrize("outcome", [None, "declined", "three_d_secure"])
def test_every_page_is_valid_labelled_and_has_one_heading(
    gateway: StripeGateway, donor: Donor, outcome: str | None
) -> None:
    url = gateway.start_checkout(a_gift()).url
    page = donor.opens(url).text
    if outcome == "declined":
        page = donor.chooses(url, outcome).text
    elif outcome:
        donor.chooses(url, outcome)
        page = donor.opens(f"{url}/authenticate").text
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    assert len(tree.findall(".//h1")) == 1
    assert tree.find(".//script") is None
    labels = {each.get("for") for each in tree.findall(".//label")}
    assert {each.get("id") for each in tree.findall(".//input")} == labels
    ids = [each.get("id") for each in tree.iter() if each.get("id")]
    assert len(ids) == len(set(ids))


def test_an_error_is_said_in_the_title_and_aloud(gateway: StripeGateway, donor: Donor) -> None:
    page = donor.chooses(gateway.start_checkout(a_gift()).url, "declined").text
    assert "<title>Erreur" in page
    assert 'role="alert"' in page


def test_the_policy_lets_the_form_lead_back_to_the_site_only(
    gateway: StripeGateway, donor: Donor
) -> None:
    answer = donor.opens(gateway.start_checkout(a_gift()).url)
    policy = answer.headers["Content-Security-Policy"]
    assert f"form-action 'self' {SITE};" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert answer.headers["Cache-Control"] == "no-store"


def test_nothing_chosen_is_asked_again(gateway: StripeGateway, donor: Donor) -> None:
    started = gateway.start_checkout(a_gift())
    assert donor.chooses(started.url, "anything").status_code == 422
    assert gateway.fetch_checkout(started.session_id).payment_intent_id is None


def test_a_donor_without_an_address_is_asked_for_one(
    library: stripe.StripeClient, donor: Donor
) -> None:
    session = library.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "success_url": "http://127.0.0.1:9/",
            "customer_creation": "always",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "eur",
                        "unit_amount": 1000,
                        "product_data": {"name": "Gift"},
                    },
                }
            ],
        }
    )
    url = session.url or ""
    wrong = donor.chooses(url, "paid", email="nobody")
    assert wrong.status_code == 422
    assert 'aria-invalid="true"' in wrong.text
    assert donor.chooses(url, "paid", email="camille@example.org").status_code == 303
    paid = library.v1.checkout.sessions.retrieve(session.id, {"expand": ["customer"]})
    found = paid.to_dict(for_json=True)
    assert found["customer"]["email"] == "camille@example.org"
    assert found["customer_details"]["email"] == "camille@example.org"


@pytest.mark.parametrize("path", ["/c/pay/cs_test_missing", "/c/pay/cs_test_missing/authenticate"])
def test_an_address_without_a_payment_says_so(hand: Hand, donor: Donor, path: str) -> None:
    answer = donor.opens(hand.address + path)
    assert answer.status_code == 404
    assert "There is no payment" in answer.text
    assert donor.http.post(hand.address + path).status_code == 404


def test_the_bank_s_page_counts_only_while_it_asks(gateway: StripeGateway, donor: Donor) -> None:
    started = gateway.start_checkout(a_gift())
    answer = donor.answers_bank(started.url, "authenticate")
    assert answer.status_code == 303
    assert gateway.fetch_checkout(started.session_id).status == "open"


def test_the_front_page_says_what_this_is(hand: Hand, browser: requests.Session) -> None:
    page = browser.get(hand.address, headers={"Accept-Language": "fr"})
    assert "Simulateur de Stripe" in page.text
    assert "/_sim/clock" in page.text
    html5lib.HTMLParser(strict=True).parse(page.text)
    style = browser.get(f"{hand.address}/static/pay.css")
    assert style.status_code == 200

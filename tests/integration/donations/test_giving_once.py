"""A gift: the form, the payment page, the money, the thanks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.accounts.models import Donor
from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.core.money import Money
from portal.donations import services
from portal.donations.codes import GiftMode, PurposeKind
from portal.donations.models import Gift, Plan
from portal.donations.rules.gift import GiftState
from portal.programmes.codes import Programme
from tests.integration.donations.conftest import ANSWERS, Giver, Told
from tests.pages import PageClient


def one_gift() -> Gift:
    return db.session.query(Gift).one()


def test_the_form_says_what_each_amount_costs_after_tax(giver: Giver) -> None:
    page = giver.browser.get("/en/give")
    assert page.has("€17 after tax")
    assert page.has("66% of the gift comes off your income tax")
    assert page.has("22 November 2026") or page.has("November 22, 2026")


def test_once_is_chosen_and_monthly_never_is(giver: Giver) -> None:
    html = giver.browser.get("/en/give").html
    assert 'checked id="rhythm-0"' in html
    assert 'checked id="rhythm-1"' not in html


def test_the_form_leads_to_the_payment_page_of_a_gift_that_is_kept(giver: Giver) -> None:
    page = giver.sends(purpose="health")
    gift = one_gift()
    assert page.status == 303
    assert page.location == f"https://pay.example.org/{gift.stripe_session_id}"
    assert gift.state == GiftState.PENDING
    assert (gift.purpose, gift.programme) == (PurposeKind.PROGRAMME, Programme.HEALTH)
    assert gift.donor.name == "Camille Durand"


def test_the_provider_is_asked_with_the_key_of_the_row(giver: Giver) -> None:
    gift = giver.gives()
    request = giver.payments.asked[str(gift.stripe_session_id)]
    assert request.idempotency_key == f"test:gift:{gift.id}:1"
    assert request.reference == str(gift.public_id)
    assert request.donor_email == "camille@example.org"
    assert request.success_url == services.thanks_url(gift)


def test_without_scripts_a_page_repeats_the_commitment_first(giver: Giver) -> None:
    page = giver.sends(seen="")
    assert page.status == 200
    assert page.heading == "Before you pay"
    assert page.has("€50 once")
    assert page.has("Give €50")
    assert db.session.query(Gift).count() == 0


def test_a_button_that_named_another_amount_commits_to_nothing(giver: Giver) -> None:
    page = giver.sends(choice="20000", seen="once:5000")
    assert page.heading == "Before you pay"
    assert page.has("Give €200")


def test_a_button_that_said_once_never_leads_to_a_monthly_payment(giver: Giver) -> None:
    page = giver.sends(rhythm="monthly", seen="once:5000")
    assert page.heading == "Before you pay"
    assert page.has("This amount will be taken every month, until you stop it.")
    assert db.session.query(Plan).count() == 0


def test_changing_something_on_the_review_page_loses_nothing(giver: Giver) -> None:
    page = giver.sends(seen="", edit="1", first_name="Zoé")
    assert page.status == 200
    assert 'value="Zoé"' in page.html


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"choice": "other", "amount": "4"}, "The smallest possible amount is €5.00."),
        ({"choice": "other", "amount": "100001"}, "The largest possible amount here is"),
        ({"choice": "other", "amount": "many"}, "Write an amount such as 47 or 47.50."),
        ({"choice": "other", "amount": ""}, "Write an amount such as 47 or 47.50."),
        ({"last_name": ""}, "Write your last name."),
        ({"email": "camille"}, "Write an e-mail address such as name@example.org."),
        ({"postcode": "780"}, "A French postcode has five digits."),
        ({"kind": "company"}, "Write the name of the company."),
        (
            {"kind": "company", "company_name": "A", "legal_form": "SAS", "siren": "123456789"},
            "A SIREN has nine digits that agree with each other.",
        ),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    giver: Giver, answers: dict[str, str], message: str
) -> None:
    page = giver.sends(**answers)
    assert page.status == 422
    assert page.has("Please check what follows")
    assert page.has(message)
    assert 'value="3 rue des Lilas"' in page.html
    assert db.session.query(Gift).count() == 0


def test_any_amount_may_be_typed(giver: Giver) -> None:
    giver.gives(choice="other", amount="37,50", seen="once:3750")
    assert one_gift().amount == Money(3_750)


def test_a_company_gives_with_its_siren(giver: Giver) -> None:
    giver.gives(kind="company", company_name="Atelier Essai", legal_form="SAS", siren="732 829 320")
    donor = one_gift().donor
    assert (donor.name, donor.siren, donor.legal_form) == ("Atelier Essai", "732829320", "SAS")


def test_a_postcode_of_another_country_is_taken_as_it_is(giver: Giver) -> None:
    giver.gives(country="GB", postcode="SW1A 1AA", city="London")
    assert one_gift().donor.postcode == "SW1A 1AA"


def test_a_double_click_is_one_gift_and_one_payment_page(giver: Giver) -> None:
    opened = giver.opens()
    first, second = giver.sends(opened=opened), giver.sends(opened=opened)
    assert first.location == second.location
    assert db.session.query(Gift).count() == 1
    assert db.session.query(Donor).filter_by(email="camille@example.org").count() == 1


def test_going_back_to_another_amount_is_another_gift(giver: Giver) -> None:
    opened = giver.opens()
    giver.sends(opened=opened)
    giver.sends(opened=opened, choice="10000")
    assert {gift.amount_minor for gift in db.session.query(Gift)} == {5_000, 10_000}


def test_sending_a_paid_form_again_says_thanks_and_takes_nothing(giver: Giver) -> None:
    opened = giver.opens()
    giver.sends(opened=opened)
    giver.pays(one_gift())
    page = giver.sends(opened=opened)
    assert page.location == services.thanks_url(one_gift()).removeprefix("http://localhost")
    assert len(giver.payments.asked) == 1


def test_the_money_settles_the_gift(giver: Giver, told: Told) -> None:
    gift = giver.gives()
    giver.pays(gift)
    assert gift.state == GiftState.SETTLED
    assert gift.mode is GiftMode.CARD
    assert gift.tax_on == gift.received_on == date(2026, 11, 22)
    assert gift.fee == Money(100)
    assert gift.typed is None
    assert told.names == ["gift_settled"]


def test_the_tax_day_is_the_day_in_paris(giver: Giver) -> None:
    giver.payments.now = giver.payments.now.replace(year=2026, month=12, day=31, hour=23, minute=30)
    gift = giver.gives()
    giver.pays(gift)
    assert gift.tax_on == date(2027, 1, 1)


def test_the_thanks_are_mailed_once_with_the_way_to_the_receipts(giver: Giver) -> None:
    gift = giver.gives(purpose="food")
    intent = giver.pays(gift)
    giver.is_told("payment_intent.succeeded", intent)
    mail = db.session.query(OutboxMail).one()
    assert mail.recipient == "camille@example.org"
    assert mail.subject == "Thank you for your gift of €50"
    assert "Meals" in mail.text
    assert "beginning of 2027" in mail.text
    assert "single gift" in mail.text
    assert "/en/" in mail.text


def test_the_mail_speaks_the_language_of_the_form(giver: Giver) -> None:
    gift = giver.gives(language="fr")
    giver.pays(gift)
    mail = db.session.query(OutboxMail).one()
    assert mail.subject == "Merci pour votre don de 50 €"


def test_a_filled_trap_is_no_gift_but_a_person_may_try_again(giver: Giver) -> None:
    page = giver.sends(website="https://example.org")
    assert page.status == 422
    assert page.has("Please send the form again.")
    assert db.session.query(Gift).count() == 0


def test_a_form_sent_faster_than_it_can_be_read_is_asked_a_question_not_refused(
    giver: Giver,
) -> None:
    opened = giver.opens()
    giver.clock.instant -= timedelta(seconds=20)
    page = giver.sends(opened=opened)
    assert page.status == 303
    assert giver.browser.follow(page).heading == "One moment, please"
    assert db.session.query(Gift).count() == 0


def test_a_form_token_we_did_not_make_is_refused(giver: Giver) -> None:
    page = giver.sends(opened={"form_token": "made-up"})
    assert page.status == 422
    assert db.session.query(Gift).count() == 0


def test_a_signed_in_donor_need_not_type_what_we_know(
    sponsor: PageClient, giver_as: object
) -> None:
    page = sponsor.get("/en/give")
    donor = sponsor.account.donor
    assert donor is not None
    assert f'value="{donor.last_name}"' in page.html
    assert 'name="email"' not in page.html


def test_a_signed_in_donor_gives_as_herself(sponsor: PageClient, giver_as: object) -> None:
    giver: Giver = giver_as(sponsor)  # type: ignore[operator]
    donor = sponsor.account.donor
    assert donor is not None
    gift = giver.gives(first_name=donor.first_name, last_name=donor.last_name)
    assert gift.donor_id == donor.id
    assert gift.donor.address1 == ANSWERS["address1"]


def test_what_the_form_does_not_ask_is_left_alone(sponsor: PageClient, giver_as: object) -> None:
    """The courtesy title stands on receipts, and no form of a gift asks for it."""
    donor = sponsor.account.donor
    assert donor is not None
    donor.title = "Mme"
    db.session.commit()
    giver: Giver = giver_as(sponsor)  # type: ignore[operator]
    gift = giver.gives(first_name=donor.first_name, last_name=donor.last_name)
    assert gift.donor.title == "Mme"


def test_the_words_of_the_button_and_the_cost_come_from_the_server(giver: Giver) -> None:
    answer = giver.browser.client.get("/en/give/words?choice=10000&rhythm=monthly&kind=company")
    words = answer.get_json()
    assert words["button"] == "Give €100 every month"
    assert words["mark"] == "monthly:10000"
    assert words["cost"] == "€100 a month costs you €40 a month after tax."
    assert "238 bis" in words["law"]


def test_no_words_are_made_for_an_amount_we_do_not_take(giver: Giver) -> None:
    words = giver.browser.client.get("/fr/give/words?choice=other&amount=1").get_json()
    told = {name: words[name] for name in ("button", "mark", "cost", "law")}
    assert told == {"button": "Continuer", "mark": "", "cost": "", "law": ""}

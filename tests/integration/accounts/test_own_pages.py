"""The sponsor's own pages: home, details, data."""

from __future__ import annotations

import pytest

from portal.core import audit
from portal.core.web import cards
from portal.core.web.cards import Card, register_card
from tests.factories.passwords import make_member
from tests.pages import PageClient

DETAILS = {
    "title": "Mme", "first_name": "Clara", "last_name": "Essai", "address1": "2 rue Neuve",
    "address2": "", "postcode": "29000", "city": "Quimper", "country": "FR", "phone": "02",
    "language": "en",
}  # fmt: skip


@pytest.mark.parametrize(
    "path", ["/me/", "/me/profile", "/me/security", "/me/privacy", "/me/privacy/my-data.json"]
)
def test_a_visitor_has_to_sign_in_first(visitor: PageClient, path: str) -> None:
    assert visitor.get(path).location == f"/fr/sign-in?next={path}"


def test_the_home_shows_the_cards_of_the_features_in_their_order(
    sponsor: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "_HOME", [])
    asked: list[int] = []

    def gifts(donor_id: int) -> Card:
        asked.append(donor_id)
        return Card(
            "My gifts", ("Three gifts", "<b>escaped</b>"), url="/me/gifts", link="All gifts"
        )

    register_card(20, gifts)
    register_card(10, lambda _donor: Card("My child", ("Sophea",)))
    register_card(15, lambda _donor: None)
    page = sponsor.get("/me/")
    assert page.has("Bonjour Claire")
    assert page.text.index("My child") < page.text.index("My gifts")
    assert page.has("<b>escaped</b>")
    assert "/me/gifts" in page.links()
    assert asked == [sponsor.account.donor_id]


def test_a_card_is_registered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "_HOME", [])

    def make(_donor: int) -> Card:
        return Card("Once")

    register_card(10, make)
    register_card(10, make)
    assert len(cards.home_cards(1)) == 1


def test_an_account_without_gifts_is_shown_where_to_begin(visitor: PageClient) -> None:
    visitor.sign_in(make_member(display_name="Nora"))
    page = visitor.get("/me/")
    assert page.has("Bonjour Nora")
    assert page.has("Votre histoire avec les enfants commence ici")
    assert page.has("Vous aviez peut-être une autre adresse.")


def test_details_are_corrected_with_a_trace(sponsor: PageClient) -> None:
    assert sponsor.get("/me/profile").has("figurent sur vos reçus fiscaux")
    assert sponsor.post("/me/profile", DETAILS).location == "/me/profile"
    donor = sponsor.account.donor
    assert donor is not None
    assert (donor.first_name, donor.city, donor.language) == ("Clara", "Quimper", "en")
    assert sponsor.account.language == "en"
    entry = audit.history(f"donor:{donor.ref}")[0]
    assert (entry.action, entry.actor_id) == ("donor.changed", sponsor.account.id)
    assert sponsor.get("/me/profile").heading == "My details"


def test_wrong_details_come_back_as_they_were_typed(sponsor: PageClient) -> None:
    page = sponsor.post("/me/profile", DETAILS | {"last_name": "", "postcode": "29"})
    assert page.status == 422
    assert page.has("Indiquez le nom.")
    assert page.has("Un code postal français compte cinq chiffres.")
    assert 'value="2 rue Neuve"' in page.html


def test_a_postcode_elsewhere_is_as_it_is_there(sponsor: PageClient) -> None:
    abroad = DETAILS | {"postcode": "SW1A 1AA", "country": "GB", "city": "London"}
    assert sponsor.post("/me/profile", abroad).status == 303


def test_the_address_one_signs_in_with_is_not_changed_here(sponsor: PageClient) -> None:
    donor = sponsor.account.donor
    assert donor is not None
    before = (sponsor.account.email, donor.email, donor.note)
    sent = DETAILS | {"email": "thief@example.org", "note": "x", "roles": "administrator"}
    sponsor.post("/me/profile", sent)
    assert (sponsor.account.email, donor.email, donor.note) == before
    assert sponsor.account.roles == []


def test_an_account_without_gifts_has_a_name_and_a_language(visitor: PageClient) -> None:
    account = make_member()
    visitor.sign_in(account)
    visitor.post("/me/profile", {"display_name": "Nora Essai", "language": "en"})
    assert (account.display_name, account.language) == ("Nora Essai", "en")


def test_password_managers_and_browsers_can_fill_the_form(sponsor: PageClient) -> None:
    html = sponsor.get("/me/profile").html
    for token in ("given-name", "family-name", "address-line1", "postal-code", "country", "tel"):
        assert f'autocomplete="{token}"' in html


def test_the_data_come_as_one_document(sponsor: PageClient, other_sponsor: PageClient) -> None:
    answer = sponsor.get("/me/privacy/my-data.json").response
    assert answer.headers["Content-Disposition"] == "attachment; filename=my-data.json"
    known = answer.json
    assert known is not None
    donor, stranger = sponsor.account.donor, other_sponsor.account.donor
    assert donor is not None
    assert stranger is not None
    assert known["donor"]["ref"] == donor.ref
    assert known["account"]["email"] == sponsor.account.email
    text = answer.get_data(as_text=True)
    assert stranger.ref not in text
    assert "hash" not in text


def test_what_is_kept_is_said_with_its_reason(sponsor: PageClient) -> None:
    page = sponsor.get("/me/privacy")
    assert page.has("Code de commerce, art. L123-22")
    assert page.has("dix ans")

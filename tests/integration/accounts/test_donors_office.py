"""The head office's pages of donors."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from openpyxl import load_workbook

from portal.accounts.codes import DonorKind
from portal.core import audit
from portal.core.roles import Role
from portal.core.web import cards
from portal.core.web.cards import Card, register_donor_section
from tests.factories.passwords import make_member
from tests.factories.people import make_donor
from tests.pages import PageClient

AT = "/office/donors"


@pytest.mark.parametrize("role", [Role.FIELD_OFFICER, Role.EDITOR])
def test_a_colleague_without_business_here_finds_nothing(
    signed_in_as: Callable[..., PageClient], role: Role
) -> None:
    browser, donor = signed_in_as(role), make_donor()
    for path in (AT, f"{AT}/{donor.public_id}", f"{AT}/{donor.public_id}/edit"):
        assert browser.get(path).status == 404


def test_sponsors_and_visitors_do_not_get_in(visitor: PageClient, sponsor: PageClient) -> None:
    assert sponsor.get(AT).status == 404
    assert visitor.get(AT).location.startswith("/fr/sign-in")


def test_a_donor_is_found_without_accents_by_any_word(matcher: PageClient) -> None:
    make_donor(first_name="Hélène", last_name="Le Goff", city="Quimper")
    make_donor(last_name="Autre")
    page = matcher.get(f"{AT}?q=goff+helene+quimper")
    assert page.has("Hélène Le Goff")
    assert not page.has("Autre")
    assert page.has("1 donateur")


def test_signs_of_a_pattern_are_taken_as_they_are(matcher: PageClient) -> None:
    make_donor()
    assert matcher.get(f"{AT}?q=%25").has("Personne ne correspond")


def test_the_list_is_narrowed_to_organisations_or_to_accounts(accountant: PageClient) -> None:
    make_donor(kind=DonorKind.COMPANY, company_name="Essai SA", last_name="")
    donor = make_donor(last_name="Avec-Compte")
    make_member(donor=donor)
    companies = accountant.get(f"{AT}?kind=company")
    assert companies.has("Essai SA")
    assert not companies.has("Avec-Compte")
    assert accountant.get(f"{AT}?account=yes").has("Avec-Compte")
    assert not accountant.get(f"{AT}?account=no").has("Avec-Compte")


def test_the_list_comes_as_a_workbook_and_harms_nobody(accountant: PageClient) -> None:
    make_donor(last_name="=cmd|'/c calc'!A1", first_name="")
    answer = accountant.get(f"{AT}?format=xlsx").response
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    names = [row[1] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in names} == {"s"}


def test_a_donors_page_says_how_to_reach_them(matcher: PageClient) -> None:
    donor = make_donor(country="BE", note="Prefers the telephone")
    page = matcher.get(f"{AT}/{donor.public_id}")
    assert page.heading == donor.name
    assert page.has("12 rue des Essais, 78000 Versailles, Belgique")
    assert page.has("Prefers the telephone")


def test_others_at_the_same_address_are_pointed_out(matcher: PageClient) -> None:
    donor = make_donor(email="both@example.org")
    other = make_donor(email="Both@example.org", first_name="Paul")
    page = matcher.get(f"{AT}/{donor.public_id}")
    assert f"{AT}/{other.public_id}" in page.links()


def test_a_donor_nobody_knows_is_not_there(matcher: PageClient) -> None:
    assert matcher.get(f"{AT}/00000000-0000-4000-8000-000000000000").status == 404


def test_a_correction_is_kept_with_its_trace(accountant: PageClient) -> None:
    donor = make_donor()
    sent = {
        "first_name": "Claire", "last_name": "Nouveau", "email": "new@example.org",
        "address1": "1 rue Neuve", "postcode": "29000", "city": "Quimper", "country": "FR",
        "language": "en", "note": "Moved",
    }  # fmt: skip
    assert accountant.post(f"{AT}/{donor.public_id}/edit", sent).status == 303
    assert (donor.last_name, donor.city, donor.language) == ("Nouveau", "Quimper", "en")
    entry = audit.history(f"donor:{donor.ref}")[0]
    assert entry.actor_id == accountant.account.id
    assert entry.before is not None
    assert entry.before["city"] == "Versailles"
    page = accountant.get(f"{AT}/{donor.public_id}")
    assert page.has("Ville : Versailles → Quimper")
    assert page.has("Langue : français → anglais")


def test_a_wrong_correction_comes_back(accountant: PageClient) -> None:
    donor = make_donor(kind=DonorKind.COMPANY, company_name="Essai SA")
    sent = {"company_name": "", "siren": "123456789", "country": "FR", "language": "fr",
            "postcode": "7800"}  # fmt: skip
    page = accountant.post(f"{AT}/{donor.public_id}/edit", sent)
    assert page.status == 422
    assert page.has("Indiquez le nom de l’organisme.")
    assert page.has("neuf chiffres")
    assert page.has("cinq chiffres")


def test_fields_that_are_not_on_the_form_are_not_written(accountant: PageClient) -> None:
    donor = make_donor()
    ref, public_id = donor.ref, donor.public_id
    sent = {"ref": "X", "public_id": "x", "kind": "company", "last_name": "Essai",
            "country": "FR", "language": "fr"}  # fmt: skip
    accountant.post(f"{AT}/{donor.public_id}/edit", sent)
    assert (donor.ref, donor.public_id, donor.kind) == (ref, public_id, DonorKind.PERSON)


def test_a_country_that_is_not_known_may_stay_so(accountant: PageClient) -> None:
    donor = make_donor(country="")
    sent = {"last_name": "Essai", "country": "", "language": "fr"}
    assert accountant.post(f"{AT}/{donor.public_id}/edit", sent).status == 303


def test_sections_of_other_features_are_shown_to_those_they_are_for(
    matcher: PageClient, accountant: PageClient, admin: PageClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(cards, "_DONOR", [])
    amounts, plain = Card("Gifts", ("1 234,50 €",)), Card("Wishes", ("A girl",))
    register_donor_section(20, lambda _donor: amounts, Role.ACCOUNTANT)
    register_donor_section(10, lambda _donor: plain)
    at = f"{AT}/{make_donor().public_id}"
    assert matcher.get(at).has("A girl")
    assert not matcher.get(at).has("1 234,50 €")
    for browser in (accountant, admin):
        page = browser.get(at)
        assert page.has("1 234,50 €")
        assert page.text.index("A girl") < page.text.index("1 234,50 €")

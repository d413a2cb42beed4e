"""Whether two givers are the same person, and what may be added to what is known."""

from __future__ import annotations

import pytest

from portal.accounts.codes import DonorKind
from portal.accounts.rules import DonorDetails, blanks_to_fill, normalised_email, same_person

KNOWN = DonorDetails(
    email="helene@example.org",
    first_name="Hélène",
    last_name="Le Goff",
    address1="3 rue du Port",
    postcode="29000",
    city="Quimper",
).as_dict()


def told(**given: str) -> DonorDetails:
    values = {"email": "helene@example.org", "first_name": "Hélène", "last_name": "Le Goff"}
    return DonorDetails(**(values | given))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "last", "same"),
    [
        ("Hélène", "Le Goff", True),
        ("helene", "LE  GOFF", True),
        ("Helene", "Le-Goff", True),
        ("Hélène", "Legoff", False),
        ("Yann", "Le Goff", False),
        ("", "Le Goff", False),
    ],
)
def test_a_name_is_compared_as_people_write_it(first: str, last: str, same: bool) -> None:
    assert same_person(KNOWN, told(first_name=first, last_name=last)) is same


def test_a_company_is_not_the_person_of_the_same_address() -> None:
    company = DonorDetails(
        email="helene@example.org", kind=DonorKind.COMPANY, company_name="Le Goff"
    )
    assert not same_person(KNOWN, company)


def test_blanks_are_filled() -> None:
    assert blanks_to_fill(KNOWN, told(phone="01 02 03 04 05")) == {"phone": "01 02 03 04 05"}


def test_nothing_that_is_known_is_changed() -> None:
    assert blanks_to_fill(KNOWN, told()) == {}
    assert blanks_to_fill(KNOWN, told(first_name="HELENE")) == {}


@pytest.mark.parametrize(
    "other",
    [{"address1": "9 rue Neuve"}, {"city": "Brest", "postcode": "29200"},
     {"address1": "3 rue du Port", "country": "BE"}],
)  # fmt: skip
def test_another_postal_address_is_never_taken_over(other: dict[str, str]) -> None:
    assert blanks_to_fill(KNOWN, told(**other)) is None


def test_an_address_fills_an_empty_one_with_its_country() -> None:
    bare = KNOWN | {"address1": "", "postcode": "", "city": ""}
    added = blanks_to_fill(bare, told(address1="Rue Haute 1", city="Bruxelles", country="BE"))
    assert added == {"address1": "Rue Haute 1", "city": "Bruxelles", "country": "BE"}


def test_an_address_of_mail_is_written_one_way() -> None:
    assert normalised_email("  Claire.Essai@Example.ORG ") == "claire.essai@example.org"

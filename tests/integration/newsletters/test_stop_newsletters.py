"""A donor wants no newsletter, and is believed at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from portal.accounts.models import Donor
from portal.core.personal_data import everything_about
from portal.newsletters.queries.issues import wants_none
from portal.newsletters.services.addresses import donor_of_token, unsubscribe_token
from tests.factories.newsletters import make_reader, make_waiting_sponsor
from tests.pages import PageClient


@pytest.fixture
def donor(app: Flask) -> Donor:
    return make_waiting_sponsor()


@pytest.fixture
def guarded(app: Flask) -> Iterator[None]:
    """Forms need their token, as in real life."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield
    app.config["WTF_CSRF_ENABLED"] = False


def test_one_click_in_the_mail_program_is_enough(
    visitor: PageClient, donor: Donor, guarded: None
) -> None:
    token = unsubscribe_token(donor)
    page = visitor.post(f"/newsletter/unsubscribe/{token}", {"List-Unsubscribe": "One-Click"})
    assert page.status == 200
    assert wants_none(donor.id)


def test_looking_at_the_link_changes_nothing(visitor: PageClient, donor: Donor) -> None:
    page = visitor.get(f"/fr/newsletter/unsubscribe/{unsubscribe_token(donor)}")
    assert page.heading == "Ne plus recevoir la lettre"
    assert not wants_none(donor.id)
    assert (
        visitor.client.get(f"/newsletter/unsubscribe/{unsubscribe_token(donor)}").status_code == 405
    )


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_stops_and_starts_again(visitor: PageClient, donor: Donor, language: str) -> None:
    token = unsubscribe_token(donor)
    address = f"/{language}/newsletter/unsubscribe/{token}"
    visitor.follow(visitor.post(address))
    assert wants_none(donor.id)
    assert visitor.post(address).status == 302, "twice is once"
    visitor.post(f"/{language}/newsletter/resubscribe/{token}")
    assert not wants_none(donor.id)


def test_a_form_from_elsewhere_is_refused(visitor: PageClient, donor: Donor, guarded: None) -> None:
    page = visitor.post(f"/fr/newsletter/unsubscribe/{unsubscribe_token(donor)}")
    assert page.status == 422
    assert not wants_none(donor.id)


def test_a_token_of_anybody_elses_making_opens_nothing(visitor: PageClient, donor: Donor) -> None:
    token = unsubscribe_token(donor)
    for forged in (token[:-2], token + "x", str(donor.public_id), "x", unsubscribe_token(None)):
        assert donor_of_token(forged) is None
        assert visitor.post(f"/newsletter/unsubscribe/{forged}").status == 404
        assert visitor.get(f"/fr/newsletter/unsubscribe/{forged}").status == 404
    assert not wants_none(donor.id)


def test_a_sponsor_stops_and_resumes_in_her_own_space(
    signed_in_as: Callable[..., PageClient],
) -> None:
    reader = signed_in_as(make_reader())
    donor_id = reader.account.donor_id
    assert donor_id is not None
    reader.post("/me/news/stop")
    assert wants_none(donor_id)
    assert reader.get("/me/news").has("Recevoir à nouveau les lettres")
    reader.post("/me/news/resume")
    assert not wants_none(donor_id)


def test_her_file_says_what_she_received(donor: Donor) -> None:
    assert everything_about(donor.id)["newsletters"] == {"wants_none": False, "received": []}

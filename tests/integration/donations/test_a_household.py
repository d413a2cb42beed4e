"""Two people give together under one name: Anne and Paul, in one field of first names."""

from __future__ import annotations

import pytest

from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.donations.models import Gift
from portal.receipts.queries.particulars import receipt_donor
from tests.factories.people import make_account
from tests.integration.donations.conftest import Giver
from tests.pages import PageClient


@pytest.mark.parametrize("both", ["Anne et Paul", "Anne & Paul", "Anne, Paul"])
def test_both_names_stand_in_the_letter_and_on_the_receipt(giver: Giver, both: str) -> None:
    gift = giver.gives(first_name=both, last_name="Durand")
    giver.pays(gift)
    assert gift.donor.name == f"{both} Durand"
    letter = db.session.query(OutboxMail).one()
    assert letter.text.startswith(f"Dear {both} Durand,")
    assert receipt_donor(gift.donor).name_lines == (f"{both} Durand",)
    account = make_account(donor=gift.donor, email="camille@example.org", language="en")
    own = PageClient(giver.browser.app).sign_in(account)
    assert own.get("/me/").has(both)


def test_the_forms_say_that_a_couple_may_write_both(giver: Giver, sponsor: PageClient) -> None:
    assert giver.browser.get("/en/give").has("A couple may write both: Anne and Paul.")
    assert sponsor.get("/me/profile").has("Un couple peut écrire les deux")
    assert db.session.query(Gift).count() == 0

"""The office enters gifts: the pages, and who may open them."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa

from portal.core.db import db
from portal.core.money import Money
from portal.donations.models import Agreement, Cheque, ChequeBatch, Deposit, Gift
from tests.factories.handed_over import (
    ACCOUNT,
    make_batch,
    make_cash,
    make_cheque_gift,
    make_company,
    token,
)
from tests.factories.people import make_donor
from tests.pages import Page, PageClient

PAGES = (
    "/office/enter", "/office/enter/cheques", "/office/enter/cash", "/office/enter/collection",
    "/office/enter/in-kind", "/office/enter/expenses", "/office/enter/agreements",
    "/office/enter/agreements/new", "/office/enter/tributes", "/office/enter/deposits",
    "/office/enter/deposits/new", "/office/enter/deposits/cash",
)  # fmt: skip


def sent_form(page: Page) -> str:
    """The name of the form on that page."""
    found = re.search(r'name="form_token"[^>]*value="([^"]+)"', page.html)
    assert found is not None
    return found[1]


def cheque(**given: Any) -> dict[str, Any]:
    values = {
        "who": "", "amount": "50", "number": "0001234", "bank": "Banque Exemple",
        "arrived_on": "2026-11-18", "purpose": "general", "kind": "person", "country": "FR",
        "tribute": "", "receipt": "", "form_token": token(),
    }  # fmt: skip
    return values | given


@pytest.mark.parametrize("path", PAGES)
def test_each_page_opens_for_accountants_only(
    accountant: PageClient, matcher: PageClient, path: str
) -> None:
    assert accountant.get(path).status == 200
    assert matcher.get(path).status == 404


class TestAPile:
    def open(self, accountant: PageClient, count: int = 1, total: str = "50") -> str:
        answer = accountant.post(
            "/office/enter/cheques",
            {"count": count, "total": total, "arrived_on": "2026-11-18", "form_token": token()},
        )
        assert answer.status == 303
        return answer.location

    def test_from_the_count_to_the_slip(self, accountant: PageClient) -> None:
        donor = make_donor(last_name="Zéphyrin", postcode="44000")
        pile = self.open(accountant)
        added = accountant.post(pile, cheque(who="zephyrin 44000"))
        assert added.status == 303
        page = accountant.get(pile)
        assert page.has(donor.name)
        assert f"{pile}/close" in page.links()
        closed = accountant.post(f"{pile}/close")
        assert closed.location == "/office/enter/deposits/new"
        gift = db.session.scalars(sa.select(Gift)).one()
        slip = accountant.post(
            "/office/enter/deposits/new",
            {
                "cheques": [gift.id],
                "account": ACCOUNT,
                "made_on": "2026-11-20",
                "form_token": token(),
            },
        )
        shown = accountant.follow(slip)
        assert shown.has("REM-2026-0001")
        paper = accountant.client.get(f"{slip.location}/slip.pdf")
        assert paper.mimetype == "application/pdf"
        assert paper.data.startswith(b"%PDF")

    def test_several_donors_come_back_as_a_list(self, accountant: PageClient) -> None:
        for first in ("Anne", "Luc"):
            make_donor(first_name=first, last_name="Zéphyrin")
        pile = self.open(accountant)
        asked = accountant.post(pile, cheque(who="zéphyrin"))
        assert asked.status == 422
        picks = re.findall(r'type="radio" name="pick"[^>]*value="([^"]+)"', asked.html)
        assert len(picks) == 2
        assert accountant.post(pile, cheque(who="zéphyrin", pick=picks[1])).status == 303
        assert db.session.scalars(sa.select(Cheque)).one().donor.first_name == "Luc"

    def test_a_new_donor_is_entered_with_the_cheque(self, accountant: PageClient) -> None:
        pile = self.open(accountant)
        assert accountant.post(pile, cheque(who="personne")).status == 422
        data = cheque(new="y", first_name="Inès", last_name="Nouvelle", postcode="78 000")
        assert accountant.post(pile, data).status == 303
        donor = db.session.scalars(sa.select(Cheque)).one().donor
        assert (donor.name, donor.postcode) == ("Inès Nouvelle", "78000")

    def test_the_same_number_is_warned_about_first(self, accountant: PageClient) -> None:
        known = make_cheque_gift(5_000, number="0001234")
        pile = self.open(accountant)
        data = cheque(who=known.donor.ref)
        warned = accountant.post(pile, data)
        assert warned.status == 422
        assert warned.has("déjà connu")
        assert accountant.post(pile, data | {"another": "y"}).status == 303

    def test_it_does_not_close_while_something_is_missing(self, accountant: PageClient) -> None:
        pile = self.open(accountant, count=2, total="100")
        accountant.post(pile, cheque(who=make_donor().ref))
        assert f"{pile}/close" not in accountant.get(pile).links()
        assert accountant.post(f"{pile}/close").location == pile
        accountant.post(f"{pile}/recount", {"count": 1, "total": "50", "form_token": token()})
        assert f"{pile}/close" in accountant.get(pile).links()

    def test_it_waits_on_the_first_page_and_can_be_thrown_away(
        self, accountant: PageClient
    ) -> None:
        pile = self.open(accountant)
        assert pile in accountant.get("/office/enter").links()
        accountant.post(f"{pile}/discard")
        assert pile not in accountant.get("/office/enter").links()
        assert accountant.get(f"{pile}/recount").status == 404

    def test_a_cheque_is_taken_off(self, accountant: PageClient) -> None:
        pile = self.open(accountant)
        accountant.post(pile, cheque(who=make_donor().ref))
        row = db.session.scalars(sa.select(Cheque)).one()
        accountant.post(f"{pile}/remove/{row.public_id}")
        assert db.session.scalar(sa.select(sa.func.count(Cheque.id))) == 0


def test_letters_of_last_year_say_so(accountant: PageClient, clock: Any) -> None:
    clock.instant = clock.instant.replace(year=2027, month=1, day=5)
    pile = make_batch(5_000)
    page = accountant.get(f"/office/enter/cheques/{pile.public_id}")
    assert page.has("ils comptent pour 2026")


def test_donors_are_found_while_one_types(accountant: PageClient, matcher: PageClient) -> None:
    donor = make_donor(last_name="Zéphyrin")
    found = accountant.client.get("/office/enter/donors?q=zephy").get_json()
    assert [row["pick"] for row in found["donors"]] == [str(donor.public_id)]
    assert accountant.client.get("/office/enter/donors?q=").get_json() == {"donors": []}
    assert matcher.get("/office/enter/donors?q=zephy").status == 404


def test_a_returned_cheque_and_a_correction_from_the_gifts_page(accountant: PageClient) -> None:
    gift = make_cheque_gift(5_000)
    page = accountant.get(f"/office/gifts/{gift.public_id}")
    back, fix = f"/office/enter/returned/{gift.public_id}", f"/office/enter/gifts/{gift.public_id}"
    assert {back, fix} <= set(page.links())
    changed = {
        "who": gift.donor.ref, "amount": "55", "received_on": "2026-11-18", "purpose": "general",
        "number": gift.cheque_number, "reason": "Mal lu", "kind": "person", "country": "FR",
        "form_token": token(),
    }  # fmt: skip
    assert accountant.get(fix).status == 200
    assert accountant.post(fix, changed).status == 303
    assert gift.amount == Money(5_500)
    data = {"on": "2026-11-22", "reason": "no_funds", "fee": "13", "form_token": token()}
    assert accountant.post(back, data).status == 303
    assert accountant.get(back).status == 404
    assert accountant.get(fix).status == 404


def test_a_wrong_entry_is_withdrawn(accountant: PageClient) -> None:
    gift = make_cash(2_000)
    address = f"/office/enter/gifts/{gift.public_id}/withdraw"
    assert accountant.get(address).status == 200
    assert accountant.post(address, {"reason": "", "form_token": token()}).status == 422
    sent = accountant.post(address, {"reason": "Saisi deux fois", "form_token": token()})
    assert sent.status == 303
    assert accountant.get(address).status == 404


def test_cash_is_entered_and_deposited(accountant: PageClient) -> None:
    data = {
        "who": make_donor().ref, "amount": "80", "received_on": "2026-11-20", "book_number": "A-1",
        "kind": "person", "country": "FR", "purpose": "general", "tribute": "", "receipt": "",
        "form_token": token(),
    }  # fmt: skip
    assert accountant.post("/office/enter/cash", data).status == 303
    again = accountant.post("/office/enter/cash", data | {"form_token": token()})
    assert again.status == 422
    assert again.has("déjà été saisi")
    too_much = {"amount": "81", "account": ACCOUNT, "made_on": "2026-11-20", "form_token": token()}
    assert accountant.post("/office/enter/deposits/cash", too_much).status == 422
    made = accountant.post("/office/enter/deposits/cash", too_much | {"amount": "80"})
    assert made.status == 303
    assert accountant.follow(made).has("REM-2026-0001")


def test_a_box_is_counted_by_two(accountant: PageClient) -> None:
    data = {
        "collection": "Tronc", "received_on": "2026-11-20", "amount": "31,40",
        "counted_by": "Anne", "counted_with": "anne", "form_token": token(),
    }  # fmt: skip
    assert accountant.post("/office/enter/collection", data).status == 422
    assert accountant.post("/office/enter/collection", data | {"counted_with": "Luc"}).status == 303


def test_an_agreement_is_signed_and_paid(accountant: PageClient) -> None:
    company = make_company()
    data = {
        "who": company.ref, "kind": "company", "country": "FR", "signed_on": "2026-06-01",
        "amount": "1000", "instalments-0-due_on": "2026-12-01", "instalments-0-amount": "900",
        "form_token": token(),
    }  # fmt: skip
    wrong = accountant.post("/office/enter/agreements/new", data)
    assert wrong.status == 422
    assert wrong.has("900,00")
    signed = accountant.post(
        "/office/enter/agreements/new", data | {"instalments-0-amount": "1000"}
    )
    assert signed.status == 303
    gift = make_cheque_gift(40_000, giver=company)
    accountant.post(f"{signed.location}/pays/{gift.public_id}")
    assert accountant.get(signed.location).has("600,00")
    assert accountant.get("/office/enter/agreements").has(
        db.session.scalars(sa.select(Agreement)).one().ref
    )


def test_the_family_gets_names_and_no_sums(accountant: PageClient) -> None:
    donor = make_donor(last_name="Zéphyrin")
    make_cheque_gift(77_700, giver=donor, tribute="memory", tribute_name="Jeanne Exemple")
    assert accountant.get("/office/enter/tributes").has("Jeanne Exemple")
    page = accountant.get("/office/enter/tributes/memory?name=Jeanne+Exemple")
    assert page.has("Zéphyrin")
    assert "777" not in page.text
    exported = accountant.client.get("/office/enter/tributes/memory?name=Jeanne+Exemple&format=csv")
    assert b"777" not in exported.data
    assert accountant.get("/office/enter/tributes/memory?name=Personne").status == 404


def test_what_does_not_exist_is_not_found(accountant: PageClient) -> None:
    stranger = "00000000-0000-4000-8000-000000000000"
    for path in ("cheques", "deposits", "agreements", "returned", "gifts"):
        assert accountant.get(f"/office/enter/{path}/{stranger}").status == 404
    for model in (ChequeBatch, Deposit):
        assert db.session.scalar(sa.select(sa.func.count(model.id))) == 0

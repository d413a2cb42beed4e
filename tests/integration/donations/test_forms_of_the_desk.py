"""What the forms for gifts handed over say and offer, as somebody at the desk meets them."""

from __future__ import annotations

import re

from tests.factories.handed_over import token
from tests.factories.people import make_donor
from tests.integration.donations.test_entering_pages import cheque
from tests.pages import PageClient


def test_a_pile_whose_count_fits_and_whose_sum_does_not_says_so(accountant: PageClient) -> None:
    counted = {"count": 1, "total": "50,50", "arrived_on": "2026-11-18", "form_token": token()}
    pile = accountant.post("/office/enter/cheques", counted).location
    accountant.post(pile, cheque(who=make_donor().ref))
    assert accountant.get(pile).has("Aucun chèque, mais le total diffère de 0,50 €")


def test_the_errors_of_a_new_pile_stand_in_the_order_of_the_page(accountant: PageClient) -> None:
    page = accountant.post("/office/enter/cheques", {"form_token": token()})
    summary = page.html.partition('class="error-summary"')[2].partition("</ul>")[0]
    assert re.findall(r'href="#([a-z_]+)"', summary) == ["count", "total", "arrived_on"]


def test_an_expense_note_begins_with_one_row_and_takes_another(accountant: PageClient) -> None:
    page = accountant.get("/office/enter/expenses")
    assert re.findall(r'name="lines-(\d)-what"', page.html) == ["0"]
    more = accountant.post("/office/enter/expenses", {"lines-0-what": "Péage", "more": "yes"})
    assert re.findall(r'name="lines-(\d)-what"', more.html) == ["0", "1"]
    assert "Péage" in more.html


def test_money_back_and_appeals_stand_in_the_menu(accountant: PageClient) -> None:
    links = accountant.get("/office/enter").links()
    assert {"/office/money-back", "/office/appeals"} <= set(links)


def test_the_codes_of_a_file_of_mandates_are_explained(accountant: PageClient) -> None:
    page = accountant.get("/office/direct-debits/mandates/file")
    assert page.has("chaque trimestre")
    assert page.has("programme:food")

"""A donor's own pages: what was given."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from portal.donations.rules.gift import GiftState
from tests.factories.gifts import make_cheque, make_gift, make_plan
from tests.pages import PageClient


def test_who_gave_nothing_yet_is_told_what_will_be_here(sponsor: PageClient) -> None:
    assert sponsor.get("/me/gifts/").has("Vos dons apparaîtront ici")


def test_everything_given_is_listed_with_its_state(sponsor: PageClient) -> None:
    donor = sponsor.account.donor
    make_gift(donor=donor, amount_minor=5_000)
    make_cheque(donor=donor, amount_minor=12_000, on=date(2025, 5, 2))
    make_gift(donor=donor, amount_minor=3_000, state=GiftState.FAILED, tax_on=None)
    make_plan(donor=donor)
    page = sponsor.get("/me/gifts/")
    for words in ("170 € donnés en tout", "20 novembre 2026", "Chèque", "Paiement non abouti"):
        assert page.has(words), words
    assert page.has("47 € par mois")
    assert page.has("Prochain prélèvement le 5 décembre 2026")


def test_gifts_of_others_and_forms_never_paid_are_not_listed(sponsor: PageClient) -> None:
    make_gift(amount_minor=99_900)
    make_gift(
        donor=sponsor.account.donor, amount_minor=88_800, state=GiftState.PENDING, tax_on=None
    )
    page = sponsor.get("/me/gifts/")
    assert not page.has("999 €")
    assert not page.has("888")


def test_a_visitor_is_asked_to_sign_in(visitor: PageClient) -> None:
    page = visitor.get("/me/gifts/")
    assert page.status == 302
    assert "sign-in" in page.location


def test_a_plans_former_address_leads_to_its_page(sponsor: PageClient) -> None:
    plan = make_plan(donor=sponsor.account.donor)
    page = sponsor.get(f"/me/gifts/plans/{plan.public_id}")
    assert page.status == 301
    assert page.location.endswith(f"/me/plans/{plan.public_id}")


def test_a_strangers_plan_is_not_found(other_sponsor: PageClient) -> None:
    path = f"/me/plans/{make_plan().public_id}"
    assert other_sponsor.get(path).status == 404
    assert other_sponsor.post(f"{path}/amount", {"amount": "10"}).status == 404
    assert other_sponsor.post(f"{path}/stop").status == 404
    assert other_sponsor.get(f"/me/plans/{uuid.uuid4()}").status == 404


def test_a_donors_file_holds_gifts_and_plans(sponsor: PageClient) -> None:
    from portal.core.personal_data import everything_about

    plan = make_plan(donor=sponsor.account.donor)
    make_gift(donor=plan.donor)
    kept = everything_about(plan.donor_id)
    assert kept["gifts"][0]["amount"] == "50.00 EUR"
    assert kept["plans"][0]["state"] == "active"


def test_a_gift_in_dollars_shows_its_euros_and_who_says_the_rate(sponsor: PageClient) -> None:
    rate: dict[str, Any] = {
        "euro_minor": 4_630,
        "exchange_rate": Decimal("0.926"),
        "rate_source": "Stripe, txn_1, payout currency EUR",
    }
    make_gift(donor=sponsor.account.donor, currency="USD", **rate)
    make_gift(donor=sponsor.account.donor, currency="CHF", amount_minor=7_000)
    page = sponsor.get("/me/gifts/")
    assert page.has("46,30 €, au taux de 0,926 € pour 1 USD (Stripe, txn_1")
    assert page.has("Sa valeur en euros suivra")

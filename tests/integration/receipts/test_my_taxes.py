"""My taxes: what to declare and where, and the simulation that keeps nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.accounts.codes import DonorKind
from portal.accounts.models import Donor
from portal.core.db import db
from portal.receipts.services import issue_receipt
from tests.factories.people import make_donor
from tests.factories.receipts import NOW, make_received_gift, plain_paper
from tests.pages import PageClient

TAXES = "/me/taxes?year=2025"


def _a_year_of_47_euros(donor: Donor | None) -> Donor:
    assert donor is not None
    for month in range(1, 13):
        make_received_gift(donor, on=dt.date(2025, month, 5), amount_minor=4700)
    return donor


def test_she_sees_what_to_write_in_which_box(sponsor: PageClient) -> None:
    donor = _a_year_of_47_euros(sponsor.account.donor)
    page = sponsor.get("/me/taxes")
    assert page.heading == "My taxes for 2025"
    assert page.has("7UF")
    assert page.has("€564.00")
    assert page.has("Not on a receipt yet €564.00")
    issue_receipt(donor.id, 2025, at=NOW, printer=plain_paper)
    assert sponsor.get(TAXES).has("On a receipt €564.00")


def test_cents_are_rounded_as_the_form_wants_them(sponsor: PageClient) -> None:
    assert sponsor.account.donor is not None
    make_received_gift(sponsor.account.donor, on=dt.date(2025, 3, 5), amount_minor=4_750)
    page = sponsor.get(TAXES)
    assert page.has("€48")
    assert page.has("before rounding: €47.50")


def test_the_simulation_of_a_sponsor_s_year(sponsor: PageClient) -> None:
    _a_year_of_47_euros(sponsor.account.donor)
    page = sponsor.post(TAXES, {"income": "30 000"})
    assert page.has("Taken off your tax€372.00")
    assert page.has("What they cost you in the end€191.76")
    assert page.has("worked out from the exact €372.24.")
    assert page.has("Simulation indicative.")


def test_carried_sums_and_the_tax_due_are_taken_into_account(sponsor: PageClient) -> None:
    _a_year_of_47_euros(sponsor.account.donor)
    told = {"income": "30000", "carried_1": "1000", "carried_5": "100", "tax_due": "500"}
    page = sponsor.post(TAXES, told)
    assert page.has("Taken off your tax€500.00")
    assert page.has("Of which €1,100.00 are gifts of earlier years")
    assert page.has("€598.00 are lost")


def test_carried_sums_are_worked_out_from_the_income_of_earlier_years(sponsor: PageClient) -> None:
    donor = sponsor.account.donor
    assert donor is not None
    make_received_gift(donor, on=dt.date(2024, 5, 5), amount_minor=600_000)
    make_received_gift(donor, on=dt.date(2025, 5, 5), amount_minor=300_000)
    page = sponsor.post(TAXES, {"income": "20000", "income_1": "20000"})
    assert page.has("Taken off your tax€2,640.00")
    assert page.has("€1,000.00 of 2025 found no room this year and can be used until 2030.")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Write the net taxable income: it is on your tax notice."),
        ("much", "Write an amount such as 47 or 47.50."),
        ("-5", "The smallest possible amount is €0.00."),
    ],
)
def test_an_income_that_cannot_be_is_said_at_the_field(
    sponsor: PageClient, typed: str, said: str
) -> None:
    _a_year_of_47_euros(sponsor.account.donor)
    page = sponsor.post(TAXES, {"income": typed})
    assert page.status == 422
    assert page.has(said)


def test_a_company_is_told_its_form_and_its_ceiling(sponsor: PageClient) -> None:
    donor = sponsor.account.donor
    assert donor is not None
    donor.kind, donor.company_name, donor.siren = DonorKind.COMPANY, "Essai SA", "732829320"
    make_received_gift(donor, on=dt.date(2025, 5, 5), amount_minor=3_000_000)
    page = sponsor.post(TAXES, {"income": "1500000"})
    assert page.has("2069-RCI-SD")
    assert page.has("Taken off your tax€12,000.00")
    assert page.has("€10,000.00 of 2025 found no room this year and can be used until 2030.")


def test_nothing_typed_is_kept(sponsor: PageClient) -> None:
    _a_year_of_47_euros(sponsor.account.donor)
    sponsor.post(TAXES, {"income": "31415"})
    assert "31415" not in sponsor.get(TAXES).html


def test_her_taxes_are_hers(
    sponsor: PageClient, visitor: PageClient, accountant: PageClient
) -> None:
    make_received_gift(make_donor(), on=dt.date(2025, 5, 5))
    assert sponsor.get("/me/taxes?year=2019").status == 404
    assert sponsor.get("/me/taxes").has("No gift of yours came in 2026.")
    assert accountant.get("/me/taxes").has("No gift yet")
    assert visitor.get("/me/taxes").status == 302


def test_who_lives_abroad_is_told_so(sponsor: PageClient) -> None:
    donor = _a_year_of_47_euros(sponsor.account.donor)
    donor.country = "BE"
    db.session.commit()
    assert sponsor.get(TAXES).has("Your address is not in France.")

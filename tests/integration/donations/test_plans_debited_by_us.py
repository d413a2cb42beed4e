"""A regular gift the association debits itself says so, to the office and to the sponsor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask

from portal.accounts.models import Account
from portal.core.clock import FrozenClock
from portal.donations.models import Mandate
from portal.donations.services import direct_debits as debits
from tests.factories.people import make_account
from tests.integration.donations.test_direct_debits import collect, make_mandate, the_instalment
from tests.pages import PageClient


@pytest.fixture
def mandate(app: Flask, clock: FrozenClock) -> Mandate:
    """A mandate under which one debit was received; the next one is a month later."""
    found = make_mandate(first_due_on=dt.date(2026, 12, 8))
    made = collect(clock, found)
    debits.collection_credited(made.id, made.collect_on, by=None)
    return found


def test_the_office_reads_who_collects_and_every_due_date(
    mandate: Mandate, accountant: PageClient
) -> None:
    page = accountant.get(f"/office/plans/{mandate.plan.public_id}")
    assert page.has("Prélevé par l’association elle-même")
    assert page.has(mandate.rum)
    assert not page.has("Abonnement Stripe")
    assert page.has("8 déc. 2026")
    gift = the_instalment(mandate).gift
    assert gift is not None
    assert f"/office/gifts/{gift.public_id}" in page.links()
    assert f"/office/direct-debits/mandates/{mandate.public_id}" in page.links()


def test_the_sponsor_reads_the_next_debit_and_whom_to_write_to(
    mandate: Mandate, signed_in_as: Callable[[Account], PageClient]
) -> None:
    page = signed_in_as(make_account(donor=mandate.donor)).get(
        f"/me/plans/{mandate.plan.public_id}"
    )
    assert page.has("Prélèvement par l’association sur votre compte •••• 0189")
    assert page.has("écrivez-nous")
    assert any(link.startswith("mailto:") for link in page.links())
    assert page.has("Prochain prélèvement 8 janvier 2027")


def test_a_signed_mandate_that_waits_for_its_first_debit_has_its_pages(
    app: Flask, accountant: PageClient, signed_in_as: Callable[[Account], PageClient]
) -> None:
    waiting = make_mandate(first_due_on=dt.date(2026, 12, 8))
    assert accountant.get("/office/plans").has(waiting.donor.name)
    assert accountant.get(f"/office/plans/{waiting.plan.public_id}").has(waiting.rum)
    own = signed_in_as(make_account(donor=waiting.donor))
    assert own.get(f"/me/plans/{waiting.plan.public_id}").has("8 décembre 2026")

"""Who waits for a receipt, why, and what is done about it; whoever is complete leaves the list by itself."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounts.codes import DonorKind
from portal.accounts.services import update_donor
from portal.core import audit
from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.core.roles import Role
from portal.donations.codes import GiftMode
from portal.donations.models import Gift
from portal.donations.rules.gift import GiftState
from portal.receipts.models import DetailsRequest, Unsettled
from portal.receipts.queries.blocked import blocked_donors
from portal.receipts.queries.giving import as_seen
from portal.receipts.queries.receiptable import plan_of
from portal.receipts.services.blocked import (
    ConfirmedLately,
    NothingHeld,
    confirm_payments,
    decide_unsettled,
    release,
)
from portal.receipts.services.details import AskedLately, ask_everybody, ask_for_details
from tests.factories.people import make_account, make_donor
from tests.factories.receipts import NOW, make_received_gift
from tests.jobs import run_due_jobs
from tests.pages import PageClient

TODAY = dt.date(2026, 11, 22)
LATELY = dt.date(2026, 11, 2)


@pytest.fixture
def by(app: Flask) -> int:
    return make_account(roles=[Role.ACCOUNTANT]).id


def _reasons(year: int = 2025) -> dict[str, set[str]]:
    return {each.donor.ref: each.codes for each in blocked_donors(year, TODAY)}


def _debit(**given: object) -> Gift:
    return make_received_gift(make_donor(), on=LATELY, mode=GiftMode.SEPA, **given)


def test_every_reason_is_listed_until_it_is_gone(by: int) -> None:
    homeless = make_donor(address1="")
    company = make_donor(kind=DonorKind.COMPANY, company_name="Essai SAS", siren="1")
    abroad = make_donor(country="BE")
    for donor in (homeless, company, abroad):
        make_received_gift(donor)
    disputed = make_received_gift(make_donor(), state=GiftState.DISPUTED)
    dollars = make_received_gift(make_donor(), currency="USD")
    assert _reasons() == {
        homeless.ref: {"incomplete_address"},
        company.ref: {"invalid_siren"},
        abroad.ref: {"not_resident"},
        disputed.donor.ref: {"disputed"},
        dollars.donor.ref: {"exchange_rate"},
    }
    update_donor(homeless.id, {"address1": "3 rue du Bac"}, by=by)
    disputed.state = GiftState.SETTLED
    db.session.commit()
    assert _reasons().keys() == {company.ref, abroad.ref, dollars.donor.ref}


def test_debits_that_may_come_back_wait_only_when_the_accountant_says_so(by: int) -> None:
    gift = _debit()
    assert _reasons(2026) == {}
    decide_unsettled(Unsettled.WAIT, Unsettled.WAIT, by=by, at=NOW)
    (held,) = blocked_donors(2026, TODAY)
    assert (held.codes, held.until) == ({"return_window"}, dt.date(2026, 12, 28))
    assert plan_of(2026, TODAY).ready == ()
    assert plan_of(2026, dt.date(2026, 12, 29)).ready[0].donor == gift.donor
    (act, *_rest) = audit.history("receipts:settings")
    assert act.after == {"annual": "wait", "single": "wait"}


def test_a_released_debit_goes_on_a_receipt(by: int) -> None:
    gift = _debit()
    decide_unsettled(Unsettled.WAIT, Unsettled.WAIT, by=by, at=NOW)
    assert as_seen(gift).credited_on == LATELY
    assert release(gift.donor_id, 2026, reason="Known for years", by=by, at=NOW) == 1
    assert _reasons(2026) == {}
    assert as_seen(gift).credited_on is None
    (act,) = audit.history(f"gift:{gift.ref}")
    assert (act.action, act.note) == ("gift.receipt_released", "Known for years")
    with pytest.raises(NothingHeld):
        release(gift.donor_id, 2026, reason="x", by=by, at=NOW)


def test_a_single_receipt_waits_unless_the_accountant_says_otherwise(by: int) -> None:
    gift = _debit()
    assert as_seen(gift).credited_on == LATELY
    decide_unsettled(Unsettled.ISSUE, Unsettled.ISSUE, by=by, at=NOW)
    assert as_seen(gift).credited_on is None


def test_a_donor_abroad_is_sent_a_plain_confirmation(by: int) -> None:
    donor = make_donor(country="BE")
    make_received_gift(donor)
    confirm_payments(donor.id, 2025, by=by, at=NOW)
    letter = db.session.scalars(sa.select(OutboxMail)).one()
    assert "50,00" in letter.text
    assert "reçu fiscal français" in letter.text
    (each,) = blocked_donors(2025, TODAY)
    assert each.confirmed_at == NOW
    with pytest.raises(ConfirmedLately):
        confirm_payments(donor.id, 2025, by=by, at=NOW)


def _link() -> str:
    letter = db.session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert letter is not None
    found = re.search(r"https?://[^/\s]+(/\S+receipt-details/[\w-]+)", letter.text)
    assert found is not None, letter.text
    return found[1]


FILLED = {
    "title": "Mme", "first_name": "Claire", "last_name": "Essai", "address1": "3 rue du Bac",
    "address2": "", "postcode": "75007", "city": "Paris", "country": "FR",
}  # fmt: skip


def test_the_donor_completes_her_details_by_the_link(visitor: PageClient, by: int) -> None:
    donor = make_donor(address1="", language="en")
    make_received_gift(donor)
    ask_for_details(donor.id, by=by, at=NOW)
    link = _link()
    assert visitor.get(link).status == 200
    page = visitor.post(link, FILLED | {"address1": ""})
    assert (page.status, page.has("Write the street and the number.")) == (422, True)
    assert visitor.post(link, FILLED).has("Everything is there.")
    assert donor.address1 == "3 rue du Bac"
    assert _reasons() == {}
    assert visitor.get(link).status == 404
    assert visitor.get("/en/receipt-details/nothing").status == 404


def test_nobody_is_asked_twice_in_fourteen_days(by: int) -> None:
    donor = make_donor(address1="")
    make_received_gift(donor)
    make_received_gift(make_donor(address1="", email=""))
    make_received_gift(make_donor(country="BE"))
    assert ask_everybody(2025, by=by, at=NOW) == 1
    assert ask_everybody(2025, by=by, at=NOW + dt.timedelta(days=13)) == 0
    with pytest.raises(AskedLately):
        ask_for_details(donor.id, by=by, at=NOW + dt.timedelta(days=13))
    assert ask_everybody(2025, by=by, at=NOW + dt.timedelta(days=14)) == 1


def test_a_newer_link_ends_the_one_before(visitor: PageClient, by: int) -> None:
    donor = make_donor(address1="")
    ask_for_details(donor.id, by=by, at=NOW - dt.timedelta(days=15))
    before = _link()
    ask_for_details(donor.id, by=by, at=NOW)
    assert visitor.get(before).status == 404
    assert visitor.get(_link()).status == 200


def test_the_link_is_worth_nothing_once_her_address_is_another(
    visitor: PageClient, by: int
) -> None:
    donor = make_donor(address1="")
    ask_for_details(donor.id, by=by, at=NOW)
    link = _link()
    update_donor(donor.id, {"email": "new@example.org"}, by=by)
    assert visitor.get(link).status == 404


def test_a_company_gives_its_siren(visitor: PageClient, by: int) -> None:
    donor = make_donor(kind=DonorKind.COMPANY, company_name="Essai SAS", siren="", language="en")
    make_received_gift(donor)
    ask_for_details(donor.id, by=by, at=NOW)
    told = FILLED | {"company_name": "Essai SAS", "legal_form": "SAS", "siren": "732829320"}
    assert visitor.post(_link(), told | {"siren": "732829321"}).has("agree with each other")
    assert visitor.post(_link(), told).has("Everything is there.")
    assert donor.siren == "732829320"


def test_the_accountant_works_the_list(accountant: PageClient) -> None:
    donor, debit = make_donor(address1=""), _debit()
    make_received_gift(donor)
    page = accountant.get("/office/receipts/blocked?year=2025")
    assert page.has(donor.ref)
    assert page.has("Ask the donor by e-mail, or write the address into the record.")
    assert not accountant.get("/office/receipts/blocked?year=2025&reason=disputed").has(donor.ref)
    accountant.post(f"/office/receipts/blocked/{donor.public_id}/ask", {"year": "2025"})
    assert db.session.scalars(sa.select(DetailsRequest)).one().donor_id == donor.id
    rule = accountant.post("/office/receipts/blocked/rule", {"annual": "wait", "single": "wait"})
    assert rule.status == 303
    release_page = f"/office/receipts/2026/blocked/{debit.donor.public_id}/release"
    assert accountant.get("/office/receipts/blocked?year=2026").has(debit.donor.ref)
    assert accountant.post(release_page).has("Write the reason.")
    assert accountant.post(release_page, {"reason": "Known"}).status == 303
    assert accountant.get("/office/receipts/blocked?year=2026").has("Nobody waits")


def test_what_was_done_is_said_in_place_of_the_button(
    accountant: PageClient, clock: FrozenClock
) -> None:
    donor, abroad = make_donor(address1=""), make_donor(country="BE")
    for each in (donor, abroad):
        make_received_gift(each)
    listed = "/office/receipts/blocked?year=2025"
    assert accountant.get(listed).has("Ask 1 donor by e-mail")
    accountant.post("/office/receipts/2025/blocked/ask")
    assert accountant.get(listed).has("The donors are being asked by e-mail")
    run_due_jobs(only="receipts.ask_for_details")
    confirm = f"/office/receipts/2025/blocked/{abroad.public_id}/confirm"
    accountant.post(confirm)
    page = accountant.get(listed)
    assert page.has("Asked by e-mail on Nov 22, 2026")
    assert page.has("Can be asked again from Dec 6, 2026.")
    assert page.has("Payments confirmed on Nov 22, 2026")
    assert not page.has("Ask by e-mail")
    assert confirm not in page.html
    clock.instant += dt.timedelta(days=14)
    later = accountant.get(listed)
    assert later.has("Ask again")
    assert later.has("Confirm again")


def test_a_matcher_sees_who_waits_but_no_sums(matcher: PageClient, sponsor: PageClient) -> None:
    donor = make_donor(address1="")
    make_received_gift(donor, amount_minor=123_456)
    page = matcher.get("/office/receipts/blocked?year=2025")
    assert page.has(donor.ref)
    assert not re.search(r"1.?234", page.text)
    assert sponsor.get("/office/receipts/blocked").status == 404
    assert matcher.post(f"/office/receipts/2025/blocked/{donor.public_id}/confirm").status == 404

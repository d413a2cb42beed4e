"""Two records of one person become one; nothing is lost, and papers keep the donor they were made for."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounts import merging
from portal.accounts.codes import DonorKind
from portal.accounts.doubles import doubles
from portal.accounts.merging import MergeRefused
from portal.accounts.models import Account, AccountSession, Donor
from portal.accounts.rules import DonorDetails
from portal.accounts.services import find_or_create_donor, keep_apart, merge_donors
from portal.core import audit
from portal.core.checks import run_checks
from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.core.roles import Role
from portal.donations.finding import donors_like
from portal.donations.models import Gift
from portal.donations.services.imported import record_imported_gifts
from portal.newsletters.models import Optout
from portal.receipts.queries.register import receipts_of
from tests.factories.people import make_account, make_donor
from tests.factories.receipts import NOW, make_receipt, make_received_gift
from tests.pages import PageClient


@pytest.fixture
def by(app: Flask) -> int:
    return make_account(roles=[Role.ACCOUNTANT]).id


def _merge(survivor: Donor, other: Donor, by: int, account_id: int | None = None) -> Donor:
    return merge_donors(
        survivor.id,
        other.id,
        by=by,
        at=NOW,
        reason="Same person on the phone",
        account_id=account_id,
    )


def test_every_column_that_names_a_donor_is_spoken_for(app: Flask) -> None:
    assert merging.undeclared() == []
    known = merging.columns_of_donors()
    assert {"gift.donor_id", "plan.donor_id", "receipt.donor_id"} <= known.keys()


def test_no_table_whose_rows_move_forbids_it(app: Flask) -> None:
    kept = set(
        db.session.scalars(
            sa.text(
                "select t.tgrelid::regclass::text from pg_trigger t join pg_proc p on p.oid = t.tgfoid"
                " where p.proname = 'refuse_change'"
            )
        )
    )
    assert not {column.table.name for column in merging.moving_columns().values()} & kept


def test_gifts_move_and_papers_stay(by: int) -> None:
    survivor, other = make_donor(phone=""), make_donor(phone="+33 1 00 00 00 00")
    gift = make_received_gift(other, on=dt.date(2026, 2, 1))
    receipt = make_receipt(other)
    _merge(survivor, other, by)
    assert gift.donor_id == survivor.id
    assert receipt.donor_id == other.id
    assert list(receipts_of(survivor.id)) == [receipt]
    assert (survivor.phone, other.merged_into_id) == ("+33 1 00 00 00 00", survivor.id)
    (entry, *_rest) = audit.history(f"donor:{other.ref}")
    assert (entry.action, entry.note, entry.actor_id) == (
        "donor.merged", "Same person on the phone", by,
    )  # fmt: skip
    assert entry.after is not None
    assert entry.after["moved"] == {"gift.donor_id": 2}


def test_the_books_and_the_register_hold_after_it(by: int) -> None:
    survivor, other = make_donor(), make_donor()
    make_receipt(other)
    make_receipt(survivor)
    before = {check.name: check.ok for check in run_checks()}
    _merge(survivor, other, by)
    assert {check.name: check.ok for check in run_checks()} == before


def test_what_comes_later_under_the_old_reference_goes_to_the_record_that_stays(by: int) -> None:
    survivor, other = make_donor(), make_donor()
    _merge(survivor, other, by)
    row = {
        "gift_ref": "G1", "donor_ref": other.ref, "received_on": dt.date(2026, 1, 5),
        "amount_eur": "40", "mode": "cheque", "purpose": "general",
        "cheque_number": "", "deposit_ref": "",
    }  # fmt: skip
    record_imported_gifts([row])
    assert db.session.scalar(sa.select(Gift.donor_id).where(Gift.ref == "G1")) == survivor.id
    told = DonorDetails(email=other.email, first_name=other.first_name, last_name=other.last_name)
    assert find_or_create_donor(told, NOW) == survivor
    assert donors_like(other.ref) == [survivor]


def test_the_database_takes_no_gift_for_a_record_that_is_no_more(by: int) -> None:
    survivor, other = make_donor(), make_donor()
    _merge(survivor, other, by)
    with pytest.raises(sa.exc.IntegrityError, match="was joined to another"):
        make_received_gift(other)
    db.session.rollback()


def test_of_two_sign_ins_the_chosen_one_stays_and_the_other_is_told(by: int) -> None:
    here, there = make_account(with_donor=True), make_account(with_donor=True)
    survivor, other = here.donor, there.donor
    assert survivor is not None
    assert other is not None
    with pytest.raises(MergeRefused):
        _merge(survivor, other, by)
    _merge(survivor, other, by, account_id=there.id)
    assert (there.donor_id, there.disabled_at) == (survivor.id, None)
    assert (here.donor_id, here.disabled_at) == (None, NOW)
    letter = db.session.scalars(sa.select(OutboxMail)).one()
    assert (letter.recipient, there.email in letter.text) == (here.email, True)
    assert not db.session.scalars(sa.select(AccountSession)).all()


def test_the_only_sign_in_goes_with_the_gifts(by: int) -> None:
    survivor, account = make_donor(), make_account(with_donor=True)
    assert account.donor is not None
    _merge(survivor, account.donor, by)
    assert db.session.get_one(Account, account.id).donor_id == survivor.id


def test_who_wanted_no_newsletter_gets_none(by: int) -> None:
    survivor, other = make_donor(), make_donor()
    db.session.add(Optout(donor_id=other.id))
    db.session.commit()
    _merge(survivor, other, by)
    assert db.session.get(Optout, survivor.id)


@pytest.mark.parametrize("case", ["itself", "twice", "a company", "anonymous"])
def test_what_cannot_be_one_is_refused(by: int, case: str) -> None:
    survivor, other = make_donor(), make_donor()
    if case == "itself":
        other = survivor
    if case == "twice":
        _merge(survivor, other, by)
    if case == "a company":
        other = make_donor(kind=DonorKind.COMPANY, company_name="Essai SAS")
    if case == "anonymous":
        other = make_donor(ref="ANONYMOUS")
    with pytest.raises(MergeRefused):
        _merge(survivor, other, by)


def test_a_chain_of_joined_records_leads_to_the_last(by: int) -> None:
    first, second, third = make_donor(), make_donor(), make_donor()
    _merge(second, first, by)
    _merge(third, second, by)
    assert (first.merged_into_id, second.merged_into_id) == (third.id, third.id)


def test_doubles_are_proposed_the_likeliest_first_until_somebody_says_no(by: int) -> None:
    make_donor(last_name="Seule", email="alone@example.org")
    one = make_donor(last_name="Le-Goff", email="a@example.org")
    two = make_donor(last_name="LE GOFF", email="A@example.org")
    far = make_donor(last_name="Le Goff", email="b@example.org", postcode="13001")
    near = make_donor(last_name="Le Goff", email="b@example.org", first_name="Paul")
    found = [(each.first, each.second) for each in doubles()]
    assert found == [(one, two), (far, near)]
    keep_apart(near.id, far.id, by=by, at=NOW)
    assert [(each.first, each.second) for each in doubles()] == [(one, two)]


def test_a_form_sent_twice_leads_to_the_record_that_stays(accountant: PageClient) -> None:
    one, two = make_donor(), make_donor()
    page = f"/office/donors/{one.public_id}/merge/{two.public_id}"
    sent = {"survivor": str(two.public_id), "reason": "Same person"}
    answers = [accountant.post(page, sent), accountant.post(page, sent), accountant.get(page)]
    assert {(each.status, each.location) for each in answers} == {
        (303, f"/office/donors/{two.public_id}")
    }


def test_the_accountant_compares_and_joins(accountant: PageClient, matcher: PageClient) -> None:
    one = make_donor(last_name="Double", email="x@example.org")
    two = make_donor(last_name="Double", email="x@example.org", phone="0102")
    make_received_gift(two)
    assert two.ref in accountant.get("/office/donors/doubles").text
    page = f"/office/donors/{one.public_id}/merge/{two.public_id}"
    assert accountant.get(page).status == 200
    assert accountant.post(page).status == 422
    answer = accountant.post(page, {"survivor": str(one.public_id), "reason": "Phoned"})
    assert answer.location.endswith(f"/office/donors/{one.public_id}")
    assert accountant.get(f"/office/donors/{two.public_id}").has(one.ref)
    assert accountant.get(page).location.endswith(f"/office/donors/{one.public_id}")
    assert matcher.get("/office/donors/doubles").status == 404
    found = accountant.get(f"/office/donors/{one.public_id}/merge?ref=nobody")
    assert found.status == 200

"""After the fact: what no longer agrees is shown to a person, who decides; nothing is redone by itself."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounts.services import merge_donors, update_donor
from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.core.roles import Role
from portal.donations.models import Gift
from portal.donations.rules.gift import GiftState
from portal.receipts.models import CancelNotice, Receipt, ReceiptState
from portal.receipts.queries.corrections import causes_by_receipt, differences_of, look_at
from portal.receipts.queries.register import gifts_on
from portal.receipts.rules.corrections import Act, Cause
from portal.receipts.services import (
    MustNotStand,
    act_proposed,
    cancel_receipt,
    content_if_replaced,
    leave_as_it_is,
    replace_receipt,
)
from tests.factories.people import make_account, make_donor
from tests.factories.receipts import NOW, make_receipt, make_received_gift, plain_paper
from tests.pages import PageClient

TODAY = dt.date(2026, 11, 22)


@pytest.fixture
def by(app: Flask) -> int:
    return make_account(roles=[Role.ACCOUNTANT]).id


def _causes(receipt: Receipt) -> set[Cause]:
    return set(causes_by_receipt(TODAY).get(receipt.id, ()))


def _gift_of(receipt: Receipt) -> Gift:
    return gifts_on(receipt.id)[0].gift


def _refund(receipt: Receipt, minor: int) -> None:
    gift = _gift_of(receipt)
    gift.refunded_minor = minor
    whole = minor == gift.amount_minor
    gift.state = GiftState.REFUNDED if whole else GiftState.PARTIALLY_REFUNDED
    db.session.commit()


def test_a_receipt_the_records_bear_out_is_no_work(app: Flask) -> None:
    assert _causes(make_receipt()) == set()


def test_a_part_that_went_back_calls_for_another_receipt(by: int) -> None:
    receipt = make_receipt()
    _refund(receipt, 2000)
    found = look_at(receipt, TODAY)
    assert found.causes == {Cause.MONEY}
    assert [(str(each.paper), str(each.now)) for each in found.differences] == [
        ("50.00 EUR", "30.00 EUR")
    ]
    assert act_proposed(found, NOW) is Act.REPLACE
    preview = content_if_replaced(found, NOW)
    assert preview is not None
    assert (preview.total.minor, preview.replaces) == (3000, receipt.number)
    assert receipt.state is ReceiptState.ISSUED
    with pytest.raises(MustNotStand):
        leave_as_it_is(receipt.id, reason="x", by=by, at=NOW)


def test_when_all_went_back_it_is_to_be_cancelled(accountant: PageClient) -> None:
    receipt = make_receipt()
    _refund(receipt, 5000)
    page = accountant.get(f"/office/receipts/{receipt.public_id}/correct")
    assert page.has("Cancel it, and issue none in its place (proposed)")
    assert page.has("It cannot be left as it is")
    assert not page.has("issue a new one in its place")
    found = look_at(receipt, TODAY)
    assert act_proposed(found, NOW) is Act.CANCEL
    assert content_if_replaced(found, NOW) is None


def test_another_name_is_proposed_and_another_address_may_be_left(by: int) -> None:
    named, moved = make_receipt(), make_receipt()
    update_donor(named.donor_id, {"last_name": "Nouveau-Nom"}, by=by)
    update_donor(moved.donor_id, {"address1": "1 place Neuve"}, by=by)
    assert (_causes(named), _causes(moved)) == ({Cause.NAME}, {Cause.ADDRESS})
    assert act_proposed(look_at(named, TODAY), NOW) is Act.REPLACE
    assert act_proposed(look_at(moved, TODAY), NOW) is Act.LEAVE


def test_what_was_left_comes_up_again_when_more_differs(by: int) -> None:
    receipt = make_receipt()
    update_donor(receipt.donor_id, {"address1": "1 place Neuve"}, by=by)
    leave_as_it_is(receipt.id, reason="She moved in March", by=by, at=NOW)
    assert _causes(receipt) == set()
    update_donor(receipt.donor_id, {"last_name": "Nouveau-Nom"}, by=by)
    assert _causes(receipt) == {Cause.NAME, Cause.ADDRESS}


def test_a_day_corrected_since_cannot_be_left(by: int) -> None:
    receipt = make_receipt()
    _gift_of(receipt).tax_on = dt.date(2024, 12, 31)
    db.session.commit()
    assert _causes(receipt) == {Cause.DAY}
    with pytest.raises(MustNotStand):
        leave_as_it_is(receipt.id, reason="x", by=by, at=NOW)


def test_old_years_are_not_dug_up_for_an_address(by: int) -> None:
    receipt = make_receipt(year=2021)
    update_donor(receipt.donor_id, {"address1": "1 place Neuve"}, by=by)
    assert _causes(receipt) == set()


def test_joined_records_with_two_receipts_may_be_left(by: int) -> None:
    same = {"last_name": "Double", "email": "x@example.org"}
    one, two = make_donor(**same), make_donor(**same)
    first, second = make_receipt(one), make_receipt(two)
    merge_donors(one.id, two.id, by=by, at=NOW, reason="Same person")
    assert _causes(first) == _causes(second) == {Cause.TWO_RECEIPTS}
    assert act_proposed(look_at(second, TODAY), NOW) is Act.LEAVE
    new = replace_receipt(second.id, reason="One paper", by=by, at=NOW, printer=plain_paper)
    assert (new.donor_id, new.amount_minor) == (one.id, 5000)
    assert _causes(first) == set()


def test_without_an_address_of_mail_the_notice_goes_by_post(
    accountant: PageClient, by: int
) -> None:
    receipt = make_receipt(make_donor(email=""))
    cancel_receipt(receipt.id, reason="Refund", by=by, at=NOW)
    assert not db.session.scalars(sa.select(OutboxMail)).all()
    page = accountant.get("/office/receipts/corrections")
    assert page.has("Letters to post")
    accountant.post(f"/office/receipts/{receipt.public_id}/notice-posted")
    notice = db.session.get_one(CancelNotice, receipt.id)
    assert (notice.posted_at, notice.posted_by) == (NOW, accountant.account.id)
    assert not accountant.get("/office/receipts/corrections").has("Letters to post")


def test_the_accountant_sees_both_sides_and_decides(accountant: PageClient, by: int) -> None:
    receipt = make_receipt()
    update_donor(receipt.donor_id, {"last_name": "Nouveau-Nom"}, by=by)
    listed = accountant.get("/office/receipts/corrections?cause=name")
    assert listed.has(receipt.number)
    assert not accountant.get("/office/receipts/corrections?cause=money").has(receipt.number)
    page = f"/office/receipts/{receipt.public_id}/correct"
    shown = accountant.get(page)
    assert shown.has("Nouveau-Nom")
    assert shown.has(str(differences_of(receipt)[0].paper))
    assert accountant.post(page, {"act": "leave"}).has("Write the reason.")
    answer = accountant.post(page, {"act": "cancel", "reason": "Asked for by her"})
    assert answer.status == 303
    assert receipt.state is ReceiptState.CANCELLED
    assert accountant.get(page).status == 404


def test_strangers_see_none_of_it(sponsor: PageClient, matcher: PageClient) -> None:
    receipt = make_receipt()
    for path in ("corrections", f"{receipt.public_id}/correct"):
        assert sponsor.get(f"/office/receipts/{path}").status == 404
        assert matcher.get(f"/office/receipts/{path}").status == 404


def test_a_gift_of_somebody_else_is_not_drawn_in(by: int) -> None:
    receipt = make_receipt()
    make_received_gift(make_donor(), on=dt.date(2025, 5, 5))
    update_donor(receipt.donor_id, {"last_name": "Autre"}, by=by)
    preview = content_if_replaced(look_at(receipt, TODAY), NOW)
    assert preview is not None
    assert len(preview.payments) == 1

"""Money goes back, whoever decides it; when it does not arrive, everybody who was told is told."""

from __future__ import annotations

import pytest

from portal.core import audit
from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.core.money import Money
from portal.donations import money_back, services
from portal.donations.models import Gift, Refund
from portal.donations.rules.gift import GiftState
from portal.donations.services.converge import refresh_payment
from portal.donations.services.refund_rows import reference_of
from portal.receipts.queries.register import receipts_to_correct
from portal.receipts.services import issue_receipt
from tests.factories.books import balance_of
from tests.factories.people import make_account
from tests.factories.receipts import NOW, plain_paper
from tests.integration.donations.books import all_holds
from tests.integration.donations.conftest import Giver, Told, hidden
from tests.pages import Page, PageClient


def gives(giver: Giver) -> tuple[Gift, str]:
    """50 € by card, arrived."""
    gift = giver.gives()
    return gift, giver.pays(gift)


def gives_back(accountant: PageClient, gift: Gift, amount: str) -> Page:
    path = f"/office/gifts/{gift.public_id}/refund"
    token = hidden(accountant.get(path), "form_token")
    return accountant.post(
        path, {"amount": amount, "reason": "Asked by the donor", "form_token": token}
    )


def fails(giver: Giver, gift: Gift, reason: str = "expired_or_canceled_card") -> None:
    """The bank sends the refund back, days later."""
    intent = str(gift.stripe_payment_intent_id)
    (refund,) = giver.payments.refunds[intent]
    giver.payments.refund_ends(refund.id, "failed", reason)
    giver.is_told("refund.failed", refund.id, payment_intent=intent)


def written() -> list[str]:
    """The mails about money that goes back, by their keys."""
    mails = db.session.query(OutboxMail).order_by(OutboxMail.id)
    return [
        mail.key.partition(":")[2].partition(":")[2] or "sent"
        for mail in mails
        if "refund" in mail.key
    ]


def test_ten_and_fifteen_of_fifty_then_the_rest_and_no_cent_more(
    giver: Giver, accountant: PageClient, told: Told
) -> None:
    gift, _intent = gives(giver)
    for amount, left in (("10", 4_000), ("15", 2_500), ("25", 0)):
        assert gives_back(accountant, gift, amount).status == 303
        db.session.expire_all()
        assert gift.kept == Money(left)
        all_holds(giver.payments)
    assert gift.state == GiftState.REFUNDED
    assert told.names == ["gift_settled", *["gift_refunded"] * 3]
    assert accountant.get(f"/office/gifts/{gift.public_id}/refund").status == 303


def test_a_form_sent_again_after_all_went_back_is_the_same_refund(giver: Giver) -> None:
    gift, _intent = gives(giver)
    by = make_account().id
    first, again = (
        services.refund_gift(gift.id, Money(5_000), reason="r", by=by, form_token="t" * 16)
        for _ in range(2)
    )
    assert again.id == first.id
    assert db.session.query(Refund).count() == 1


def test_of_two_equal_refunds_each_is_told_as_itself(giver: Giver) -> None:
    """The second asked for is the first the provider tells of."""
    gift, intent = gives(giver)
    asked = [
        Refund(gift_id=gift.id, amount_minor=1_000, state="asked", refunded_on=gift.tax_on, currency="EUR")
        for _ in range(2)
    ]  # fmt: skip
    db.session.add_all(asked)
    db.session.flush()
    told = giver.payments.gives_back(intent, Money(1_000), reference=reference_of(asked[1]))
    refresh_payment(intent)
    assert [row.stripe_refund_id for row in asked] == [None, told.id]


def test_more_than_is_left_is_refused_by_the_form_and_by_the_database(
    giver: Giver, accountant: PageClient
) -> None:
    gift, _intent = gives(giver)
    gives_back(accountant, gift, "20")
    assert gives_back(accountant, gift, "30.01").status == 422
    row = Refund(
        gift_id=gift.id, amount_minor=3_001, state="asked", refunded_on=gift.tax_on, currency="EUR"
    )
    db.session.add(row)
    with pytest.raises(Exception, match="more would go back than was given"):
        db.session.flush()
    db.session.rollback()


def test_what_a_bank_holds_cannot_be_given_back_as_well(giver: Giver) -> None:
    gift, intent = gives(giver)
    dispute = giver.payments.dispute_opens(intent, Money(4_000))
    giver.is_told("charge.dispute.created", dispute)
    by = make_account().id
    with pytest.raises(services.RefundTooMuch):
        services.refund_gift(gift.id, Money(1_001), reason="r", by=by, form_token="t" * 16)
    assert services.left_to_refund(gift) == Money(1_000)


def test_a_refund_on_its_way_that_fails_gives_the_gift_its_money_back(
    giver: Giver, told: Told
) -> None:
    gift, intent = gives(giver)
    refund = giver.payments.gives_back(intent, Money(2_000), status="pending")
    giver.is_told("refund.created", refund.id, payment_intent=intent)
    assert (gift.state, gift.kept) == (GiftState.PARTIALLY_REFUNDED, Money(3_000))
    fails(giver, gift)
    assert (str(gift.state), gift.kept) == ("settled", Money(5_000))
    assert told.names == ["gift_settled", "gift_refunded", "refund_failed"]
    assert balance_of("754110") == Money(-5_000)
    all_holds(giver.payments)


def test_a_donor_who_was_told_is_told_that_it_did_not_arrive_and_once(giver: Giver) -> None:
    gift, intent = gives(giver)
    giver.payments.gives_back(intent, Money(2_000), status="pending")
    giver.is_told("charge.refunded", "ch_1", payment_intent=intent)
    fails(giver, gift)
    giver.is_told("refund.updated", "re_1", payment_intent=intent)
    assert written() == ["sent", "failed"]
    said = db.session.query(OutboxMail).order_by(OutboxMail.id.desc()).first()
    assert said is not None
    assert "did not reach you" in said.subject
    assert "it is not lost" in said.text


def test_a_donor_who_was_never_told_is_not_bothered(giver: Giver, told: Told) -> None:
    gift, intent = gives(giver)
    giver.payments.gives_back(intent, Money(2_000), status="pending")
    fails(giver, gift)
    assert written() == []
    assert told.names == ["gift_settled"]
    assert db.session.query(Refund).one().failed_at is not None
    all_holds(giver.payments)


def test_staff_see_a_refund_that_failed_until_somebody_saw_to_it(
    giver: Giver, accountant: PageClient, admin: PageClient
) -> None:
    gift, intent = gives(giver)
    giver.payments.gives_back(intent, Money(2_000), status="pending")
    giver.is_told("refund.created", "re_1", payment_intent=intent)
    fails(giver, gift)
    assert accountant.get("/office/money-back").has(gift.ref)
    assert money_back.how_many_wait() == 1
    assert accountant.get("/office/gifts?attention=refund_failed").has(gift.ref)
    assert accountant.get("/office/").has("Remboursements qui ont échoué")
    path = f"/office/gifts/{gift.public_id}/failed-refund"
    assert accountant.post(path, {"note": ""}).status == 422
    page = accountant.follow(accountant.post(path, {"note": "Sent by transfer on 3 December"}))
    assert page.has("Sent by transfer on 3 December")
    assert not accountant.get("/office/money-back").has(gift.ref)
    assert money_back.how_many_wait() == 0
    assert accountant.post(path, {"note": "again"}).status == 404
    assert audit.history(f"gift:{gift.ref}")[0].action == "gift.failed_refund_settled"


def test_a_refund_the_bank_refuses_at_once_is_not_called_done(
    giver: Giver, accountant: PageClient
) -> None:
    gift, _intent = gives(giver)
    giver.payments.refunds_arrive = "failed"
    page = accountant.follow(gives_back(accountant, gift, "20"))
    assert page.has("n’ont pas pu être remboursés")
    db.session.expire_all()
    assert gift.kept == Money(5_000)


def test_a_gift_on_a_receipt_says_so_before_anything_is_decided(
    giver: Giver, accountant: PageClient
) -> None:
    gift, _intent = gives(giver)
    gift.donor.country = "FR"
    receipt = issue_receipt(gift.donor_id, 2026, at=NOW, printer=plain_paper)
    assert receipt is not None
    page = accountant.get(f"/office/gifts/{gift.public_id}/refund")
    assert page.has(f"Ce don figure sur le reçu {receipt.number}")
    assert page.has("de l’annuler et de le remplacer")
    before = accountant.get(f"/office/gifts/{gift.public_id}")
    assert not before.has("ne correspond plus à ce qui reste de ce don")
    gives_back(accountant, gift, "20")
    assert [each.receipt.id for each in receipts_to_correct()] == [receipt.id]
    story = accountant.get(f"/office/gifts/{gift.public_id}")
    assert story.has(receipt.number)
    assert story.has("20,00 € ont été renvoyés au donateur")
    assert story.has("DON-2026-000003")
    assert f"/office/receipts/{receipt.public_id}/correct" in story.links()


def test_only_accountants_see_money_that_goes_back(
    giver: Giver, sponsor: PageClient, matcher: PageClient, accountant: PageClient
) -> None:
    gift, _intent = gives(giver)
    for path in ("/office/money-back", f"/office/gifts/{gift.public_id}/failed-refund"):
        assert sponsor.get(path).status == 404
        assert matcher.get(path).status == 404
    assert accountant.get("/office/money-back").has("Rien ne vous attend ici")

"""Cash, boxes, objects, waived expenses and companies' agreements."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from flask import Flask

from portal.accounting.queries.checks import CHECKS
from portal.accounting.queries.handed_over_checks import HANDED_OVER_CHECKS
from portal.core.money import Money
from portal.donations.codes import GiftMode
from portal.donations.events import ChangeRefused, GiftFacts
from portal.donations.finding import donors_like
from portal.donations.models import Agreement, Gift, NoReceipt, ReturnReason, ValuationBasis
from portal.donations.rules.gift import GiftState
from portal.donations.rules.mileage import Vehicle
from portal.donations.rules.receiptable import WhyNot
from portal.donations.services import agreements, cheques, entry, kind
from portal.donations.services.entry import HandedOver
from portal.donations.services.imported import facts_of
from portal.donations.services.proofs import proof_of
from tests.factories.books import balance_of
from tests.factories.handed_over import (
    CAME_ON,
    cheque_of,
    make_accountant,
    make_cash,
    make_cheque_gift,
    make_company,
    make_deposit,
    proof,
    token,
)
from tests.factories.people import make_donor


def order(mode: GiftMode, minor: int = 30_000) -> HandedOver:
    return HandedOver(
        donor_id=0, amount=Money(minor), mode=mode, received_on=CAME_ON, form_token=token()
    )


def books_hold() -> list[str]:
    """The names of the checks that fail."""
    return [name for name, run, _label in (*CHECKS, *HANDED_OVER_CHECKS) if not run()[0]]


def test_cash_needs_a_receipt_of_the_book_that_was_not_used(app: Flask) -> None:
    donor, by = make_donor(), make_accountant().id
    kind.record_cash(donor.id, order(GiftMode.CASH), "A-17", by=by)
    with pytest.raises(kind.BookNumberTaken):
        kind.record_cash(donor.id, order(GiftMode.CASH), "a-17", by=by)
    assert books_hold() == []


def test_a_form_sent_twice_is_one_gift(app: Flask) -> None:
    donor, by, same = make_donor(), make_accountant().id, order(GiftMode.CASH)
    first = kind.record_cash(donor.id, same, "A-18", by=by)
    assert kind.record_cash(donor.id, same, "A-18", by=by).id == first.id


def test_a_box_is_nobodys_gift_and_gets_no_receipt(app: Flask) -> None:
    gift = kind.record_collection(
        order(GiftMode.CASH), "Tronc du bureau", "Anne Essai", "Luc Essai", by=make_accountant().id
    )
    assert (gift.donor.ref, gift.no_receipt) == ("ANONYMOUS", NoReceipt.ANONYMOUS)
    assert donors_like("anonymes") == []
    assert balance_of("530000") == Money(30_000)


def test_an_object_is_valued_outside_the_result(app: Flask) -> None:
    gift = kind.record_in_kind(
        make_donor().id, order(GiftMode.IN_KIND), "Trois vélos d'enfant, bon état",
        ValuationBasis.MARKET, None, by=make_accountant().id,
    )  # fmt: skip
    assert (balance_of("860000"), balance_of("870000")) == (Money(30_000), Money(-30_000))
    assert balance_of("512100") == Money(0)
    assert gift.mode is GiftMode.IN_KIND
    assert books_hold() == []


@pytest.mark.parametrize(
    ("company", "basis", "reason"),
    [
        pytest.param({}, ValuationBasis.MARKET, WhyNot.NOT_COST_PRICE, id="market price"),
        pytest.param({"siren": ""}, ValuationBasis.COST_PRICE, WhyNot.NO_SIREN, id="no SIREN"),
        pytest.param(
            {"legal_form": ""}, ValuationBasis.COST_PRICE, WhyNot.NO_LEGAL_FORM, id="no legal form"
        ),
    ],
)
def test_a_companys_object_needs_what_its_receipt_states(
    app: Flask, company: dict[str, str], basis: ValuationBasis, reason: WhyNot
) -> None:
    donor = make_company(**company)
    with pytest.raises(kind.NotReceiptable) as caught:
        kind.record_in_kind(
            donor.id, order(GiftMode.IN_KIND), "Dix bureaux", basis, None, by=make_accountant().id
        )
    assert caught.value.reason is reason
    assert balance_of("870000") == Money(0)


def expenses() -> list[kind.Expense]:
    return [
        kind.Expense(
            dt.date(2026, 10, 3), "Versailles – Rouen", km=Decimal(280), vehicle=Vehicle.CAR_5
        ),
        kind.Expense(dt.date(2026, 10, 3), "Péage", amount=Money(1_240)),
    ]


def note(giver: int) -> Gift:
    return kind.record_expenses(
        giver, order(GiftMode.WAIVED_EXPENSES, 1), expenses(),
        kind.Waiver("Forum des associations de Rouen", "Je renonce au remboursement.", CAME_ON),
        proof(), by=make_accountant().id,
    )  # fmt: skip


def test_waived_expenses_are_the_sum_of_their_lines_on_the_day_of_the_waiver(app: Flask) -> None:
    gift = note(make_donor().id)
    assert (gift.amount, gift.tax_on) == (Money(17_808 + 1_240), CAME_ON)
    assert balance_of("754120") == Money(-19_048)
    assert (balance_of("468100"), balance_of("625100")) == (Money(0), Money(19_048))
    assert proof_of(gift.id) is not None
    assert books_hold() == []


def test_a_company_waives_no_expenses(app: Flask) -> None:
    with pytest.raises(kind.NotReceiptable) as caught:
        note(make_company().id)
    assert caught.value.reason is WhyNot.BY_A_COMPANY


class TestAgreements:
    def sign(self, **given: object) -> Agreement:
        values: dict[str, object] = {
            "giver": make_company().id,
            "signed_on": dt.date(2026, 6, 1),
            "subject": "Bourses",
            "amount": Money(100_000),
            "form_token": token(),
        }
        return agreements.sign_agreement(
            agreements.AgreementOrder(**(values | given)),  # type: ignore[arg-type]
            by=make_accountant().id,
        )

    def test_a_promise_is_income_from_its_signature_and_once(self, app: Flask) -> None:
        agreement = self.sign()
        assert balance_of("754200") == Money(-100_000)
        donor = agreement.donor
        gift = make_cheque_gift(40_000, giver=donor)
        agreements.count_payment(agreement.id, gift.id, by=make_accountant().id)
        assert balance_of("754200") == Money(-100_000)
        assert balance_of("467200") == Money(60_000)
        assert agreements.still_due(agreement) == Money(60_000)
        assert books_hold() == []

    def test_a_cheque_that_bounces_is_due_again(self, app: Flask) -> None:
        agreement = self.sign()
        gift = make_cheque_gift(40_000, giver=agreement.donor)
        make_deposit(gift)
        agreements.count_payment(agreement.id, gift.id, by=make_accountant().id)
        back = cheques.ReturnOrder(
            on=dt.date(2026, 11, 22), reason=ReturnReason.OTHER, fee=Money(0),
            form_token=token(),
        )  # fmt: skip
        cheques.return_cheque(cheque_of(gift).id, back, by=make_accountant().id)
        assert agreements.still_due(agreement) == Money(100_000)
        assert balance_of("754200") == Money(-100_000)
        assert books_hold() == []

    def test_only_this_companys_money_pays_and_not_more_than_is_due(self, app: Flask) -> None:
        agreement = self.sign()
        for gift in (make_cheque_gift(1_000), make_cheque_gift(100_001, giver=agreement.donor)):
            with pytest.raises(agreements.NotAPayment):
                agreements.count_payment(agreement.id, gift.id, by=make_accountant().id)

    def test_instalments_add_up_and_a_person_signs_none(self, app: Flask) -> None:
        with pytest.raises(agreements.InstalmentsDiffer):
            self.sign(instalments=[(dt.date(2026, 12, 1), Money(99_999))])
        with pytest.raises(agreements.NotACompany):
            self.sign(giver=make_donor().id)
        kept = self.sign(
            instalments=[
                (dt.date(2026, 12, 1), Money(50_000)),
                (dt.date(2027, 6, 1), Money(50_000)),
            ]
        )
        assert len(kept.instalments) == 2


class TestCorrections:
    def test_the_books_follow_a_correction(self, app: Flask) -> None:
        gift = make_cheque_gift(5_000)
        before = facts_of(gift)
        after = GiftFacts(
            before.donor_id, Money(5_500), before.received_on, before.mode, before.purpose,
            cheque_number=before.cheque_number,
        )  # fmt: skip
        assert entry.correct_gift(gift.id, after, reason="Mal lu", by=make_accountant().id)
        assert (gift.amount, cheque_of(gift).amount) == (Money(5_500), Money(5_500))
        assert balance_of("754110") == Money(-5_500)
        assert not entry.correct_gift(gift.id, after, reason="Mal lu", by=make_accountant().id)
        assert books_hold() == []

    def test_a_cheque_on_a_slip_keeps_its_amount(self, app: Flask) -> None:
        gift = make_cheque_gift(5_000)
        make_deposit(gift)
        facts = facts_of(gift)
        wrong = GiftFacts(
            facts.donor_id, Money(1), facts.received_on, facts.mode, facts.purpose,
            cheque_number=facts.cheque_number, deposit_ref=facts.deposit_ref,
        )  # fmt: skip
        with pytest.raises(ChangeRefused) as refused:
            entry.correct_gift(gift.id, wrong, reason="?", by=make_accountant().id)
        assert refused.value.reason == entry.ON_A_SLIP

    def test_what_was_entered_by_mistake_leaves_no_euro(self, app: Flask) -> None:
        gift = make_cash(2_000)
        entry.withdraw_gift(gift.id, reason="Saisi deux fois", by=make_accountant().id)
        assert gift.state is GiftState.FAILED
        assert (balance_of("530000"), balance_of("754110")) == (Money(0), Money(0))
        assert books_hold() == []

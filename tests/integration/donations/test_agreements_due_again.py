"""Money that paid a company's agreement and never came after all: that part is due again."""

from __future__ import annotations

import datetime as dt

from flask import Flask

from portal.core.db import db
from portal.core.money import Money
from portal.donations.models import Agreement
from portal.donations.services import agreements, transfers
from portal.donations.services import direct_debits as debits
from portal.donations.services.provider import today
from portal.donations.services.transfers import Transfer
from tests.factories.books import balance_of
from tests.factories.handed_over import make_accountant, make_company, token
from tests.integration.donations.test_at_once import all_at_once, real
from tests.integration.donations.test_direct_debits import collect, make_mandate
from tests.integration.donations.test_what_is_handed_over import books_hold

__all__ = ["real"]
PROMISED, OWED = "754200", "467200"


def order(donor_id: int) -> agreements.AgreementOrder:
    return agreements.AgreementOrder(
        giver=donor_id,
        signed_on=dt.date(2026, 6, 1),
        subject="Bourses",
        amount=Money(100_000),
        form_token=token(),
    )


def signed() -> Agreement:
    return agreements.sign_agreement(order(make_company().id), by=make_accountant().id)


def test_a_transfer_that_was_another_s_is_due_again(app: Flask) -> None:
    agreement, by = signed(), make_accountant().id
    came = Transfer(
        donor_id=agreement.donor_id, amount=Money(40_000), credited_on=dt.date(2026, 11, 2)
    )
    gift = transfers.settle_transfer(came, by=by)
    agreements.count_payment(agreement.id, gift.id, by=by)

    transfers.withdraw_transfer(gift.id, reason="Un autre donateur", by=by)

    assert agreements.still_due(agreement) == Money(100_000)
    assert (balance_of(PROMISED), balance_of(OWED)) == (Money(-100_000), Money(100_000))
    assert books_hold() == []


def test_a_debit_the_bank_takes_back_is_due_again(app: Flask, clock: object) -> None:
    mandate, by = make_mandate(first_due_on=today() + dt.timedelta(days=16)), make_accountant().id
    mandate.plan.donor_id = make_company().id
    db.session.commit()
    agreement = agreements.sign_agreement(order(mandate.plan.donor_id), by=by)
    sent = collect(clock, mandate)
    debits.collection_credited(sent.id, sent.collect_on, by=by)
    [attempt] = sent.attempts
    assert attempt.gift_id is not None
    agreements.count_payment(agreement.id, attempt.gift_id, by=by)

    debits.debit_came_back(attempt.end_to_end, "AM04", on=today(), by=by)

    assert agreements.still_due(agreement) == Money(100_000)
    assert (balance_of(PROMISED), balance_of(OWED)) == (Money(-100_000), Money(100_000))


def test_one_agreement_sent_twice_at_once_is_one(real: Flask) -> None:
    wanted, by = order(make_company().id), make_accountant().id
    assert all_at_once(real, lambda: agreements.sign_agreement(wanted, by=by), times=4) == []
    assert db.session.query(Agreement).count() == 1

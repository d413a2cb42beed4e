"""A pile of cheques becomes gifts, once its count and total fit."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounting.queries.handed_over_checks import cheques_in_hand as books_of_cheques
from portal.core.audit import history
from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.core.money import Money
from portal.donations import events, in_hand
from portal.donations.models import Cheque, Gift, NoReceipt, Origin, ReturnReason, Tribute
from portal.donations.rules.cheques import WrongDay
from portal.donations.rules.gift import GiftState
from portal.donations.services import cheques
from tests.factories.books import as_written, balance_of, entries_about
from tests.factories.handed_over import (
    enter,
    make_accountant,
    make_batch,
    make_cheque_gift,
    make_deposit,
    token,
)
from tests.factories.people import make_donor


def test_nothing_is_a_gift_before_the_pile_is_closed(app: Flask) -> None:
    batch = make_batch(5_000)
    enter(batch, 5_000)
    assert db.session.scalar(sa.select(sa.func.count(Gift.id))) == 0


def test_a_pile_that_fits_becomes_gifts_of_the_day_the_letters_came(app: Flask) -> None:
    accountant, donor = make_accountant(), make_donor()
    batch = make_batch(5_000, 12_000, by=accountant)
    first = enter(batch, 5_000, giver=donor, tribute=Tribute.MEMORY, tribute_name="Ma mère")
    enter(batch, 12_000, no_receipt=NoReceipt.NOT_WANTED)
    assert cheques.close_batch(batch.id, by=accountant.id) == 2
    gift = first.gift
    assert gift is not None
    assert (gift.state, gift.origin, gift.amount) == (
        GiftState.SETTLED,
        Origin.OFFICE,
        Money(5_000),
    )
    assert gift.tax_on == gift.received_on == batch.arrived_on
    assert (gift.tribute, gift.tribute_name) == (Tribute.MEMORY, "Ma mère")
    (entry,) = entries_about(gift)
    assert as_written(entry) == [
        ("511200", Money(5_000), Money(0)),
        ("754110", Money(0), Money(5_000)),
    ]
    assert [act.action for act in history(f"gift:{gift.ref}")] == ["gift.entered"]


def test_a_pile_that_does_not_fit_stays_open(app: Flask) -> None:
    batch = make_batch(5_000, 12_000)
    enter(batch, 5_000)
    with pytest.raises(cheques.ControlDiffers) as caught:
        cheques.close_batch(batch.id, by=batch.opened_by)
    assert (caught.value.control.missing_count, caught.value.control.missing) == (1, Money(12_000))
    enter(batch, 12_100)
    with pytest.raises(cheques.ControlDiffers) as caught:
        cheques.close_batch(batch.id, by=batch.opened_by)
    assert caught.value.control.missing == Money(-100)


def test_a_form_sent_twice_is_one_cheque_and_one_pile(app: Flask) -> None:
    accountant, name = make_accountant(), token()
    arguments = (dt.date(2026, 11, 18), 1, Money(5_000))
    first = cheques.open_batch(*arguments, by=accountant.id, form_token=name)
    assert cheques.open_batch(*arguments, by=accountant.id, form_token=name).id == first.id
    same = token()
    enter(first, 5_000, form_token=same)
    enter(first, 5_000, form_token=same)
    assert db.session.scalar(sa.select(sa.func.count(Cheque.id))) == 1


def test_a_pile_is_closed_once(app: Flask) -> None:
    batch = make_batch(5_000)
    enter(batch, 5_000)
    cheques.close_batch(batch.id, by=batch.opened_by)
    with pytest.raises(cheques.BatchNotOpen):
        cheques.close_batch(batch.id, by=batch.opened_by)
    with pytest.raises(cheques.BatchNotOpen):
        enter(batch, 5_000)


def test_a_recount_and_a_cheque_taken_off_are_possible_until_then(app: Flask) -> None:
    batch = make_batch(5_000, 6_000)
    enter(batch, 5_000)
    wrong = enter(batch, 6_600)
    cheques.remove_cheque(batch.id, wrong.id)
    cheques.change_control(batch.id, 1, Money(5_000), by=batch.opened_by)
    assert cheques.close_batch(batch.id, by=batch.opened_by) == 1


def test_a_pile_thrown_away_leaves_nothing(app: Flask) -> None:
    batch = make_batch(5_000)
    enter(batch, 5_000)
    cheques.discard_batch(batch.id, by=batch.opened_by)
    assert in_hand.open_batches() == []
    assert db.session.scalar(sa.select(sa.func.count(Cheque.id))) == 0


@pytest.mark.parametrize("day", [dt.date(2026, 11, 23), dt.date(2025, 11, 1)])
def test_a_cheque_cannot_come_tomorrow_nor_more_than_a_year_ago(app: Flask, day: dt.date) -> None:
    with pytest.raises(WrongDay):
        make_batch(5_000, arrived_on=day)


def test_the_same_number_of_the_same_bank_is_found(app: Flask) -> None:
    gift = make_cheque_gift(5_000, number="0001234", bank="Banque Exemple")
    assert [d.amount for d in in_hand.doubles_of("1234", "")] == [gift.amount]
    assert [d.recorded for d in in_hand.doubles_of("0001234", "BANQUE EXEMPLE")] == [True]
    assert in_hand.doubles_of("0001234", "Crédit Imaginaire") == []
    assert in_hand.doubles_of("1235", "Banque Exemple") == []


def test_donors_with_an_address_are_thanked_once(app: Flask) -> None:
    make_cheque_gift(5_000, giver=make_donor(email="claire@example.org"))
    sent = db.session.scalars(sa.select(OutboxMail)).all()
    assert [mail.recipient for mail in sent] == ["claire@example.org"]
    assert "chèque" in sent[0].text


class TestACheckThatComesBack:
    def order(self, fee: int = 0) -> cheques.ReturnOrder:
        return cheques.ReturnOrder(
            on=dt.date(2026, 11, 22),
            reason=ReturnReason.NO_FUNDS,
            fee=Money(fee),
            form_token=token(),
        )

    def test_after_the_deposit_the_bank_pays_it_back(self, app: Flask) -> None:
        gift = make_cheque_gift(5_000, giver=make_donor(email="claire@example.org"))
        make_deposit(gift)
        told: list[str] = []
        with events.gift_bounced.connected_to(lambda _gift, **more: told.append(more["reason"])):
            cheques.return_cheque(self.cheque(gift), self.order(fee=1_300), by=make_accountant().id)
        assert (gift.state, told) == (GiftState.FAILED, ["no_funds"])
        back = entries_about(gift)[-1]
        assert as_written(back) == [
            ("754110", Money(5_000), Money(0)),
            ("512100", Money(0), Money(5_000)),
        ]
        assert balance_of("627800") == Money(1_300)
        assert books_of_cheques()[0]
        mail = db.session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id.desc())).first()
        assert mail is not None
        assert "aucun enfant" in mail.text

    def test_before_the_deposit_it_leaves_the_cheques_in_hand(self, app: Flask) -> None:
        gift = make_cheque_gift(5_000)
        cheques.return_cheque(self.cheque(gift), self.order(), by=make_accountant().id)
        assert balance_of("511200") == Money(0)
        assert books_of_cheques()[0]

    def test_it_may_stand_on_a_second_slip_and_counts_again(self, app: Flask) -> None:
        gift = make_cheque_gift(5_000)
        first = make_deposit(gift)
        cheques.return_cheque(self.cheque(gift), self.order(), by=make_accountant().id)
        assert [each.returned for each in in_hand.cheques_in_hand(dt.date(2026, 11, 22))] == [True]
        second = make_deposit(gift)
        assert (gift.state, gift.deposit_ref) == (GiftState.SETTLED, second.ref)
        assert second.ref != first.ref
        assert balance_of("754110") == Money(-5_000)
        assert books_of_cheques()[0]

    def test_told_twice_by_one_form_it_is_one_return(self, app: Flask) -> None:
        gift, order = make_cheque_gift(5_000), self.order()
        first = cheques.return_cheque(self.cheque(gift), order, by=make_accountant().id)
        assert cheques.return_cheque(self.cheque(gift), order, by=1).id == first.id
        with pytest.raises(cheques.NotReturnable):
            cheques.return_cheque(self.cheque(gift), self.order(), by=make_accountant().id)

    def cheque(self, gift: Gift) -> int:
        return cheques.cheque_for_gift(gift.id).id

"""Cheques and cash go to the bank on a slip, and the bank shows them later."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask

from portal.accounting.queries.handed_over_checks import cash_on_its_way, cheques_in_hand
from portal.core import documents
from portal.core.money import Money
from portal.donations import in_hand
from portal.donations.models import DepositKind
from portal.donations.rules.deposit import CreditedBefore, MoreThanInTheTill, NothingToDeposit
from portal.donations.services import deposits
from tests.factories.books import balance_of
from tests.factories.gifts import make_cheque
from tests.factories.handed_over import (
    ACCOUNT,
    CAME_ON,
    make_accountant,
    make_cash,
    make_cheque_gift,
    make_deposit,
    token,
)
from tests.factories.people import make_donor

LATER = dt.date(2026, 11, 21)


def test_a_slip_lists_its_cheques_and_is_kept(app: Flask) -> None:
    gifts = [make_cheque_gift(5_000), make_cheque_gift(7_550)]
    deposit = make_deposit(*gifts)
    assert (deposit.ref, deposit.amount, deposit.count) == ("REM-2026-0001", Money(12_550), 2)
    assert {gift.deposit_ref for gift in gifts} == {deposit.ref}
    assert [item.amount for item in in_hand.items_of(deposit.id)] == [Money(5_000), Money(7_550)]
    assert documents.read(deposit.document).startswith(b"%PDF")
    assert in_hand.cheques_in_hand(CAME_ON) == []


def test_a_cheque_stands_on_one_slip(app: Flask) -> None:
    gift = make_cheque_gift(5_000)
    make_deposit(gift)
    with pytest.raises(deposits.NotInHand):
        make_deposit(gift)
    with pytest.raises(NothingToDeposit):
        make_deposit()


def test_slips_are_numbered_in_a_row_and_once_a_form(app: Flask) -> None:
    gift, by, name = make_cheque_gift(5_000), make_accountant().id, token()
    first = deposits.deposit_cheques([gift.id], ACCOUNT, CAME_ON, by=by, form_token=name)
    again = deposits.deposit_cheques([gift.id], ACCOUNT, CAME_ON, by=by, form_token=name)
    assert again.id == first.id
    assert make_deposit(make_cheque_gift(6_000)).ref == "REM-2026-0002"


def test_a_cheque_from_a_file_can_be_deposited(app: Flask) -> None:
    gift = make_cheque(on=CAME_ON, donor=make_donor(), deposit_ref="")
    deposit = make_deposit(gift)
    assert gift.deposit_ref == deposit.ref


def test_the_money_is_at_the_bank_when_its_statement_says_so(app: Flask) -> None:
    deposit = make_deposit(make_cheque_gift(5_000))
    assert [d.ref for d in in_hand.deposits_in_transit()] == [deposit.ref]
    assert (balance_of("511200"), balance_of("512100")) == (Money(5_000), Money(0))
    deposits.deposit_credited(deposit.id, LATER, "CAMT-2026-11-21/4")
    deposits.deposit_credited(deposit.id, LATER, "CAMT-2026-11-21/4")
    assert in_hand.deposits_in_transit() == []
    assert (balance_of("511200"), balance_of("512100")) == (Money(0), Money(5_000))
    assert cheques_in_hand()[0]


def test_another_line_cannot_credit_it_again(app: Flask) -> None:
    deposit = make_deposit(make_cheque_gift(5_000))
    with pytest.raises(CreditedBefore):
        deposits.deposit_credited(deposit.id, CAME_ON - dt.timedelta(days=1), "line")
    deposits.deposit_credited(deposit.id, LATER, "one")
    with pytest.raises(deposits.AlreadyCredited):
        deposits.deposit_credited(deposit.id, LATER, "another")


def test_a_wrong_match_is_undone_and_matched_again(app: Flask) -> None:
    deposit = make_deposit(make_cheque_gift(5_000))
    deposits.deposit_credited(deposit.id, LATER, "wrong")
    deposits.deposit_uncredited(deposit.id, reason="Another deposit of the same sum")
    assert balance_of("512100") == Money(0)
    deposits.deposit_credited(deposit.id, LATER, "right")
    deposits.deposit_uncredited(deposit.id, reason="Once more")
    deposits.deposit_credited(deposit.id, LATER, "right")
    assert balance_of("512100") == Money(5_000)
    assert cheques_in_hand()[0]


def test_cash_leaves_the_till_and_reaches_the_bank(app: Flask) -> None:
    make_cash(8_000)
    by = make_accountant().id
    with pytest.raises(MoreThanInTheTill):
        deposits.deposit_cash(Money(8_001), ACCOUNT, CAME_ON, by=by, form_token=token())
    deposit = deposits.deposit_cash(Money(6_000), ACCOUNT, CAME_ON, by=by, form_token=token())
    assert (deposit.kind, in_hand.till()) == (DepositKind.CASH, Money(2_000))
    assert (balance_of("530000"), balance_of("581000")) == (Money(2_000), Money(6_000))
    deposits.deposit_credited(deposit.id, LATER, "line")
    assert (balance_of("581000"), balance_of("512100")) == (Money(0), Money(6_000))
    assert cash_on_its_way()[0]

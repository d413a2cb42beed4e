"""What gifts, refunds, payouts and deposits write into the books."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounting.rules.draft import Draft
from portal.accounting.rules.gifts import (
    DisputeEnd,
    GiftFacts,
    Reversal,
    ReversalExceedsGift,
    UnknownMode,
    entry_for_dispute_end,
    entry_for_dispute_movement,
    entry_for_fee,
    entry_for_gift,
    entry_for_refund,
    entry_for_return,
)
from portal.accounting.rules.treasury import (
    entry_for_cheque_deposit,
    entry_for_payout,
    entry_for_payout_arrival,
    entry_for_payout_failure,
)
from portal.core.money import Money

DAY = date(2026, 1, 5)
A_GIFT = Money(4700)


def gift(**facts: Any) -> GiftFacts:
    known: dict[str, Any] = {
        "donor_ref": "D000123",
        "amount": A_GIFT,
        "mode": "card",
        "on": DAY,
        "piece_ref": "ch_A",
        "piece_on": DAY,
    }
    return GiftFacts(**(known | facts))


def going_back(of: GiftFacts, amount: int = 4700) -> Reversal:
    return Reversal(of, Money(amount), date(2026, 2, 1), "re_A", date(2026, 2, 1))


def in_short(draft: Draft) -> str:
    """``journal: debited / credited``."""
    debited = " ".join(line.account for line in draft.lines if line.debit)
    credited = " ".join(line.account for line in draft.lines if line.credit)
    return f"{draft.journal}: {debited} / {credited}"


@pytest.mark.parametrize(
    ("facts", "booked"),
    [
        ({"through_stripe": True}, "DON: 517100 / 754110"),
        ({"through_stripe": True, "mode": "sepa"}, "DON: 517100 / 754110"),
        ({"mode": "card"}, "BNQ: 512100 / 754110"),
        ({"mode": "sepa"}, "BNQ: 512100 / 754110"),
        ({"mode": "transfer"}, "BNQ: 512100 / 754110"),
        ({"mode": "cheque"}, "CHQ: 511200 / 754110"),
        ({"mode": "cash"}, "CAI: 530000 / 754110"),
        ({"mode": "transfer", "donor_kind": "company"}, "BNQ: 512100 / 754200"),
        ({"mode": "cheque", "membership": True}, "CHQ: 511200 / 756100"),
    ],
)
def test_where_a_gift_is_booked(facts: dict[str, Any], booked: str) -> None:
    assert in_short(entry_for_gift(gift(**facts))) == booked


def test_a_gift_is_booked_gross_under_the_donor_s_number() -> None:
    draft = entry_for_gift(gift())

    assert (draft.label, draft.piece_ref, draft.on) == ("Don D000123", "ch_A", DAY)
    assert draft.total == A_GIFT


def test_money_for_one_programme_is_tagged_on_the_income_line() -> None:
    draft = entry_for_gift(gift(fund="education", restricted=True))

    assert [line.analytic for line in draft.lines] == ["", "dedicated:education"]


def test_a_fund_that_binds_nobody_is_not_tagged() -> None:
    draft = entry_for_gift(gift(fund="general", restricted=False))

    assert [line.analytic for line in draft.lines] == ["", ""]


def test_a_gift_by_a_way_nobody_knows_is_refused() -> None:
    with pytest.raises(UnknownMode):
        entry_for_gift(gift(mode="cowries"))


def test_a_fee_is_apart_from_its_gift() -> None:
    draft = entry_for_fee(Money(96), DAY, "txn_A", "ch_A")

    assert in_short(draft) == "DON: 627800 / 517100"
    assert (draft.label, draft.piece_ref, draft.total) == ("Frais Stripe ch_A", "txn_A", Money(96))


def test_a_fee_given_back_is_booked_the_other_way_round() -> None:
    assert in_short(entry_for_fee(Money(-96), DAY, "txn_B")) == "DON: 517100 / 627800"


def test_a_fee_of_the_bank_is_taken_from_the_bank() -> None:
    draft = entry_for_fee(Money(1500), DAY, "REL-12", through_stripe=False)

    assert (in_short(draft), draft.label) == ("BNQ: 627800 / 512100", "Frais bancaires")


@pytest.mark.parametrize(
    ("facts", "booked"),
    [
        ({"through_stripe": True}, "DON: 754110 / 517100"),
        ({"mode": "cash"}, "CAI: 754110 / 530000"),
        ({"mode": "cheque"}, "BNQ: 754110 / 512100"),
        ({"mode": "transfer", "donor_kind": "company"}, "BNQ: 754200 / 512100"),
    ],
)
def test_where_a_refund_is_booked(facts: dict[str, Any], booked: str) -> None:
    draft = entry_for_refund(going_back(gift(**facts), 2000))

    assert in_short(draft) == booked
    assert (draft.total, draft.label) == (Money(2000), "Remboursement don D000123")


def test_a_refund_keeps_the_fund_s_tag() -> None:
    draft = entry_for_refund(going_back(gift(fund="food", restricted=True)))

    assert draft.lines[0].analytic == "dedicated:food"


def test_more_than_the_gift_cannot_be_refunded() -> None:
    with pytest.raises(ReversalExceedsGift):
        entry_for_refund(going_back(gift(), 4701))


@pytest.mark.parametrize(
    ("facts", "deposited", "booked"),
    [
        ({"through_stripe": True, "mode": "sepa"}, True, "DON: 754110 / 517100"),
        ({"mode": "sepa"}, True, "BNQ: 754110 / 512100"),
        ({"mode": "cheque"}, True, "BNQ: 754110 / 512100"),
        ({"mode": "cheque"}, False, "CHQ: 754110 / 511200"),
    ],
)
def test_what_the_bank_takes_back(facts: dict[str, Any], deposited: bool, booked: str) -> None:
    draft = entry_for_return(going_back(gift(**facts)), cheque_deposited=deposited)

    assert (in_short(draft), draft.label) == (booked, "Impayé don D000123")


def test_a_contested_sum_is_owed_to_us_until_the_dispute_ends() -> None:
    paid = gift(through_stripe=True)

    held = entry_for_dispute_movement(paid, -A_GIFT, DAY, "txn_1")
    back = entry_for_dispute_movement(paid, A_GIFT, DAY, "txn_2")

    assert in_short(held) == "DON: 467000 / 517100"
    assert in_short(back) == "DON: 517100 / 467000"


def ended(held: int, income: int, beyond: int = 0) -> Draft | None:
    """How a dispute of a gift through Stripe ended, in cents."""
    sums = Money(held), Money(income), Money(beyond)
    return entry_for_dispute_end(DisputeEnd(gift(through_stripe=True), *sums, DAY, "dp_1"))


@pytest.mark.parametrize(
    ("held", "income", "beyond", "written"),
    [
        (4700, 4700, 0, "OD: 754110 / 467000"),
        (4760, 4700, 0, "OD: 754110 656000 / 467000"),
        (4650, 4700, 0, "OD: 754110 / 757000 467000"),
        (4700, 2000, 2700, "OD: 754110 658000 / 467000"),
        (40, 0, 0, "OD: 656000 / 467000"),
        (-40, 0, 0, "OD: 467000 / 757000"),
    ],
)
def test_the_end_of_a_dispute_leaves_nothing_owed(
    held: int, income: int, beyond: int, written: str
) -> None:
    draft = ended(held, income, beyond)

    assert draft is not None
    assert in_short(draft) == written


def test_a_dispute_that_was_won_and_paid_back_leaves_nothing_to_write() -> None:
    assert ended(0, 0) is None


def test_a_refund_at_another_rate_is_a_gain_or_a_loss_of_exchange() -> None:
    def back(paid: int) -> str:
        facts = gift(through_stripe=True, foreign=Money(5_000, "USD"))
        return in_short(
            entry_for_refund(Reversal(facts, A_GIFT, DAY, "re_1", DAY, paid=Money(paid)))
        )

    assert back(4700) == "DON: 754110 / 517100"
    assert back(4750) == "DON: 754110 656000 / 517100"
    assert back(4650) == "DON: 754110 / 757000 517100"


def test_both_sides_of_a_gift_in_another_currency_say_what_was_paid() -> None:
    draft = entry_for_gift(gift(through_stripe=True, foreign=Money(5_000, "USD")))

    assert {line.foreign for line in draft.lines} == {Money(5_000, "USD")}
    assert {line.foreign for line in draft.reversed(DAY).lines} == {Money(5_000, "USD")}


def test_a_payout_is_in_transit_until_the_bank_shows_it() -> None:
    assert in_short(entry_for_payout("po_A", Money(9269), DAY)) == "DON: 580000 / 517100"
    assert in_short(entry_for_payout_arrival("po_A", Money(9269), DAY)) == "BNQ: 512100 / 580000"


def test_a_payout_that_fails_comes_back_to_stripe() -> None:
    assert in_short(entry_for_payout_failure("po_A", Money(9269), DAY)) == "DON: 517100 / 580000"


def test_a_payout_below_zero_takes_from_the_bank() -> None:
    assert in_short(entry_for_payout("po_B", Money(-500), DAY)) == "DON: 517100 / 580000"


@pytest.mark.parametrize(
    ("cheques", "label"), [(1, "Remise R-12 (1 chèque)"), (3, "Remise R-12 (3 chèques)")]
)
def test_a_deposit_slip_empties_the_cheques_in_hand(cheques: int, label: str) -> None:
    draft = entry_for_cheque_deposit("R-12", Money(15000), DAY, cheques)

    assert (in_short(draft), draft.label) == ("BNQ: 512100 / 511200", label)


def test_the_stripe_account_tells_the_balance_to_the_cent() -> None:
    drafts = [
        entry_for_gift(gift(through_stripe=True)),
        entry_for_gift(gift(through_stripe=True, mode="sepa")),
        entry_for_fee(Money(96), DAY, "txn_A"),
        entry_for_fee(Money(35), DAY, "txn_B"),
        entry_for_payout("po_A", Money(9269), DAY),
    ]
    lines = [line for draft in drafts for line in draft.lines if line.account == "517100"]

    assert sum(line.debit.minor - line.credit.minor for line in lines) == 0


@given(st.integers(1, 10**10))
def test_an_entry_and_its_reversal_leave_nothing(minor: int) -> None:
    draft = entry_for_gift(gift(amount=Money(minor), fund="food", restricted=True))
    undone = draft.reversed(date(2026, 3, 1))

    for before, after in zip(draft.lines, undone.lines, strict=True):
        assert (before.debit, before.credit) == (after.credit, after.debit)
        assert (before.account, before.analytic) == (after.account, after.analytic)
    assert (undone.label, undone.on) == ("Annulation Don D000123", date(2026, 3, 1))

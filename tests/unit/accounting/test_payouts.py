"""Lines of the provider's balance as entries: 517 moves as the provider's balance does."""

from __future__ import annotations

from datetime import date

import pytest

from portal.accounting.rules.draft import EntryError
from portal.accounting.rules.payouts import Movement, posting_of_line
from portal.core.money import Money

ON = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("movement", "moved", "debit", "credit"),
    [
        ("payout", -9_269, "580000", "517100"),
        ("payout", 500, "517100", "580000"),
        ("payout_back", 9_269, "517100", "580000"),
        ("fee", -150, "627800", "517100"),
        ("fee", 150, "517100", "627800"),
        ("adjustment", -700, "471000", "517100"),
        ("adjustment", 700, "517100", "471000"),
    ],
    ids=[
        "sent to the bank",
        "Stripe takes from the bank",
        "refused by the bank",
        "a fee of the account",
        "a fee given back",
        "nobody knows why it left",
        "nobody knows why it came",
    ],
)
def test_a_line_is_an_entry_that_moves_517_by_its_net(
    movement: Movement, moved: int, debit: str, credit: str
) -> None:
    posting = posting_of_line(movement, "txn_1", "po_1", Money(moved), Money(0), ON)
    assert posting.source == "provider_line:txn_1"
    assert posting.gift_id is None
    assert posting.draft.on == ON
    sides = {(line.account, bool(line.debit)) for line in posting.draft.lines}
    assert sides == {(debit, True), (credit, False)}
    assert posting.draft.total == Money(abs(moved))


@pytest.mark.parametrize(("movement", "account"), [("payout", "580000"), ("adjustment", "471000")])
def test_the_fee_a_line_carries_is_a_fee(movement: Movement, account: str) -> None:
    posting = posting_of_line(movement, "txn_1", "po_1", Money(-10_000), Money(100), ON)
    moved = {line.account: (line.debit - line.credit).minor for line in posting.draft.lines}
    assert moved == {account: 10_000, "627800": 100, "517100": -10_100}


def test_a_line_in_another_currency_is_no_entry() -> None:
    with pytest.raises(EntryError):
        posting_of_line("fee", "txn_1", "", Money(-150, "USD"), Money(0, "USD"), ON)

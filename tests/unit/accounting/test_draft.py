"""An entry that the books cannot take cannot exist; accounts and journals have French names."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from portal.accounting.rules.chart import CHART, UnknownAccount, account_on
from portal.accounting.rules.draft import (
    BooksAreInEuros,
    Draft,
    EntryError,
    Line,
    MissingText,
    NotEnoughLines,
    NotOneSide,
    UnbalancedEntry,
    credit,
    debit,
)
from portal.accounting.rules.journals import (
    Journal,
    UnknownJournal,
    entry_number,
    journal_label,
)
from portal.core.money import Money

DAY = date(2026, 1, 5)
A_GIFT = Money(4700)


def draft_of(*lines: Line, label: str = "Don D1", piece_ref: str = "ch_A") -> Draft:
    return Draft(Journal.ONLINE_GIFTS, DAY, piece_ref, DAY, label, lines)


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ((debit("517100", A_GIFT), credit("754110", Money(4699))), UnbalancedEntry),
        ((debit("517100", A_GIFT), debit("754110", A_GIFT)), UnbalancedEntry),
        ((debit("517100", A_GIFT),), NotEnoughLines),
        ((), NotEnoughLines),
    ],
)
def test_an_entry_that_does_not_balance_cannot_exist(
    lines: tuple[Line, ...], error: type[EntryError]
) -> None:
    with pytest.raises(error):
        draft_of(*lines)


@pytest.mark.parametrize(
    ("debited", "credited"), [(0, 0), (100, 100), (-100, 0), (0, -100), (100, -100)]
)
def test_a_line_is_one_side_only(debited: int, credited: int) -> None:
    with pytest.raises(NotOneSide):
        Line("517100", Money(debited), Money(credited))


@pytest.mark.parametrize("texts", [{"label": " "}, {"piece_ref": ""}])
def test_an_entry_needs_its_label_and_its_voucher(texts: dict[str, str]) -> None:
    with pytest.raises(MissingText):
        draft_of(debit("517100", A_GIFT), credit("754110", A_GIFT), **texts)


def test_an_account_outside_the_chart_is_refused() -> None:
    with pytest.raises(UnknownAccount):
        draft_of(debit("999999", A_GIFT), credit("754110", A_GIFT))


@pytest.mark.parametrize("side", [debit, credit])
def test_the_books_are_in_euros(side: Any) -> None:
    with pytest.raises(BooksAreInEuros):
        side("517100", Money(4700, "USD"))


def test_a_line_in_two_currencies_is_refused() -> None:
    with pytest.raises(BooksAreInEuros):
        Line("517100", Money(4700, "USD"))


def test_an_account_s_wording_follows_the_chart_of_its_day() -> None:
    before, after = account_on("467000", date(2024, 12, 31)), account_on("467000", date(2025, 1, 1))

    assert before.label == "Autres comptes débiteurs ou créditeurs"
    assert after.label == "Divers comptes débiteurs et produits à recevoir"


def test_no_account_has_two_wordings_on_one_day() -> None:
    for day in (date(2020, 1, 1), date(2024, 12, 31), date(2025, 1, 1), DAY):
        codes = [account.code for account in CHART if account.holds_on(day)]
        assert len(codes) == len(set(codes))


def test_journals_have_a_name_and_number_their_entries() -> None:
    assert [journal_label(code) for code in ("DON", "CHQ", "BNQ", "CAI", "OD")] == [
        "Dons en ligne",
        "Chèques",
        "Banque",
        "Caisse",
        "Opérations diverses",
    ]
    assert entry_number("DON", 2026, 1) == "DON-2026-000001"


def test_a_journal_nobody_keeps_is_refused() -> None:
    with pytest.raises(UnknownJournal):
        journal_label("XXX")

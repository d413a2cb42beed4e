"""Several bank accounts of ours: each has its subdivision of 512, its ledger and its statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from portal.accounting.models import BankAccount, Entry
from portal.accounting.queries.bank_checks import bank_statement_matches_512
from portal.accounting.queries.bank_ledgers import ledger_of
from portal.accounting.queries.bank_proposals import proposals_for
from portal.accounting.queries.chart import account_on
from portal.accounting.queries.own_accounts import misplaced
from portal.accounting.rules.bank import MatchKind
from portal.accounting.rules.matching import Why
from portal.accounting.rules.own_accounts import next_code
from portal.accounting.services import bank
from portal.accounting.services.bank import GiftPart, MatchOrder
from portal.core.checks import run_checks
from portal.core.db import db
from portal.core.money import Money
from portal.core.roles import Role
from tests.factories.bank import NOVEMBER, all_lines, bring_in, line_of, to_donor
from tests.factories.books import balance_of, booked_gift
from tests.factories.closing import close_through
from tests.factories.handed_over import make_accountant
from tests.factories.people import make_donor
from tests.factories.statements import IBAN, OTHER_IBAN, Wire
from tests.pages import PageClient

LATER = dt.date(2026, 11, 4)


def accountant_id() -> int:
    return make_accountant().id


def broken() -> list[str]:
    return [check.name for check in run_checks() if not check.ok]


def the_accounts() -> list[BankAccount]:
    return list(db.session.scalars(sa.select(BankAccount).order_by(BankAccount.id)))


def entry_lines(source: str) -> list[tuple[str, int, int]]:
    entry = db.session.scalars(sa.select(Entry).where(Entry.source == source)).one()
    return [(x.account, x.debit_minor, x.credit_minor) for x in entry.lines]


def second_bank(*wires: Wire) -> bank.Imported:
    """A statement of the second account; the first has had one."""
    bring_in(Wire(100, text="PREMIERE"), iban=IBAN)
    bank.put_on_account([all_lines()[0].id], "758000", note="", by=accountant_id())
    return bring_in(*wires, iban=OTHER_IBAN)


@pytest.mark.parametrize(
    ("taken", "next_"),
    [
        (set(), "512100"),
        ({"512100"}, "512200"),
        ({"512100", "512300"}, "512200"),
        ({f"512{n}00" for n in range(1, 10)}, "512110"),
    ],
)
def test_subdivisions_are_given_in_order(taken: set[str], next_: str) -> None:
    assert next_code(taken) == next_


def test_each_account_is_a_subdivision_of_512_worded_as_the_account(app: Flask) -> None:
    second_bank(Wire(200, on=NOVEMBER))
    assert [each.ledger_code for each in the_accounts()] == ["512100", "512200"]
    assert account_on("512200", NOVEMBER).label == "Banque, compte 0189"
    assert account_on("512100", NOVEMBER).label == "Banque"


def test_a_transfer_between_two_of_our_accounts_leaves_nothing_on_58(app: Flask) -> None:
    bring_in(Wire(-30_000, text="VIR INTERNE"), iban=IBAN)
    bring_in(Wire(30_000, on=LATER, text="VIR INTERNE"), iban=OTHER_IBAN)
    for line in all_lines():
        (proposal,) = proposals_for([line])[line.id]
        assert (proposal.why, proposal.target) == ((Why.OWN_TRANSFER,), "580000")
        bank.match_line(line.id, bank.order_of(line, proposal), by=accountant_id())
    assert (balance_of("512100"), balance_of("512200")) == (Money(-30_000), Money(30_000))
    assert balance_of("580000") == Money(0)
    first, second = (ledger_of(each) for each in the_accounts())
    assert (first.closing, first.by_books) == (Money(70_000), Money(70_000))
    assert (second.closing, second.by_books) == (Money(130_000), Money(130_000))
    assert bank_statement_matches_512()[0]
    assert broken() == []


def test_a_gift_made_of_a_line_stands_on_its_account_and_goes_back_from_there(app: Flask) -> None:
    line = line_of(second_bank(Wire(5_000, on=NOVEMBER)))
    match = bank.match_line(line.id, to_donor(line, make_donor()), by=accountant_id())
    gift_id = match.parts[0].gift_id
    db.session.flush()
    bank.undo_match(match.id, reason="essai", by=accountant_id())
    assert entry_lines(f"gift:{gift_id}:settled")[0] == ("512200", 5_000, 0)
    assert entry_lines(f"gift:{gift_id}:settled:undone")[0] == ("512200", 0, 5_000)
    assert broken() == []


def test_a_recorded_gift_shown_by_another_account_is_moved_there_and_back(app: Flask) -> None:
    donor = make_donor()
    gift = booked_gift(donor=donor, on=NOVEMBER)
    line = line_of(second_bank(Wire(5_000, on=LATER)))
    part = GiftPart(amount=line.amount, gift_id=gift.id)
    match = bank.match_line(
        line.id, MatchOrder(kind=MatchKind.GIFT, parts=(part,)), by=accountant_id()
    )
    assert (balance_of("512100"), balance_of("512200")) == (Money(100), Money(5_000))
    moved = entry_lines(f"bank_part:{match.parts[0].id}:account")
    assert moved == [("512200", 5_000, 0), ("512100", 0, 5_000)]
    assert bank_statement_matches_512()[0]
    bank.undo_match(match.id, reason="essai", by=accountant_id())
    assert (balance_of("512100"), balance_of("512200")) == (Money(5_100), Money(0))
    assert broken() == []


def booked_as_when_all_was_one_account() -> None:
    db.session.execute(sa.text("set local session_replication_role = replica"))
    db.session.execute(sa.text("update entry_line set account = '512100' where account = '512200'"))
    db.session.execute(sa.text("set local session_replication_role = origin"))
    db.session.expire_all()


def test_what_was_booked_before_on_one_account_is_moved_by_an_act_once(
    app: Flask, signed_in_as: Callable[..., PageClient]
) -> None:
    line = line_of(second_bank(Wire(5_000, on=NOVEMBER)))
    bank.match_line(line.id, to_donor(line, make_donor()), by=accountant_id())
    booked_as_when_all_was_one_account()
    account = the_accounts()[1]
    assert [(each.booked, each.wanted) for each in misplaced()] == [("512100", "512200")]
    holds, words = bank_statement_matches_512()
    assert not holds
    assert "un autre compte bancaire" in words
    assert ledger_of(account).left == Money(0)
    page = signed_in_as(Role.ACCOUNTANT)
    path = f"/office/bank/accounts/{account.public_id}/rebook"
    assert "50,00" in page.get(path).text
    assert page.post(path, {}).status == 303
    assert bank.rebook_account(account.id, by=accountant_id()) == (0, Money(0))
    assert (balance_of("512100"), balance_of("512200")) == (Money(100), Money(5_000))
    assert bank_statement_matches_512()[0]
    assert broken() == []


def test_what_is_moved_out_of_a_closed_month_stands_on_the_first_open_day(app: Flask) -> None:
    october = dt.date(2026, 10, 5)
    line = line_of(second_bank(Wire(5_000, on=october)))
    match = bank.match_line(line.id, to_donor(line, make_donor()), by=accountant_id())
    booked_as_when_all_was_one_account()
    close_through(2026, 10)
    bank.rebook_account(the_accounts()[1].id, by=accountant_id())
    source = f"bank_part:{match.parts[0].id}:account"
    moved = db.session.scalars(sa.select(Entry).where(Entry.source == source)).one()
    assert (moved.date, moved.fact_on) == (dt.date(2026, 11, 1), october)
    assert ledger_of(the_accounts()[1]).agrees


def test_a_number_in_the_books_is_never_given_away(app: Flask) -> None:
    second_bank(Wire(200, on=NOVEMBER))
    first, second = the_accounts()
    with pytest.raises(bank.CodeInTheBooks):
        bank.number_account(first.id, code="512500", label="CCP", by=accountant_id())
    with pytest.raises(bank.CodeTaken):
        bank.number_account(second.id, code="512100", label="", by=accountant_id())
    bank.number_account(second.id, code="512500", label="Crédit d'essai", by=accountant_id())
    assert account_on("512500", NOVEMBER).label == "Crédit d'essai"
    given_away = (
        sa.update(BankAccount).where(BankAccount.id == first.id).values(ledger_code="512700")
    )
    with pytest.raises(IntegrityError, match="is in the books"):
        db.session.execute(given_away)


def test_an_account_is_known_before_its_first_statement(accountant: PageClient) -> None:
    path = "/office/bank/accounts/new"
    sent = {"iban": OTHER_IBAN, "ledger_code": "512700", "ledger_label": "Banque d'essai"}
    assert accountant.post(path, sent | {"iban": "FR76"}).status == 422
    assert accountant.post(path, sent | {"ledger_code": "411000"}).has("512")
    page = accountant.follow(accountant.post(path, sent))
    assert page.has("512700 Banque d'essai")
    assert accountant.post(path, sent).has("Ce compte est déjà connu.")
    bring_in(Wire(-1_000, text="VIR"), iban=OTHER_IBAN)
    assert [each.ledger_code for each in the_accounts()] == ["512700"]

"""Dedicated funds at the end of a year, and the CROD and the CER out of the books."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from portal.accounting.models import CrodTag, EntryLine
from portal.accounting.queries.crod import appeal, cer, crod, standing_figures
from portal.accounting.queries.funds import fund_years
from portal.accounting.rules.crod import FigureRow, StatementRow, UnknownRow
from portal.accounting.rules.dedicated import FundYear
from portal.accounting.services import closing, funds
from portal.accounting.services.funds import FigureOrder, FigureRefused
from portal.accounts.codes import DonorKind
from portal.core.checks import run_checks
from portal.core.db import db
from portal.core.money import Money
from portal.core.roles import Role
from portal.donations.codes import GiftMode, PurposeKind
from portal.donations.models import NoReceipt
from portal.programmes.codes import Programme
from tests.factories.books import balance_of, booked_gift, online_gift, refund
from tests.factories.closing import close_whole_year
from tests.factories.handed_over import token
from tests.factories.people import make_account, make_donor
from tests.pages import PageClient

FOOD = {"purpose": PurposeKind.PROGRAMME, "programme": Programme.FOOD}


def figure(year: int, row: FigureRow, minor: int, **given: Any) -> None:
    """A sum of the general ledger, all of it paid by generosity unless told."""
    values: dict[str, Any] = {
        "programme": None,
        "amount": Money(minor),
        "generosity": Money(given.pop("generosity", minor)),
        "piece_ref": "GL-1",
        "piece_on": date(year, 12, 31),
        "note": "",
        "form_token": token(),
    }
    order = FigureOrder(year=year, row=row, **(values | given))
    funds.enter_figure(order, by=make_account().id)


def spent(year: int, minor: int) -> None:
    figure(year, FigureRow.ABROAD_OWN, minor, programme=Programme.FOOD)


def food(year: int) -> FundYear:
    return next(fund for fund in fund_years(year) if fund.fund == "food")


def by_code(rows: list[StatementRow]) -> dict[str, int]:
    return {row.code: row.amount.minor for row in rows if row.amount}


def failing() -> list[str]:
    return [check.name for check in run_checks() if not check.ok]


def test_a_fund_is_carried_into_the_next_year_and_used_there(app: Flask) -> None:
    booked_gift(on=date(2024, 5, 2), amount_minor=50_000, **FOOD)
    spent(2024, 20_000)
    close_whole_year(2024)
    booked_gift(on=date(2025, 5, 2), amount_minor=10_000, **FOOD)
    spent(2025, 35_000)

    close_whole_year(2025)

    assert food(2025) == FundYear("food", Money(30_000), Money(10_000), Money(35_000))
    assert balance_of("196000") == Money(-5_000)
    assert balance_of("689600") == Money(35_000)  # 30 000 of 2024, 5 000 of 2025
    assert balance_of("789600") == Money(-30_000)
    assert failing() == []


def test_account_196_that_holds_something_else_than_the_funds_is_found(app: Flask) -> None:
    booked_gift(on=date(2025, 5, 2), amount_minor=50_000, **FOOD)
    close_whole_year(2025)
    on_196 = sa.update(EntryLine).where(EntryLine.account == "196000")
    db.session.execute(sa.text("set local session_replication_role = replica"))
    db.session.execute(on_196.values(tag="dedicated:health"))
    db.session.execute(sa.text("set local session_replication_role = origin"))

    assert "dedicated_funds_carried" in failing()


def test_the_cer_numbers_its_rows_as_the_regulation_does(app: Flask) -> None:
    booked_gift(on=date(2025, 5, 2), amount_minor=50_000, **FOOD)
    numbers = {row.code: row.number for row in cer(2025)}
    assert [numbers[code] for code in ("C3", "C4", "C6")] == ["3", "4", "5"]
    assert [numbers[code] for code in ("P1", "P4", "P5")] == ["1", "2", "3"]


def test_a_year_that_was_opened_again_is_computed_again(app: Flask) -> None:
    booked_gift(on=date(2025, 5, 2), amount_minor=50_000, **FOOD)
    year = close_whole_year(2025)
    with pytest.raises(FigureRefused, match="closed"):
        spent(2025, 1_000)
    request = closing.ask_to_reopen(year.id, reason="Dépenses", by=make_account().id)
    closing.agree_to_reopen(request.id, by=make_account().id)
    spent(2025, 1_000)

    close_whole_year(2025)

    assert balance_of("196000") == Money(-49_000)
    assert failing() == []


def test_what_the_fund_held_before_the_portal_is_entered_once(app: Flask) -> None:
    booked_gift(on=date(2025, 5, 2))
    figure(2025, FigureRow.OPENING, 70_000, programme=Programme.FOOD)
    spent(2025, 60_000)
    close_whole_year(2025)

    assert (food(2025).used, food(2026).opening) == (Money(60_000), Money(10_000))


def test_the_opening_of_the_next_year_is_computed_while_this_one_is_open(
    app: Flask, signed_in_as: Callable[..., PageClient]
) -> None:
    booked_gift(on=date(2025, 5, 2), amount_minor=50_000, **FOOD)
    spent(2025, 20_000)
    booked_gift(on=date(2026, 5, 2), amount_minor=10_000, **FOOD)
    spent(2026, 12_000)
    computed = food(2026)
    assert computed == FundYear("food", Money(30_000), Money(10_000), Money(12_000))
    assert food(2027).opening == Money(28_000)
    page = signed_in_as(Role.ACCOUNTANT).get("/office/books/funds?year=2026")
    assert "2025 n’est pas encore clos" in page.text

    close_whole_year(2025)

    assert food(2026) == computed
    assert (
        "2025 is not closed yet"
        not in signed_in_as(Role.ACCOUNTANT).get("/office/books/funds?year=2026").text
    )


def test_a_struck_figure_counts_no_more(app: Flask) -> None:
    booked_gift(on=date(2026, 5, 2), **FOOD)
    spent(2026, 1_000)
    (row,) = funds_figures(2026)
    funds.strike_figure(row, because="Autre exercice", by=make_account().id)

    assert food(2026).spent == Money(0)
    with pytest.raises(FigureRefused, match="struck"):
        funds.strike_figure(row, because="Encore", by=make_account().id)


def funds_figures(year: int) -> list[int]:
    return [each.id for each in standing_figures(year)]


@pytest.fixture
def year_of_gifts(app: Flask) -> None:
    """2025: every kind of income, a refund, fees, a gift in kind, costs of the general ledger."""
    company = make_donor(kind=DonorKind.COMPANY, company_name="Essai SARL")
    on = date(2025, 4, 1)
    refund(online_gift(on=on), 1_700, on=date(2025, 6, 1))
    booked_gift(on=on, amount_minor=20_000, **FOOD)
    booked_gift(on=on, amount_minor=80_000, donor=company)
    booked_gift(on=on, amount_minor=3_000, membership=True)
    booked_gift(on=on, amount_minor=2_500, membership=True, no_receipt=NoReceipt.COUNTERPART)
    booked_gift(on=on, amount_minor=9_900, mode=GiftMode.IN_KIND)
    spent(2025, 15_000)
    figure(2025, FigureRow.ABROAD_OWN, 50_000, generosity=40_000)
    figure(2025, FigureRow.RUNNING, 8_000)
    figure(2025, FigureRow.PUBLIC_GRANTS, 30_000, generosity=0)


def test_the_crod_adds_up_entries_and_the_general_ledger(year_of_gifts: None) -> None:
    rows = by_code(crod(2025))

    assert rows["P1.1"] == 3_000
    assert rows["P1.2a"] == 4_700 - 1_700 + 20_000
    assert rows["P1.2c"] == 80_000
    assert rows["P2.1"] == 2_500
    assert rows["P3"] == 30_000
    assert rows["C1.2a"] == 65_000
    assert rows["C2.1"] == 96
    assert rows["C6"] == 5_000
    assert rows["R"] == rows["PT"] - rows["CT"] == 138_500 - 78_096
    assert (rows["V1c"], rows["U1b"]) == (9_900, 9_900)
    gifts = next(row for row in crod(2025) if row.code == "P1.2a")
    assert (gifts.dedicated, gifts.not_dedicated) == (Money(20_000), Money(3_000))


def test_the_crod_says_the_same_before_and_after_the_year_is_closed(year_of_gifts: None) -> None:
    before = crod(2025), cer(2025)

    close_whole_year(2025)

    assert (crod(2025), cer(2025)) == before
    assert failing() == []


def test_the_cer_holds_generosity_alone_and_comes_to_one_sum(year_of_gifts: None) -> None:
    figure(2025, FigureRow.OPENING, 12_000)
    figure(2025, FigureRow.INVESTED, 1_000)
    rows = by_code(cer(2025))

    assert "P3" not in rows
    assert "P2.1" not in rows
    assert rows["C1"] == 55_000
    assert rows["resources_sum"] == 106_000
    assert rows["surplus"] == 106_000 - 55_000 - 96 - 8_000 - 5_000
    assert rows["uses_total"] == rows["resources_total"]
    assert rows["carried_end"] == 12_000 + rows["surplus"] - 1_000
    assert by_code(cer(2026))["carried_opening"] == rows["carried_end"]


def test_accounts_and_programmes_move_for_years_that_are_open(year_of_gifts: None) -> None:
    by = make_account().id
    funds.move_account("627800", "C3", since=2025, by=by)
    with pytest.raises(UnknownRow):
        funds.move_account("627800", "P1.1", since=2025, by=by)

    assert by_code(crod(2025))["C3"] == 8_096
    close_whole_year(2025)
    with pytest.raises(FigureRefused, match="closed"):
        funds.move_account("627800", "C2.1", since=2025, by=by)
    funds.move_account("627800", "C2.1", since=2026, by=by)
    assert by_code(crod(2025))["C3"] == 8_096


def test_the_threshold_of_the_law_is_held_against_what_the_public_gave(app: Flask) -> None:
    booked_gift(on=date(2026, 4, 1), amount_minor=153_000_00)
    assert not appeal(2026).over
    booked_gift(on=date(2026, 4, 2), amount_minor=1)
    assert appeal(2026).over


def test_no_figure_of_an_earlier_year_changes_a_closed_one(app: Flask) -> None:
    booked_gift(on=date(2025, 5, 2), amount_minor=50_000, **FOOD)
    spent(2025, 60_000)
    close_whole_year(2025)
    stands = by_code(crod(2025))

    with pytest.raises(FigureRefused, match="closed"):
        figure(2024, FigureRow.OPENING, 70_000, programme=Programme.FOOD)
    with pytest.raises(FigureRefused, match="closed"):
        funds.move_account("754110", "P2.4", since=2024, by=make_account().id)
    with pytest.raises(IntegrityError, match="later one, is closed"), db.session.begin_nested():
        db.session.execute(
            sa.insert(CrodTag), {"subject": "account:754110", "since": 2024, "row": "P2.4"}
        )

    assert by_code(crod(2025)) == stands
    assert failing() == []


def test_the_statements_of_a_year_opened_again_say_what_it_holds_now(app: Flask) -> None:
    booked_gift(on=date(2025, 5, 2), amount_minor=50_000, **FOOD)
    year = close_whole_year(2025)
    assert by_code(crod(2025))["C6"] == 50_000
    request = closing.ask_to_reopen(year.id, reason="Dépenses", by=make_account().id)
    closing.agree_to_reopen(request.id, by=make_account().id)

    spent(2025, 1_000)

    assert by_code(crod(2025))["C6"] == 49_000

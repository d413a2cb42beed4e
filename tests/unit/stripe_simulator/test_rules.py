"""What the simulator works out by itself: periods, fees, amounts in words, signatures."""

from __future__ import annotations

import ast
import calendar
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import portal.stripe_simulator
from portal.stripe_simulator.account import Account
from portal.stripe_simulator.agenda import TASKS
from portal.stripe_simulator.balance import card_fee, charge_fee
from portal.stripe_simulator.deliveries import signature
from portal.stripe_simulator.desk.commands import COMMANDS
from portal.stripe_simulator.desk.words import DESK
from portal.stripe_simulator.disputes import NEXT
from portal.stripe_simulator.faults import STATUSES
from portal.stripe_simulator.outcomes import OUTCOMES, Outcome
from portal.stripe_simulator.periods import period_end
from portal.stripe_simulator.server import create_app
from portal.stripe_simulator.store import Store
from portal.stripe_simulator.words import (
    WORDS,
    amount_in_words,
    frequency_in_words,
    language_of,
)


def at(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, 9, 30, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("start", "interval", "count", "periods", "end"),
    [
        (at(2026, 1, 15), "month", 1, 1, at(2026, 2, 15)),
        (at(2026, 1, 31), "month", 1, 1, at(2026, 2, 28)),
        (at(2026, 1, 31), "month", 1, 2, at(2026, 3, 31)),
        (at(2028, 1, 31), "month", 1, 1, at(2028, 2, 29)),
        (at(2026, 11, 30), "month", 3, 1, at(2027, 2, 28)),
        (at(2026, 12, 31), "month", 1, 1, at(2027, 1, 31)),
        (at(2028, 2, 29), "year", 1, 1, at(2029, 2, 28)),
        (at(2028, 2, 29), "year", 1, 4, at(2032, 2, 29)),
        (at(2026, 3, 1), "week", 2, 3, at(2026, 4, 12)),
        (at(2026, 2, 27), "day", 1, 2, at(2026, 3, 1)),
    ],
)
def test_a_period_ends_on_the_day_it_began_or_the_month_s_last(
    start: int, interval: str, count: int, periods: int, end: int
) -> None:
    assert period_end(start, interval, count, periods) == end


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1)),  # noqa: DTZ001 - zone is added below
    st.integers(1, 36),
    st.integers(1, 24),
)
def test_a_monthly_period_never_slips_into_another_month(
    start: datetime, count: int, periods: int
) -> None:
    begun = start.replace(tzinfo=UTC)
    end = datetime.fromtimestamp(period_end(int(begun.timestamp()), "month", count, periods), UTC)
    months = begun.year * 12 + begun.month - 1 + count * periods
    assert end.year * 12 + end.month - 1 == months
    assert end.day == min(begun.day, calendar.monthrange(end.year, end.month)[1])


@pytest.mark.parametrize(
    ("method", "amount", "fee"),
    [("card", 4700, 96), ("card", 100, 27), ("card", 33, 25), ("sepa_debit", 4700, 35)],
)
def test_the_fee_is_the_european_rate(method: str, amount: int, fee: int) -> None:
    assert charge_fee(method, amount) == fee


@given(st.integers(1, 10**8))
def test_a_card_fee_is_never_off_by_more_than_half_a_cent(amount: int) -> None:
    assert abs((card_fee(amount) - 25) * 1000 - amount * 15) <= 500


@pytest.mark.parametrize(
    ("minor", "currency", "language", "said"),
    [
        (4700, "eur", "fr", "47,00\u00a0€"),
        (4700, "eur", "en", "€47.00"),
        (123456789, "eur", "fr", "1\u202f234\u202f567,89\u00a0€"),
        (5, "usd", "en", "$0.05"),
        (500, "jpy", "fr", "500\u00a0JPY"),
        (410000, "khr", "en", "KHR\u00a04,100.00"),
        (5120, "kwd", "en", "KWD\u00a05.120"),
    ],
)
def test_amounts_are_written_as_people_write_them(
    minor: int, currency: str, language: str, said: str
) -> None:
    assert amount_in_words(minor, currency, language) == said


@pytest.mark.parametrize(
    ("interval", "count", "language", "said"),
    [
        ("month", 1, "fr", "chaque mois"),
        ("month", 3, "en", "every quarter"),
        ("month", 6, "fr", "tous les 6 mois"),
        ("week", 2, "en", "every 2 weeks"),
    ],
)
def test_how_often_is_said_in_words(interval: str, count: int, language: str, said: str) -> None:
    recurring = {"interval": interval, "interval_count": count}
    assert frequency_in_words(recurring, language) == said


@pytest.mark.parametrize(
    ("locale", "accepted", "language"),
    [
        ("fr", "en", "fr"),
        ("fr-CA", None, "fr"),
        ("en", "fr", "en"),
        ("de", "fr", "en"),
        ("auto", "fr", "fr"),
        (None, None, "en"),
    ],
)
def test_the_session_s_language_comes_first(
    locale: str | None, accepted: str | None, language: str
) -> None:
    assert language_of(locale, accepted) == language


def test_everything_is_said_in_both_languages() -> None:
    said = {**WORDS, **DESK, **dict(COMMANDS)}
    assert [name for name, words in said.items() if words.keys() != {"fr", "en"}] == []


def test_every_outcome_task_and_failure_has_its_words() -> None:
    outcomes = {each.code for each in OUTCOMES.values() if each.offered}
    refusals = {
        f"refused_{each.code}" for each in OUTCOMES.values() if each.offered and _refused(each)
    }
    needed = outcomes | {f"{code}_more" for code in outcomes} | refusals
    assert needed - WORDS.keys() == set()
    tasks = {f"task_{name}" for name in TASKS}
    statuses = {f"status_{name}" for name in NEXT}
    failures = {f"fault_{number}" for number in (0, *STATUSES)}
    assert (tasks | statuses | failures) - DESK.keys() == set()


def _refused(outcome: Outcome) -> bool:
    return outcome.method == "card" and outcome.failure is not None


def test_every_order_of_the_hand_is_listed_on_the_desk() -> None:
    listed = " ".join(address for address, _ in COMMANDS)
    for rule in create_app(Account(Store(Path(":memory:")), "x"), Silent()).url_map.iter_rules():  # type: ignore[arg-type]
        if rule.rule.startswith("/_sim/"):
            assert rule.rule.rstrip("/").rsplit("/", 1)[-1] in listed


class Silent:
    """Sends nothing."""

    def wake(self) -> None:
        """There is nobody to wake."""


def test_a_signature_is_an_hmac_of_stamp_and_payload() -> None:
    mac = "a0c091828640f0b68061abc7c03981ad1100ff7160c5dba6b656239494a2b537"
    header = signature(b'{"id": "evt_1"}', "whsec_test", 1_700_000_000)
    assert header == f"t=1700000000,v1={mac}"


def test_a_state_file_of_an_older_simulator_is_read(tmp_path: Path) -> None:
    file = tmp_path / "old.sqlite3"
    Store(file).close()
    with closing(sqlite3.connect(file)) as older, older:
        older.execute("pragma user_version = 0")
        older.execute("insert into settings values ('webhooks', 'hold'), ('clock_offset', '60')")
        older.execute("insert into agenda (due_at, task, subject) values (1, 'retry', 'sub_1')")
    store = Store(file)
    assert store.setting("webhooks", "{}") == "{}"
    assert store.setting("clock_offset", "0") == "60"
    assert store.rows("select * from agenda") == []
    store.close()


def test_it_stands_alone() -> None:
    folder = Path(portal.stripe_simulator.__file__).parent
    imported = {
        name
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in _names(node)
    }
    assert "stripe" not in imported
    own = {name for name in imported if name.split(".")[0] == "portal"}
    assert {name for name in own if not name.startswith("portal.stripe_simulator")} == set()


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return []

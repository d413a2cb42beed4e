"""The menus show what the reader may open, where they are, and what waits there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, g
from flask_login import AnonymousUserMixin

from portal.core.roles import Role
from portal.core.web import menu
from portal.core.web.menu import MenuItem

DONORS = MenuItem("donors.index", "Donors", "users", "People", 30, frozenset({Role.MATCHER}))
TODAY = MenuItem("office.today", "Today", "sun", "", 10)
JOURNAL = MenuItem(
    "accounting.journal", "Journal", "book", "Money", 20, frozenset({Role.ACCOUNTANT}), lambda: 3
)
GONE = MenuItem("nothing.here", "Nothing", "x", "Money", 40)


@pytest.fixture(autouse=True)
def only_these(monkeypatch: pytest.MonkeyPatch) -> None:
    """An office of four items, one of which leads nowhere."""
    shown: list[MenuItem] = []
    menu.register(shown, DONORS, JOURNAL, GONE)
    menu.register(shown, TODAY, DONORS)
    monkeypatch.setattr(menu, "OFFICE", shown)


def _menu(app: Flask, who: Any, path: str = "/office/donors") -> list[tuple[str, list[str]]]:
    with app.test_request_context(path):
        g._login_user = who
        groups = menu.office_menu()
        g.pop("_login_user", None)
    return [(group.label, [item.label for item in group.items]) for group in groups]


def _person(*roles: Role) -> Any:
    return SimpleNamespace(is_authenticated=True, role_set=frozenset(roles), id=1, language="en")


def test_each_role_sees_its_own_places_in_their_order(app: Flask) -> None:
    assert _menu(app, _person(Role.MATCHER)) == [("", ["Today"]), ("People", ["Donors"])]
    assert _menu(app, _person(Role.ACCOUNTANT)) == [("", ["Today"]), ("Money", ["Journal"])]


def test_an_administrator_sees_all_that_leads_somewhere(app: Flask) -> None:
    assert _menu(app, _person(Role.ADMINISTRATOR)) == [
        ("", ["Today"]),
        ("Money", ["Journal"]),
        ("People", ["Donors"]),
    ]


@pytest.mark.parametrize("who", [AnonymousUserMixin(), _person()], ids=["a stranger", "a sponsor"])
def test_others_see_nothing_of_the_office(app: Flask, who: Any) -> None:
    assert _menu(app, who) == []


def test_an_item_is_added_once() -> None:
    assert [item.endpoint for item in menu.OFFICE].count("donors.index") == 1


def test_the_place_one_is_at_is_marked_and_what_waits_is_counted(app: Flask) -> None:
    with app.test_request_context("/office/donors"):
        g._login_user = _person(Role.ADMINISTRATOR)
        items = {item.label: item for group in menu.office_menu() for item in group.items}
        g.pop("_login_user", None)
    assert [label for label, item in items.items() if item.current] == ["Donors"]
    assert (items["Journal"].count, items["Donors"].count) == (3, None)
    assert items["Donors"].url == "/office/donors"


PLANS = MenuItem("plans_office.plans", "Plans", "x", "Money", 50)
CALLS = MenuItem("plan_calls.plan_calls", "Calls", "x", "Money", 51)
RECONCILIATION = MenuItem(
    "gifts_office.reconciliation", "Stripe", "x", "Money", 52,
    also=frozenset({"gifts_office.payouts"}),
)  # fmt: skip
GIFTS = MenuItem("gifts_office.gifts", "Gifts", "x", "Money", 53)
A_ROW = "6c2b9dd4-2e2a-4f0e-9a3e-0f1c6c1c1c1c"


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        ("/office/", ["Today"]),
        ("/office/plans", ["Plans"]),
        (f"/office/plans/{A_ROW}", ["Plans"]),
        (f"/office/plans/{A_ROW}/stop", ["Plans"]),
        ("/office/plans/calls", ["Calls"]),
        (f"/office/plans/calls/{A_ROW}", ["Calls"]),
        (f"/office/gifts/{A_ROW}", ["Gifts"]),
        ("/office/stripe-reconciliation", ["Stripe"]),
        ("/office/stripe-payouts", ["Stripe"]),
        ("/office/money-back", []),
        ("/office/plansother", []),
    ],
)
def test_a_page_belongs_to_the_place_above_it(app: Flask, path: str, marked: list[str]) -> None:
    menu.register(menu.OFFICE, PLANS, CALLS, RECONCILIATION, GIFTS)
    with app.test_request_context(path):
        g._login_user = _person(Role.ADMINISTRATOR)
        shown = [item for group in menu.office_menu() for item in group.items]
        g.pop("_login_user", None)
    assert [item.label for item in shown if item.current] == marked

"""Who may enter: declared on every view, checked before it runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, g
from flask_login import AnonymousUserMixin
from werkzeug.exceptions import NotFound

from portal.config import Mode
from portal.core.roles import Role
from portal.core.web import audience
from portal.core.web.audience import demo_only, everyone, machine, needs, signed_in
from tests.conftest import TODAY

NOBODY = AnonymousUserMixin()


def _person(*roles: Role, minutes_ago: int = 0) -> Any:
    return SimpleNamespace(
        is_authenticated=True, role_set=frozenset(roles), id=7, language="fr",
        authenticated_at=TODAY - timedelta(minutes=minutes_ago),
    )  # fmt: skip


def _enter(app: Flask, view: Any, who: Any, method: str = "GET") -> str:
    """``in``, ``404``, or the endpoint they are sent to."""
    with app.test_request_context("/office/somewhere?a=1", method=method):
        g._login_user = who
        try:
            answer = view()
        except NotFound:
            return "404"
        finally:
            g.pop("_login_user", None)
        return answer if isinstance(answer, str) else str(answer.location)


def _view() -> str:
    return "in"


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("asked", list(Role))
def test_a_role_opens_its_own_pages_and_an_administrator_all(
    app: Flask, role: Role, asked: Role
) -> None:
    entered = _enter(app, needs(asked)(_view), _person(role))
    assert entered == ("in" if role in (asked, Role.ADMINISTRATOR) else "404")


def test_one_of_several_roles_is_enough(app: Flask) -> None:
    view = needs(Role.MATCHER, Role.EDITOR)(_view)
    assert _enter(app, view, _person(Role.EDITOR, Role.ACCOUNTANT)) == "in"
    assert _enter(app, view, _person(Role.ACCOUNTANT)) == "404"


def test_a_sponsor_does_not_even_learn_that_an_office_page_exists(app: Flask) -> None:
    assert _enter(app, needs(Role.MATCHER)(_view), _person()) == "404"


@pytest.mark.parametrize("guard", [signed_in, needs(Role.MATCHER), needs(Role.MATCHER, fresh=True)])
def test_a_stranger_is_asked_to_sign_in_and_comes_back_here(app: Flask, guard: Any) -> None:
    sent = _enter(app, guard(_view), NOBODY)
    assert sent.endswith("/sign-in?next=/office/somewhere?a%3D1") or "next=%2Foffice" in sent
    assert _enter(app, guard(_view), NOBODY, "POST").endswith(("next=/", "next=%2F"))


@pytest.mark.parametrize(("minutes", "entered"), [(0, True), (15, True), (16, False)])
def test_grave_acts_need_a_recent_sign_in(app: Flask, minutes: int, entered: bool) -> None:
    view = needs(Role.ACCOUNTANT, fresh=True)(_view)
    answer = _enter(app, view, _person(Role.ACCOUNTANT, minutes_ago=minutes))
    assert (answer == "in") is entered
    assert entered or "/confirm" in answer or "identity" in answer


def test_a_recent_sign_in_does_not_replace_the_role(app: Flask) -> None:
    assert _enter(app, needs(Role.ACCOUNTANT, fresh=True)(_view), _person(Role.EDITOR)) == "404"


@pytest.mark.parametrize(
    ("mode", "address", "entered"),
    [
        (Mode.DEMO, "http://127.0.0.1:8000", "in"),
        (Mode.DEMO, "https://demo.example.org", "404"),
        (Mode.PRODUCTION, "http://127.0.0.1:8000", "404"),
        (Mode.TEST, "http://localhost", "404"),
    ],
)
def test_demonstration_pages_exist_in_a_demonstration_on_loopback_only(
    app: Flask, mode: Mode, address: str, entered: str
) -> None:
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, mode=mode, public_url=address)
    try:
        assert _enter(app, demo_only(_view), NOBODY) == entered
    finally:
        app.extensions["settings"] = before


def test_everybody_and_programs_just_enter(app: Flask) -> None:
    @everyone
    def page() -> str:
        return "in"

    @machine
    def hook() -> str:
        return "in"

    assert _enter(app, page, NOBODY) == "in"
    assert _enter(app, hook, NOBODY, "POST") == "in"


def test_a_view_that_does_not_say_who_may_enter_stops_the_start() -> None:
    app = Flask("x")
    app.add_url_rule("/a", "declared", everyone(lambda: "a"))
    audience.check_every_endpoint(app)
    app.add_url_rule("/b", "forgotten", lambda: "b")
    app.add_url_rule("/c", "also_forgotten", lambda: "c")
    with pytest.raises(RuntimeError, match="no audience declared for: also_forgotten, forgotten"):
        audience.check_every_endpoint(app)


def test_the_table_names_roles_in_one_way() -> None:
    assert str(audience.audience_of(needs(Role.MATCHER, fresh=True)(_view))) == (
        "administrator|matcher (fresh)"
    )
    assert str(audience.audience_of(signed_in(_view))) == "signed_in"
    assert audience.audience_of(_view) is None


def test_who_acts_is_known_only_where_something_is_written(app: Flask) -> None:
    for method, actor in (("GET", None), ("HEAD", None), ("POST", 7), ("DELETE", 7)):
        with app.test_request_context("/", method=method):
            g._login_user = _person()
            for hook in app.before_request_funcs[None]:
                if hook.__name__ == "only_show":
                    hook()
            assert g.actor_id == actor, method
            g.pop("_login_user", None)

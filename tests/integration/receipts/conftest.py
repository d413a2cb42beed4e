"""People who read English, each at a browser of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, g, request_started

from portal.accounts.codes import Language
from portal.core.roles import Role
from tests.factories.people import make_account
from tests.pages import PageClient


@pytest.fixture(autouse=True)
def _each_request_knows_only_its_own_reader(_app: Flask) -> Iterator[None]:
    """The context of a test outlives its requests; who is signed in must not."""

    def forget(_sender: Flask, **_told: object) -> None:
        g.pop("_login_user", None)
        g.pop("_flask_babel", None)

    with request_started.connected_to(forget, _app):
        yield


@pytest.fixture
def accountant(signed_in_as: Callable[..., PageClient]) -> PageClient:
    return signed_in_as(make_account(roles=[Role.ACCOUNTANT], language=Language.EN))


@pytest.fixture
def sponsor(signed_in_as: Callable[..., PageClient]) -> PageClient:
    return signed_in_as(make_account(with_donor=True, language=Language.EN))

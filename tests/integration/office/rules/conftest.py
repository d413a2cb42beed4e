"""People of the head office who read English."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.accounts.codes import Language
from portal.core.roles import Role
from tests.factories.people import make_account
from tests.pages import PageClient


@pytest.fixture
def admin(signed_in_as: Callable[..., PageClient]) -> PageClient:
    return signed_in_as(make_account(roles=[Role.ADMINISTRATOR], language=Language.EN))


@pytest.fixture
def accountant(signed_in_as: Callable[..., PageClient]) -> PageClient:
    return signed_in_as(make_account(roles=[Role.ACCOUNTANT], language=Language.EN))

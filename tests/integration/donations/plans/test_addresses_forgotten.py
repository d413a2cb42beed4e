"""Orders that were kept with the secret of a mail's link lose it when the portal is brought up to date."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from alembic.operations import Operations

from portal.core.db import db, transaction
from portal.donations.models import OrderKind, OrderState, ProviderOrder
from portal.donations.services.orders import THE_PORTAL, digest, place, settle
from tests.integration.donations.plans.conftest import Running

MIGRATION = Path(__file__).resolve().parents[4] / "migrations/versions/0160_giving_mended.py"
SECRET = "http://localhost/en/plan/a-secret-of-a-mail"


def kept(running: Running, act: str, *, done: bool) -> ProviderOrder:
    """A page for another card as it was written down before."""
    params = {"collect": False, "customer": "cus_9", "language": "en"}
    with transaction():
        order = place(running.plan, OrderKind.METHOD_PAGE, params, act=act, by=THE_PORTAL)
        order.params = {**params, "success_url": SECRET, "cancel_url": SECRET}
        order.params_sha256 = digest(order.params)
        if done:
            settle(order)
    return order


def brought_up_to_date() -> None:
    found = spec_from_file_location("migration", MIGRATION)
    assert found is not None
    assert found.loader is not None
    migration: Any = module_from_spec(found)
    found.loader.exec_module(migration)
    with Operations.context(MigrationContext.configure(db.session.connection())):
        migration._forget_addresses_with_secrets()
    db.session.expire_all()


def test_the_secret_goes_and_what_was_not_answered_is_over(running: Running) -> None:
    done = kept(running, "first", done=True)
    asked = kept(running, "second", done=False)
    brought_up_to_date()
    for order in (done, asked):
        assert order.params == {"collect": False, "customer": "cus_9", "language": "en"}
        assert order.params_sha256 == digest(order.params)
    assert done.state is OrderState.DONE
    assert (asked.state, asked.problem) == (OrderState.REFUSED, "expired")

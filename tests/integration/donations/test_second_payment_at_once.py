"""The second gift of a form is worked on by one at a time, whichever way it was found."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core.db import db, transaction
from portal.donations.models import Gift
from portal.donations.services.converge import refresh_payment
from portal.donations.services.settlement import gift_of_payment
from tests.integration.donations import test_at_once as at_once

real = at_once.real


def test_the_second_gift_is_locked_when_it_is_found_by_the_first(real: Flask) -> None:
    first, intent, payments = at_once.paid_gift(real)
    again = payments.donor_pays(payments.session_of(first.public_id))
    refresh_payment(intent)
    refresh_payment(again)
    with transaction() as session:
        locked = session.get_one(Gift, first.id, with_for_update={"of": Gift})
        second = gift_of_payment(locked, payments.fetch_payment(again))
        assert second.id != first.id
        taken = sa.select(Gift.id).where(Gift.id == second.id).with_for_update(nowait=True)
        with db.engine.connect() as another, pytest.raises(sa.exc.OperationalError):
            another.execute(taken)

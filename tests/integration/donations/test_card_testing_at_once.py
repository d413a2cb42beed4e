"""Many attempts at the same instant, with real commits: each counts for the next one."""

from __future__ import annotations

from itertools import count

from flask import Flask

from portal.core.db import db
from portal.donations import services
from portal.donations.models import GivingAttempt
from portal.donations.rules.card_testing import MOST_UNPAID_OF_ALL
from tests.integration.donations.test_at_once import AT_ONCE, all_at_once, real

__all__ = ["real"]


def opened() -> int:
    return db.session.query(GivingAttempt).filter(GivingAttempt.passed_at.is_not(None)).count()


def stranger(number: int) -> services.Visitor:
    return services.Visitor(f"address{number}", f"device{number}", f"email{number}")


def test_hundreds_at_once_are_not_each_the_first(real: Flask) -> None:
    numbers = count()

    def tries() -> None:
        for _ in range(6):
            number = next(numbers)
            services.consider(stranger(number), f"form:{number}")

    assert all_at_once(real, tries) == []
    assert db.session.query(GivingAttempt).count() == 6 * AT_ONCE
    assert opened() == MOST_UNPAID_OF_ALL


def test_one_form_sent_many_times_at_once_is_one_attempt(real: Flask) -> None:
    assert all_at_once(real, lambda: services.consider(stranger(1), "the same form")) == []
    assert (db.session.query(GivingAttempt).count(), opened()) == (1, 1)

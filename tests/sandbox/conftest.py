"""Each scenario with the simulator; and with Stripe's own sandbox when ``STRIPE_TEST_KEY`` is set."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.actors import Actor
from tests.sandbox.real import RealActor
from tests.sandbox.simulated import SimulatedActor

KEY = os.environ.get("STRIPE_TEST_KEY", "")


@pytest.fixture(params=["simulator", *(["sandbox"] if KEY else [])])
def actor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Actor]:
    """Who brings the scenario about."""
    somebody: Actor = SimulatedActor(tmp_path) if request.param == "simulator" else RealActor(KEY)
    yield somebody
    somebody.goes()

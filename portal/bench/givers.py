"""Gifts that were really paid at the simulator, and the messages it tells about them."""

from __future__ import annotations

from typing import Any

import requests
from flask import Flask

from portal.accounts.rules import DonorDetails
from portal.bench.scratch import House, control
from portal.core.money import Money
from portal.donations import services
from portal.donations.codes import PurposeKind
from portal.donations.services.inbox import is_for_us
from portal.donations.services.provider import now

PAGE = 100


def paid_gifts(app: Flask, house: House, count: int) -> list[dict[str, Any]]:
    """Open so many gifts, pay each at the simulator; gives the messages it would have told."""
    control(house, "webhooks", {"mode": "drop"})
    with app.app_context(), requests.Session() as http:
        http.trust_env = False
        for number in range(count):
            _pay(http, number)
        return _messages(http, house)


def _pay(http: requests.Session, number: int) -> None:
    details = DonorDetails(
        email=f"donor{number}@example.org", first_name="Camille", last_name="Durand",
        city="Versailles",
    )  # fmt: skip
    order = services.GivingOrder(
        amount=Money(5_000),
        details=details,
        language=details.language,
        form_token=f"bench-{number}",
        purpose=PurposeKind.GENERAL,
    )
    page = services.begin_checkout(services.open_gift(order, now()))
    answer = http.post(page, data={"outcome": "paid"}, allow_redirects=False, timeout=30)
    answer.raise_for_status()


def _messages(http: requests.Session, house: House) -> list[dict[str, Any]]:
    """Every message of the simulator's that says something about a gift."""
    found: list[dict[str, Any]] = []
    asked: dict[str, Any] = {"limit": PAGE}
    while True:
        answer = http.get(
            f"{house.settings.simulator_url}/v1/events",
            params=asked,
            headers={"Authorization": "Bearer sk_test_sim_portal"},
            timeout=30,
        )
        answer.raise_for_status()
        page = answer.json()
        found += [one for one in page["data"] if is_for_us(one["type"])]
        if not page["has_more"]:
            return found
        asked["starting_after"] = page["data"][-1]["id"]

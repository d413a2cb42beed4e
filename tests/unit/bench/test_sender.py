"""The sender of the bench: what it sends is believed, what it measures is what came."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from portal.bench.scratch import _environment
from portal.bench.sender import Order, _part, messages
from portal.donations.stripe_gateway import events

ORDER = Order(
    port=8000,
    path="/webhooks/stripe",
    secret="whsec_bench",
    bodies=[{"id": "evt_1", "object": "event"}, {"id": "evt_2", "object": "event"}],
    run="001",
    seconds=1.0,
    connections=2,
)


def test_each_message_is_signed_and_has_an_id_of_its_own() -> None:
    ids = set()
    for request in messages(ORDER, 4):
        head, raw = request.split(b"\r\n\r\n")
        header = next(line for line in head.split(b"\r\n") if line.startswith(b"Stripe-Signature"))
        signature = header.split(b": ")[1].decode()
        events.check_signature(raw, signature, (ORDER.secret,), datetime.now(UTC))
        assert f"Content-Length: {len(raw)}".encode() in head
        ids.add(json.loads(raw)["id"])
    assert len(ids) == 4


@pytest.mark.parametrize(
    ("waits", "part", "milliseconds"),
    [([], 0.99, 0.0), ([0.001], 0.5, 1.0), ([0.001 * n for n in range(1, 101)], 0.99, 100.0)],
    ids=["nothing came", "one", "the ninety-ninth of a hundred is passed by one"],
)
def test_waits_are_told_in_milliseconds(
    waits: list[float], part: float, milliseconds: float
) -> None:
    assert _part(waits, part) == milliseconds


def test_a_scratch_house_knows_nothing_of_the_users_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    from pathlib import Path

    for name in ("DATABASE_URL", "STRIPE_SECRET_KEY", "PORTAL_MODE", "SMTP_URL", "SECRET_KEY"):
        monkeypatch.setenv(name, "the user's own")
    told = _environment(Path(str(tmp_path)))
    assert "the user's own" not in told.values()
    assert told["INSTANCE_DIR"] == str(tmp_path)

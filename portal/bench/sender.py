"""Sends signed messages to a webhook's door and measures each answer: a process of its own.

``python -m portal.bench.sender`` reads its order as JSON from standard input and prints what it
measured. Everything that is sent is made before the clock starts. With a ``rate`` the messages are
sent at their times whether the door keeps up or not, and the wait is counted from the time a
message was due; without one each connection sends as soon as the last answer came.
"""

from __future__ import annotations

import asyncio
import gc
import hashlib
import hmac
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

STARTED_FOR = 3.0
"""Seconds sent and not counted: the first requests of a process are no measure."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to send where. ``bodies`` are events as the provider makes them; each gets a new id."""

    port: int
    path: str
    secret: str
    bodies: list[dict[str, Any]]
    run: str
    seconds: float
    connections: int
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of it; waits in milliseconds, of the counted part alone."""

    accepted: int
    refused: int
    per_second: float
    p50_ms: float
    p99_ms: float
    worst_ms: float


def messages(order: Order, count: int) -> list[bytes]:
    """The requests, ready to be written; signed now, so to be sent within five minutes."""
    now = int(time.time())
    made = []
    for number in range(count):
        body = dict(order.bodies[number % len(order.bodies)])
        body["id"] = f"evt_bench{order.run}{number:08d}"
        raw = json.dumps(body).encode()
        signed = hmac.new(order.secret.encode(), b"%d." % now + raw, hashlib.sha256).hexdigest()
        head = (
            f"POST {order.path} HTTP/1.1\r\nHost: 127.0.0.1:{order.port}\r\n"
            f"Content-Type: application/json\r\nStripe-Signature: t={now},v1={signed}\r\n"
            f"Content-Length: {len(raw)}\r\n\r\n"
        )
        made.append(head.encode() + raw)
    return made


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
) -> int:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            await reader.readexactly(int(line.split(b":")[1]))
    return int(head.split(b" ", 2)[1])


async def _connection(
    order: Order,
    requests: Iterator[tuple[int, bytes]],
    began: float,
    done: list[tuple[float, float, int]],
) -> None:
    reader = writer = None
    end = began + STARTED_FOR + order.seconds
    for number, request in requests:
        due = time.perf_counter() if order.rate is None else began + number / order.rate
        if due >= end or time.perf_counter() >= end:
            break
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        status = 0
        try:
            if writer is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", order.port)
            assert reader is not None
            status = await _exchange(reader, writer, request)
        except (OSError, asyncio.IncompleteReadError):
            writer = None  # the server closed it; the next message opens another
        done.append((due, time.perf_counter() - due, status))
    if writer is not None:
        writer.close()


async def _send(order: Order, requests: list[bytes]) -> list[tuple[float, float, int]]:
    waiting = iter(enumerate(requests))
    done: list[tuple[float, float, int]] = []
    began = time.perf_counter()
    await asyncio.gather(
        *(_connection(order, waiting, began, done) for _ in range(order.connections))
    )
    return [one for one in done if one[0] >= began + STARTED_FOR]


def measure(order: Order) -> Measured:
    """Send for so many seconds and say what came of it."""
    most = int((order.rate or 2_000) * (STARTED_FOR + order.seconds)) + 1
    requests = messages(order, most)
    gc.collect()
    gc.disable()
    done = asyncio.run(_send(order, requests))
    waits = sorted(wait for _due, wait, status in done if status == 200)
    accepted = len(waits)
    return Measured(
        accepted=accepted,
        refused=len(done) - accepted,
        per_second=round(accepted / order.seconds, 1),
        p50_ms=_part(waits, 0.50),
        p99_ms=_part(waits, 0.99),
        worst_ms=_part(waits, 1.0),
    )


def _part(waits: list[float], part: float) -> float:
    if not waits:
        return 0.0
    return round(1000 * waits[min(len(waits) - 1, int(part * len(waits)))], 1)


if __name__ == "__main__":
    print(json.dumps(asdict(measure(Order(**json.load(sys.stdin))))))  # noqa: T201

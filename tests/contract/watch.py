"""Somebody at the simulator's door who holds every request and every answer against Stripe's description.

A request that the description does not know must have been refused; an answer must be one that Stripe
could have given. `watched` puts a simulator under that watch for the length of a ``with``.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from portal.stripe_simulator import Simulator
from tests.contract.description import description
from tests.contract.form_encoding import decoded

API = "/v1/"


@dataclass
class Watch:
    """A WSGI application around another one; what was wrong is kept in ``broken``."""

    inner: Any
    broken: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(API):
            answer: Iterable[bytes] = self.inner(environ, start)
            return answer
        asked = _asked(environ)
        told: dict[str, Any] = {}

        def begin(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            told.update(status=int(status[:3]), type=dict(headers).get("Content-Type", ""))
            return start(status, headers, *rest)

        body = _whole(self.inner(environ, begin))
        what = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        self.broken += [f"{what}: {each}" for each in self._faults(environ, asked, told, body)]
        return [body]

    def _faults(
        self, environ: dict[str, Any], asked: dict[str, Any], told: dict[str, Any], body: bytes
    ) -> Iterator[str]:
        status = told["status"]
        name = description().operation_of(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        if name is None:
            if status < 400:
                yield "Stripe has no such operation"
            return
        self.seen.add(name)
        wrong = description().wrong_request(name, asked)
        if wrong and status < 400:
            yield f"taken though its request is wrong, {wrong}"
        if not told["type"].startswith("application/json"):
            return  # an answer spoilt on purpose
        answer = json.loads(body)
        if fault := description().wrong_answer(name, status, answer):
            yield f"answered {status} with what is wrong, {fault}"
        for event in _events_in(answer):
            if fault := wrong_subject(event):
                yield f"{event['type']} tells what is wrong, {fault}"


def wrong_subject(event: dict[str, Any]) -> str:
    """What is wrong with the object an event tells of; empty when nothing."""
    subject = event["data"]["object"]
    if event["type"] == "invoice.upcoming":
        subject = {"id": "in_that_has_no_id_yet", **subject}
    return description().wrong_object(subject)


@contextmanager
def watched(simulator: Simulator) -> Iterator[Watch]:
    """Put the simulator under watch; raises AssertionError at the end when anything was wrong."""
    description()  # read before anybody waits for an answer
    server = simulator._server
    watch = Watch(server.app)
    server.app = watch
    yield watch
    assert not watch.broken, "\n".join(watch.broken)


def _asked(environ: dict[str, Any]) -> dict[str, Any]:
    if environ["REQUEST_METHOD"] != "POST":
        return decoded(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(raw)
    return decoded(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))


def _whole(parts: Iterable[bytes]) -> bytes:
    try:
        return b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()


def _events_in(answer: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(answer, dict):
        return
    if answer.get("object") == "event":
        yield answer
    elif answer.get("object") == "list":
        yield from (each for each in answer["data"] if each.get("object") == "event")

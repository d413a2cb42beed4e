"""Tasks for the tests of the queue, registered as a feature would."""

from __future__ import annotations

from portal.core.db import transaction
from portal.core.jobs import RETRY, defer, jobs
from portal.core.mail.outbox import post_ready


def _note(key: str) -> None:
    post_ready(to="a@example.org", language="fr", key=key, subject=key, text="t", html="<p>t</p>")


@jobs.task(queue="default", name="tests.note")
def note(key: str) -> None:
    """Leave a letter in the outbox, so that one sees it was done."""
    with transaction():
        _note(key)


@jobs.task(queue="default", name="tests.chain")
def chain(key: str) -> None:
    """Leave a letter and have another job leave a second one."""
    with transaction():
        _note(key)
        defer(note, key=f"{key} again")


@jobs.task(queue="default", name="tests.fail", retry=RETRY)
def fail() -> None:
    """Never succeeds, and is tried again."""
    raise OSError("Claire Canari is away")


@jobs.task(queue="default", name="tests.break")
def break_down() -> None:
    """Never succeeds, and is given up."""
    raise ValueError("Claire Canari is away")

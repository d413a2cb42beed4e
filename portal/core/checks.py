"""The books check themselves: each feature brings what must always be true of its rows.

A feature registers its checks in its ``wiring``; ``portal books check`` and the accountant's
page run them all. A check only reads.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass

from flask_babel import gettext as _

from portal.core.db import db

log = logging.getLogger(__name__)

Verdict = tuple[bool, str]


@dataclass(frozen=True, slots=True)
class Check:
    """What must always be true. ``name`` is its code, ``label`` an English msgid."""

    name: str
    run: Callable[[], Verdict]
    label: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found; ``label`` and ``detail`` are words in the language of the moment."""

    name: str
    label: str
    ok: bool
    detail: str


_CHECKS: dict[str, Check] = {}


def register_check(name: str, fn: Callable[[], Verdict], label: str = "") -> None:
    """Add a check, or replace the one of that name.

    ``fn`` gives whether it holds and a sentence: what was compared, or what is wrong and where
    (translated by the feature, in the language of the moment). ``label`` is a short sentence
    that says what must be true.
    """
    _CHECKS[name] = Check(name, fn, label or name.replace("_", " ").capitalize())


def label_of(name: str) -> str:
    """The English msgid of a check; its name when it is no longer made."""
    known = _CHECKS.get(name)
    return known.label if known else name


def run_checks(names: Collection[str] | None = None) -> list[CheckResult]:
    """Run every check, or those named, in the order they were registered. One that breaks has not held."""
    wanted = [check for check in _CHECKS.values() if names is None or check.name in names]
    return [_run(check) for check in wanted]


def _run(check: Check) -> CheckResult:
    try:
        with db.session.begin_nested():
            ok, detail = check.run()
    except Exception as error:  # a check that cannot be made must not hide the others
        log.exception("check %s broke", check.name)
        ok, detail = (
            False,
            _("This check could not be made: %(error)s.", error=type(error).__name__),
        )
    return CheckResult(check.name, _(check.label), ok, detail)

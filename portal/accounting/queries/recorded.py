"""What the last check of the books wrote down, and whether one is under way."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from flask_babel import gettext as _

from portal.core.audit import AuditEntry
from portal.core.checks import label_of
from portal.core.db import db
from portal.core.i18n import language

CHECKED: Final = "books.checked"
CHECK_ASKED: Final = "books.check_asked"
PATIENCE: Final = dt.timedelta(minutes=10)
"""A check that was asked for and wrote nothing down after that long is no longer waited for."""


def last_check() -> AuditEntry | None:
    """The last check that was recorded; ``after`` holds ``ok``, and each check with its detail."""
    return _newest(CHECKED)


def _newest(*actions: str) -> AuditEntry | None:
    chosen = sa.select(AuditEntry).where(AuditEntry.subject == "books")
    chosen = chosen.where(AuditEntry.action.in_(actions)).order_by(AuditEntry.id.desc()).limit(1)
    return db.session.scalar(chosen)


def check_under_way(now: dt.datetime) -> bool:
    """Whether somebody asked for a check that has not written its result down yet."""
    newest = _newest(CHECKED, CHECK_ASKED)
    return newest is not None and newest.action == CHECK_ASKED and now - newest.at < PATIENCE


@dataclass(frozen=True, slots=True)
class KeptResult:
    """What a check found when it was last made; in the reader's language."""

    label: str
    detail: str
    ok: bool
    name: str = ""


def kept_results(entry: AuditEntry | None) -> list[KeptResult]:
    """The checks of a recorded result, those that failed first."""
    told = (entry.after or {}) if entry else {}
    said = told.get("said", {}).get(language(), {})
    results = [
        KeptResult(
            _(label_of(each["name"])),
            said.get(each["name"], each["detail"]),
            each["ok"],
            each["name"],
        )
        for each in told.get("checks", ())
    ]
    return sorted(results, key=lambda result: result.ok)


def checks_failed() -> int:
    """How many checks did not hold when they were last made."""
    last = last_check()
    told = (last.after or {}) if last else {}
    return sum(not each["ok"] for each in told.get("checks", ()))

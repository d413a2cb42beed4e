"""The books check themselves, and the result is written down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portal.accounting.queries.recorded import CHECKED
from portal.core import audit
from portal.core.checks import CheckResult, run_checks
from portal.core.db import transaction
from portal.core.i18n import in_language


def told(results: Sequence[CheckResult]) -> dict[str, Any]:
    """The result as ``portal books check --json`` prints it."""
    checks = [{"name": r.name, "ok": r.ok, "detail": r.detail} for r in results]
    return {"ok": all(result.ok for result in results), "checks": checks}


def check_and_record(by: int | None = None) -> bool:
    """Run every check and keep the result, worded in each language; gives whether all held."""
    with transaction():
        with in_language("en"):
            result = told(run_checks())
        with in_language("fr"):
            french = {each.name: each.detail for each in run_checks()}
        audit.record(CHECKED, "books", after={**result, "said": {"fr": french}}, actor_id=by)
    return bool(result["ok"])

"""New versions of rules with dates, as an administrator would write them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from portal.core.dated_rules.book import rule_book
from portal.core.dated_rules.kinds import kind_named
from portal.core.dated_rules.models import DatedRule
from portal.core.dated_rules.writing import Proposal, newest_number, write_version
from tests.factories.people import make_account

NOW = dt.datetime(2026, 11, 22, 10, 0, tzinfo=dt.UTC)


def make_version(kind: str, code: str, since: dt.date, **changes: Any) -> DatedRule:
    """What the rule says last, with these changes, from that day on; written on 22 November 2026."""
    found = kind_named(kind)
    assert found is not None
    of_rule = rule_book().periods(kind, code)
    value = {**(of_rule[-1].version.value if of_rule else {}), **changes}
    proposal = Proposal(
        code=code,
        since=since,
        value=value,
        source="loi d’exemple",
        reason="the law changes",
        after=newest_number(found, code),
    )
    row = write_version(found, proposal, by=make_account().id, at=NOW)
    assert row is not None
    return row

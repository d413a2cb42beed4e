"""What a period holds: how many entries, the last number of each journal, the sum, one SHA-256.

The SHA-256 is over the entries in the order of their numbers, one a line, written out by
``_CANONICAL`` (docs/rules/closing.md): whoever has the database can compute it again without us.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.accounting.models import ClosedPeriod, PeriodKind
from portal.core.checks import Verdict
from portal.core.db import db
from portal.core.i18n import day
from portal.core.money import Money

_ENTRIES: Final = r"""
from entry e where e.date between :first and :last and (:year or e.source not like 'dedicated:%')"""

_CANONICAL: Final = r"""
concat_ws(E'\t', e.number, to_char(e.date, 'YYYY-MM-DD'),
  coalesce(to_char(e.fact_on, 'YYYY-MM-DD'), ''), to_json(e.piece_ref)::text,
  to_char(e.piece_date, 'YYYY-MM-DD'), to_json(e.label)::text,
  to_char(e.validated_on, 'YYYY-MM-DD'), to_json(e.source)::text,
  (select string_agg(concat_ws(' ', l.position, l.account, l.debit_minor, l.credit_minor,
     to_json(l.tag)::text, coalesce(l.foreign_minor::text, ''), coalesce(l.foreign_currency, '')),
     ';' order by l.position, l.id) from entry_line l where l.entry_id = e.id))"""

_HASH: Final = rf"""
select encode(sha256(convert_to(coalesce(string_agg({_CANONICAL}, E'\n'
  order by e.journal collate "C", e.sequence), ''), 'UTF8')), 'hex') {_ENTRIES}"""
_LAST: Final = f"select e.journal, (array_agg(e.number order by e.sequence desc))[1] {_ENTRIES} group by e.journal order by 1"
_SUM: Final = f"""
select count(distinct e.id), coalesce(sum(l.debit_minor), 0)
{_ENTRIES.replace("where", "join entry_line l on l.entry_id = e.id where", 1)}"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a period holds at a moment."""

    entries: int
    debit: Money
    last_numbers: dict[str, str]
    sha256: str


def snapshot(first: date, last: date, kind: PeriodKind) -> Snapshot:
    """What stands in these days now; a month without its year-end entries, which come later."""
    named = {"first": first, "last": last, "year": kind is PeriodKind.YEAR}
    count, moved = db.session.execute(sa.text(_SUM), named).one()
    numbers: Any = db.session.execute(sa.text(_LAST), named).all()
    digest = db.session.execute(sa.text(_HASH), named).scalar_one()
    return Snapshot(int(count), Money(int(moved)), {row[0]: row[1] for row in numbers}, digest)


def closed_periods_unchanged() -> Verdict:
    """Each closed period still holds what it held when it was closed."""
    closed = db.session.scalars(
        sa.select(ClosedPeriod).where(ClosedPeriod.live).order_by(ClosedPeriod.first_on)
    ).all()
    wrong = [period for period in closed if not _same(period)]
    if wrong:
        named = ", ".join(f"{day(each.first_on)} – {day(each.last_on)}" for each in wrong[:5])
        return False, _("Closed and changed since: %(periods)s.", periods=named)
    if not closed:
        return True, _("No period is closed yet.")
    return True, ngettext(
        "%(num)d closed period is as it was closed.",
        "All %(num)d closed periods are as they were closed.",
        len(closed),
    )


def _same(period: ClosedPeriod) -> bool:
    now = snapshot(period.first_on, period.last_on, period.kind)
    return (now.entries, now.debit.minor, now.last_numbers, now.sha256) == (
        period.entries,
        period.debit_minor,
        period.last_numbers,
        period.sha256,
    )

"""The provider's books beside ours: read what it has, compare, keep what differs until it is explained.

A run reads the payouts and the balance first, each part in a transaction of its own, then compares
by a handful of statements over whole tables. A difference is kept once, by both its sums: seen
again it is the same finding, no longer seen it is gone, explained it stays explained.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from typing import Any, Final

import sqlalchemy as sa

from portal.core import audit
from portal.core.db import db, transaction
from portal.core.money import Money
from portal.donations.differences import FACTS, STATEMENTS
from portal.donations.gateway import GatewayError
from portal.donations.models import Finding, ReconciliationRun
from portal.donations.rules.reconciliation import (
    NO_PATIENCE,
    OVERDUE,
    OVERLAP,
    SHORT_OVERLAP,
    FindingKind,
    FindingState,
    ask_since,
    events_since,
)
from portal.donations.services.gap import fill_gap
from portal.donations.services.inbox import process_event
from portal.donations.services.ledger import read_ledger
from portal.donations.services.payouts import MAY_STILL_FAIL, attribute_lines, read_payouts
from portal.donations.services.provider import now, payments

log = logging.getLogger(__name__)
_MISSING: Final = (
    FindingKind.CHARGE_MISSING,
    FindingKind.REFUND_MISSING,
    FindingKind.DISPUTE_MISSING,
)

_KEEP: Final = """
insert into reconciliation_finding (key, kind, subject, about, gift_id, happened_at,
  expected_minor, found_minor, currency, first_run_id, last_run_id)
select distinct on (key) key, :kind, subject, about, gift_id, happened_at,
  expected, found, currency, :run, :run
from (select cast(:kind as text) || ':' || subject || ':' || currency || ':'
        || coalesce(expected::text, '-') || ':' || coalesce(found::text, '-') as key, d.*
      from ({statement}) d) d
on conflict (key) do update set last_run_id = excluded.last_run_id,
  state = case when reconciliation_finding.state = 'gone' then 'open'
               else reconciliation_finding.state end,
  resolved_at = case when reconciliation_finding.state = 'gone' then null
                     else reconciliation_finding.resolved_at end"""

_BALANCE: Final = """
select currency as subject, '' as about, null::bigint as gift_id,
  cast(:at as timestamptz) as happened_at, expected, found, currency
from (select coalesce(t.currency, l.currency) as currency, coalesce(l.net, 0)::bigint as expected,
        coalesce(t.held, 0)::bigint as found
      from unnest(cast(:currencies as text[]), cast(:held as bigint[])) as t (currency, held)
      full join (select currency, sum(net_minor) as net from provider_line group by currency) l
        on l.currency = t.currency) b
where expected <> found"""


class AlreadyExplained(Exception):
    """This finding is no longer open."""


def reconcile(*, by: int | None = None, patience: dt.timedelta = NO_PATIENCE) -> int:
    """Hear what was never told, read the provider's books, compare; gives the run's id.

    Each step is its own transaction. When the provider does not answer to the end the run says so
    in `problem`, nothing is compared, and the next run begins where the last whole one ended.
    ``patience``: charges younger than that are left to the next run.
    """
    run_id = _begin(by)
    try:
        hear_what_was_missed(run_id)
        covered = read_provider()
        if _something_is_missing():
            read_ledger(covered - OVERLAP)  # a gift that came while the lines were read
        compare(run_id, covered, patience)
        _compare_balance(run_id)
    except GatewayError as error:
        log.warning("reconciliation %s broke off: %s", run_id, type(error).__name__)
        _end(run_id, problem=f"{type(error).__name__}: {error}"[:500])
        return run_id
    _end(run_id, covered=covered)
    return run_id


def hear_what_was_missed(run_id: int) -> None:
    """Put the provider's messages the inbox lacks into it, and work them off.

    One that fails stays in the inbox, for the sweep or for a person. Raises GatewayError.
    """
    at = now()
    missed = fill_gap(events_since(at, _events_until()))
    for event_id in missed:
        try:
            process_event(event_id)
        except Exception:
            log.exception("message %s, found late, could not be worked off", event_id)
    with transaction() as session:
        run = session.get_one(ReconciliationRun, run_id)
        run.events_until, run.events_found = at, len(missed)


def read_new_lines() -> None:
    """Between two comparisons: what the balance has new since the last whole reading."""
    read_provider(SHORT_OVERLAP)


def reconciliation_is_overdue() -> bool:
    """Whether no whole comparison was made for more than a day."""
    before = covered_until()
    return before is None or now() - before > OVERDUE


def read_provider(overlap: dt.timedelta = OVERLAP) -> dt.datetime:
    """Read the provider's lines and payouts made since the last whole reading.

    Gives the instant up to which they are now read whole. Raises GatewayError.
    """
    at, before = now(), covered_until()
    since = ask_since(before)
    read_ledger(since if before is None else before - overlap)
    read_payouts(since if before is None else before - MAY_STILL_FAIL)
    attribute_lines()
    return at


def covered_until() -> dt.datetime | None:
    """The instant up to which the ledger was read whole, None before the first time."""
    return db.session.scalar(sa.select(sa.func.max(ReconciliationRun.covered_until)))


def _events_until() -> dt.datetime | None:
    return db.session.scalar(sa.select(sa.func.max(ReconciliationRun.events_until)))


def compare(run_id: int, covered: dt.datetime, patience: dt.timedelta) -> None:
    """Compare everything and keep what differs as this run's findings."""
    facts = FACTS | {"covered": covered, "young": covered - patience}
    with transaction():
        for kind, statement in STATEMENTS.items():
            _keep(run_id, kind, statement, facts)
        _forget(run_id, STATEMENTS)


def explain(finding_id: int, note: str, *, by: int) -> None:
    """A person says why a difference is right, or what was done about it.

    Raises AlreadyExplained when it is open no more.
    """
    with transaction() as session:
        finding = session.get_one(
            Finding, finding_id, with_for_update={"of": Finding}, populate_existing=True
        )
        if finding.state is not FindingState.OPEN:
            raise AlreadyExplained
        finding.state, finding.note = FindingState.EXPLAINED, note
        finding.resolved_at, finding.resolved_by = now(), by
        audit.record(
            "reconciliation.explained",
            f"finding:{finding.id}",
            before={"kind": finding.kind, "subject": finding.subject},
            after={"expected": finding.expected, "found": finding.found},
            note=note,
            actor_id=by,
        )


def _begin(by: int | None) -> int:
    with transaction() as session:
        run = ReconciliationRun(started_at=now(), asked_by=by)
        session.add(run)
        session.flush()
        return run.id


def _end(run_id: int, *, covered: dt.datetime | None = None, problem: str = "") -> None:
    with transaction() as session:
        run = session.get_one(ReconciliationRun, run_id)
        run.finished_at, run.covered_until, run.problem = now(), covered, problem
        counts = session.execute(
            sa.text(
                "select (select count(*) from provider_line) as lines,"
                " (select count(*) from provider_line where imported_at >= :at) as new,"
                " (select count(*) from payout) as payouts"
            ),
            {"at": run.started_at},
        ).one()
        run.lines_compared, run.lines_new, run.payouts_compared = counts


def _keep(run_id: int, kind: FindingKind, statement: str, facts: dict[str, Any]) -> None:
    named = {"kind": kind.value, "run": run_id, **_named_in(statement, facts)}
    db.session.execute(sa.text(_KEEP.format(statement=statement)), named)


def _named_in(statement: str, facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if f":{name}" in statement}


def _something_is_missing() -> bool:
    """Whether we show money the provider's lines read so far do not."""
    return any(
        db.session.execute(sa.text(STATEMENTS[kind]), _named_in(STATEMENTS[kind], FACTS)).first()
        for kind in _MISSING
    )


def _forget(run_id: int, kinds: Iterable[FindingKind]) -> None:
    """What was open and is no longer found is gone."""
    db.session.execute(
        sa.update(Finding)
        .where(
            Finding.state == FindingState.OPEN,
            Finding.kind.in_(list(kinds)),
            Finding.last_run_id != run_id,
        )
        .values(state=FindingState.GONE, resolved_at=now())
    )


def _compare_balance(run_id: int) -> None:
    """What the provider says it holds beside the sum of its lines, currency by currency."""
    held = payments().balance()
    if _balance_differs(held):
        read_ledger(now() - OVERLAP)  # money may have moved while we read
        held = payments().balance()
    facts = {"at": now(), **_held(held)}
    with transaction():
        _keep(run_id, FindingKind.BALANCE_DIFFERS, _BALANCE, facts)
        _forget(run_id, [FindingKind.BALANCE_DIFFERS])


def _balance_differs(held: tuple[Money, ...]) -> bool:
    asked = {"at": now(), **_held(held)}
    return db.session.execute(sa.text(_BALANCE), asked).first() is not None


def _held(held: tuple[Money, ...]) -> dict[str, Any]:
    return {
        "currencies": [money.currency for money in held],
        "held": [money.minor for money in held],
    }

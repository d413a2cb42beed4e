"""The annual run: everybody once, blocked ones named, resumed where it was broken off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.core.pdf import PrintingLibrariesMissing
from portal.receipts import tasks
from portal.receipts.models import Receipt, ReceiptRun, RunState
from portal.receipts.printing import PaperOrder, PrintedPaper, PrintFault
from portal.receipts.queries.runs import faults_of, outcome_of
from portal.receipts.services import (
    YearNotOver,
    continue_run,
    dry_run,
    issue_receipt,
    resume_run,
    retry_faults,
    start_run,
)
from tests.factories.people import make_account, make_donor
from tests.factories.receipts import NOW, make_received_gift, plain_paper, plain_papers
from tests.jobs import run_due_jobs


class PowerCut(Exception):
    """The worker dies."""


def _three_donors() -> list[str]:
    donors = [make_donor() for _ in range(3)]
    for donor in donors:
        make_received_gift(donor)
    return [donor.ref for donor in donors]


def _sequences() -> list[int]:
    return list(db.session.scalars(sa.select(Receipt.sequence).order_by(Receipt.sequence)))


def test_a_dry_run_says_what_would_happen_and_keeps_nothing(app: Flask) -> None:
    _three_donors()
    make_received_gift(make_donor(address1="", city=""), amount_minor=999)
    plan = dry_run(2025, NOW)
    assert (len(plan.ready), plan.amount.minor) == (3, 15000)
    assert [each.reasons[0].code for each in plan.blocked] == ["incomplete_address"]
    assert plan.blocked_amount.minor == 999
    assert _sequences() == []


def test_the_run_issues_everybody_once_and_a_second_run_nothing(app: Flask) -> None:
    _three_donors()
    first = continue_run(start_run(2025, at=NOW).id, printer=plain_papers)
    assert first.state is RunState.DONE
    assert (first.done, first.total) == (3, 3)
    assert outcome_of(first.id).last_number == "R2025-000003"
    second = continue_run(start_run(2025, at=NOW).id, printer=plain_papers)
    assert second.id != first.id
    assert outcome_of(second.id).issued == 0
    assert _sequences() == [1, 2, 3]


def test_a_blocked_donor_is_served_by_the_next_run_once_completed(app: Flask) -> None:
    donor = make_donor(postcode="")
    make_received_gift(donor)
    continue_run(start_run(2025, at=NOW).id, printer=plain_papers)
    assert _sequences() == []
    donor.postcode = "78000"
    db.session.commit()
    continue_run(start_run(2025, at=NOW).id, printer=plain_papers)
    assert _sequences() == [1]


def test_a_run_that_was_broken_off_goes_on_without_a_gap(app: Flask) -> None:
    _three_donors()
    printed: list[str] = []

    def dies_at_the_second(orders: Iterable[PaperOrder]) -> Iterator[PrintedPaper | PrintFault]:
        for order in orders:
            printed.append(order.content.number)
            if len(printed) == 2:
                raise PowerCut
            yield from plain_papers([order])

    run = start_run(2025, at=NOW, chunk=1)
    with pytest.raises(PowerCut):
        continue_run(run.id, printer=dies_at_the_second)
    assert _sequences() == [1]
    assert db.session.get_one(ReceiptRun, run.id).state is RunState.RUNNING
    assert start_run(2025, at=NOW).id == run.id
    ended = continue_run(run.id, printer=plain_papers)
    assert (ended.state, ended.done) == (RunState.DONE, 3)
    assert _sequences() == [1, 2, 3]


def test_an_error_while_the_receipt_is_kept_takes_no_number(app: Flask) -> None:
    _three_donors()
    run = start_run(2025, at=NOW)
    db.session.execute(sa.text("alter table receipted_gift add constraint broken check (false)"))
    db.session.commit()
    with pytest.raises(sa.exc.IntegrityError):
        continue_run(run.id, printer=plain_papers)
    assert _sequences() == []
    db.session.execute(sa.text("alter table receipted_gift drop constraint broken"))
    db.session.commit()
    continue_run(run.id, printer=plain_papers)
    assert _sequences() == [1, 2, 3]


def test_a_paper_that_cannot_be_made_is_named_and_the_others_go_on(app: Flask) -> None:
    refs = _three_donors()
    run = continue_run(start_run(2025, at=NOW).id, printer=jams_at_the_second)
    assert (run.state, run.done) == (RunState.DONE, 3)
    assert [fault.donor.ref for fault in faults_of(run.id)] == [refs[1]]
    assert _sequences() == [1, 2]
    assert retry_faults(run.id, at=NOW, by=None) == 1
    assert continue_run(run.id, printer=plain_papers).state is RunState.DONE
    assert not faults_of(run.id)
    assert _sequences() == [1, 2, 3]


def jams_at_the_second(orders: Iterable[PaperOrder]) -> Iterator[PrintedPaper | PrintFault]:
    for place, order in enumerate(orders):
        if place == 1:
            yield PrintFault("the ink ran out")
        else:
            yield from plain_papers([order])


def test_a_machine_that_cannot_print_at_all_ends_the_run_with_a_sentence(app: Flask) -> None:
    _three_donors()

    def cannot(_orders: Iterable[PaperOrder]) -> Iterator[PrintedPaper | PrintFault]:
        raise PrintingLibrariesMissing

    run = continue_run(start_run(2025, at=NOW).id, printer=cannot)
    assert run.state is RunState.FAILED
    assert "libpangoft2" in run.problem
    resume_run(run.id, by=None)
    assert continue_run(run.id, printer=plain_papers).state is RunState.DONE
    assert _sequences() == [1, 2, 3]


@pytest.mark.parametrize(
    ("instant", "over"),
    [
        (dt.datetime(2025, 12, 31, 22, 59, tzinfo=dt.UTC), False),
        (dt.datetime(2025, 12, 31, 23, 0, tzinfo=dt.UTC), True),
    ],
)
def test_a_year_is_over_when_it_is_over_in_paris(
    app: Flask, instant: dt.datetime, over: bool
) -> None:
    if over:
        assert start_run(2025, at=instant).year == 2025
        return
    with pytest.raises(YearNotOver):
        start_run(2025, at=instant)
    assert start_run(2025, at=instant, confirmed=True).year == 2025


def test_there_is_one_run_of_a_year_at_a_time(app: Flask) -> None:
    _three_donors()
    run = start_run(2025, at=NOW)
    db.session.add(ReceiptRun(year=2025))
    with pytest.raises(sa.exc.IntegrityError, match="uq_receipt_run_open"):
        db.session.flush()
    db.session.rollback()
    assert start_run(2025, at=NOW).id == run.id
    assert start_run(2024, at=NOW).id != run.id


def test_the_job_prints_real_papers(app: Flask, clock: FrozenClock) -> None:
    make_received_gift(make_donor())
    run = tasks.begin_run(2025, at=clock.now(), by=_somebody())
    assert tasks.begin_run(2025, at=clock.now(), by=_somebody()).id == run.id
    assert run_due_jobs() == ["receipts.issue_chunks"] * 2
    assert db.session.get_one(ReceiptRun, run.id).state is RunState.DONE
    assert run_due_jobs() == []


def _somebody() -> int:
    return make_account().id


def test_a_receipt_issued_in_between_is_not_issued_twice(app: Flask) -> None:
    early = make_donor()
    make_received_gift(early)
    run = start_run(2025, at=NOW)
    issue_receipt(early.id, 2025, at=NOW, printer=plain_paper)
    continue_run(run.id, printer=plain_papers)
    assert _sequences() == [1]

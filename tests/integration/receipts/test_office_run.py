"""The accountant watches a run, pauses it, lets it go on, ends it, and tries again what failed."""

from __future__ import annotations

import io
import zipfile

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core.db import db
from portal.receipts import tasks
from portal.receipts.models import Receipt, ReceiptRun, RunFault, RunState
from portal.receipts.queries.register import live_number_of
from portal.receipts.services import (
    RunIsOver,
    cancel_run,
    continue_run,
    file_name,
    resume_run,
    start_run,
    write_archive,
)
from portal.receipts.services.batch_papers import BatchPrinter
from portal.receipts.services.batches import Batch, Outcome, issue_batch
from tests.factories.people import make_donor
from tests.factories.receipts import NOW, make_received_gift, plain_papers
from tests.jobs import run_due_jobs
from tests.pages import PageClient

RUN = "/office/receipts/2025/run"
OFFICE = "/office/receipts"


@pytest.fixture
def begun(accountant: PageClient) -> ReceiptRun:
    """A run of three donors, one of whom has a receipt already."""
    for _ in range(3):
        make_received_gift(make_donor())
    run = start_run(2025, at=NOW, chunk=1)
    db.session.commit()

    def stop_after_one(_run: ReceiptRun) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        continue_run(run.id, printer=plain_papers, told=stop_after_one)
    return run


def count() -> int:
    return int(db.session.scalar(sa.select(sa.func.count(Receipt.id))) or 0)


def test_a_paused_run_issues_nothing_until_it_goes_on(
    accountant: PageClient, begun: ReceiptRun
) -> None:
    assert accountant.get(OFFICE).has("1 of 3")
    paused = accountant.follow(accountant.post(f"{RUN}/pause"))
    assert paused.has("The run is paused")
    assert paused.has("2 donors still wait for a receipt")
    assert continue_run(begun.id, printer=plain_papers).state is RunState.PAUSED
    assert start_run(2025, at=NOW).id == begun.id
    assert count() == 1
    accountant.post(f"{RUN}/resume")
    assert continue_run(begun.id, printer=plain_papers).state is RunState.DONE
    assert count() == 3


def test_an_ended_run_leaves_the_others_to_the_next(
    accountant: PageClient, begun: ReceiptRun
) -> None:
    assert accountant.get(f"{RUN}/cancel").has("Donors left for the next run")
    ended = accountant.follow(accountant.post(f"{RUN}/cancel"))
    assert not ended.has("The run is paused")
    assert ended.has("The run was ended on Nov 22, 2026")
    assert ended.has("Left for the next run")
    with pytest.raises(RunIsOver):
        resume_run(begun.id, by=None)
    with pytest.raises(RunIsOver):
        cancel_run(begun.id, by=None, at=NOW)
    following = start_run(2025, at=NOW)
    assert (following.id != begun.id, following.total) == (True, 2)


def test_what_is_taken_out_while_a_run_is_open_says_that_it_is_partial(
    accountant: PageClient, begun: ReceiptRun
) -> None:
    preview = accountant.get("/office/exports/new/register?year=2025")
    assert preview.has("still being issued")
    assert file_name("register", 2025, "csv") == "register-2025-partiel.csv"
    assert names_in_archive() == ["INCOMPLET.txt", "register.csv", "R2025-000001.pdf"]
    continue_run(begun.id, printer=plain_papers)
    assert file_name("register", 2025, "csv") == "register-2025.csv"
    assert "INCOMPLET.txt" not in names_in_archive()


def names_in_archive() -> list[str]:
    with io.BytesIO() as kept:
        write_archive(2025, kept)
        return zipfile.ZipFile(kept).namelist()


def test_what_could_not_be_made_is_named_and_tried_again(
    app: Flask, accountant: PageClient
) -> None:
    donor = make_donor(last_name="Exemplaire")
    make_received_gift(donor)
    run = start_run(2025, at=NOW)
    donor.city = ""
    db.session.commit()
    continue_run(run.id, printer=plain_papers)
    assert (
        start_run(2025, at=NOW).total == 0
    )  # it finds nobody, and hides nothing of the one before
    page = accountant.get(OFFICE)
    assert page.has("The run finished on Nov 22, 2026")
    assert page.has("1 receipt could not be made in the last run")
    assert page.has("incomplete_address")
    donor.city = "Brest"
    db.session.commit()
    assert accountant.follow(accountant.post(f"{RUN}/retry")).has("1 receipt is tried again")
    assert run_due_jobs() == ["receipts.issue_chunks"] * 2
    assert count() == 1
    assert db.session.scalars(sa.select(RunFault.retried_at)).one() is not None


def test_a_chunk_that_cannot_be_kept_is_put_aside_after_three_attempts(app: Flask) -> None:
    for _ in range(2):
        make_received_gift(make_donor())
    run = start_run(2025, at=NOW, chunk=1)
    refused = "alter table receipt add constraint broken check (amount_minor < 0) not valid"
    db.session.execute(sa.text(refused))
    db.session.commit()
    for _ in range(5):  # in turns: what failed comes after what did not
        with pytest.raises(sa.exc.IntegrityError):
            continue_run(run.id, printer=plain_papers)
    db.session.execute(sa.text("alter table receipt drop constraint broken"))
    db.session.commit()
    assert continue_run(run.id, printer=plain_papers).state is RunState.DONE
    assert count() == 1


def test_a_donor_whose_record_changed_is_tried_again_by_the_workers(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    gift = make_received_gift(make_donor())
    batches = list[Batch]()

    def first_changed(batch: Batch, _printer: BatchPrinter) -> Outcome:
        batches.append(batch)
        changed = Outcome(changed=list(batch.donor_ids))
        return changed if len(batches) == 1 else issue_batch(batch, plain_papers)

    monkeypatch.setattr("portal.receipts.services.chunks.issue_batch", first_changed)
    run = tasks.begin_run(2025, at=NOW, by=None)

    run_due_jobs()

    db.session.refresh(run)
    assert (run.state, run.done) == (RunState.DONE, 1)
    assert live_number_of(gift.id) == "R2025-000001"

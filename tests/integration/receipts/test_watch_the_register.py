"""What does not hold is not signed silently: it is named, told, and a person answers for it."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core import audit
from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.core.roles import Role
from portal.office.today.queries import due
from portal.receipts.commands import receipts
from portal.receipts.models import Receipt, RegisterFinding
from portal.receipts.queries.checks import heads_signed
from portal.receipts.queries.register import numbers_of
from portal.receipts.rules.findings import FindingKind
from portal.receipts.services import cancel_receipt, sign_register, watch_register
from portal.receipts.services.signing import Night
from tests.factories.people import make_account
from tests.factories.receipts import NOW, make_receipt
from tests.integration.receipts.register_damage import forget_the_heads, rewrite, take_out
from tests.pages import PageClient

NIGHT = NOW + dt.timedelta(hours=12)
MORROW = NIGHT + dt.timedelta(days=1)
LONG_AFTER = NIGHT + dt.timedelta(days=30)


def _kinds(night: Night) -> list[FindingKind]:
    return [row.kind for row in night.refused]


def _letters() -> list[OutboxMail]:
    return list(db.session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)))


@pytest.fixture
def signed(app: Flask) -> list[int]:
    """Three receipts under signature; their ids."""
    for minor in (5000, 7000, 9000):
        make_receipt(amount_minor=minor)
    sign_register(NIGHT)
    return numbers_of(2025)


def test_a_chain_that_left_its_signed_head_is_not_signed_on(signed: list[int]) -> None:
    take_out(db.session.get_one(Receipt, signed[1]))
    make_receipt()
    make_receipt()
    night = sign_register(MORROW)
    assert night.heads == ()
    assert _kinds(night) == [FindingKind.CHAIN]


def test_heads_that_were_dropped_are_missed(signed: list[int]) -> None:
    forget_the_heads()
    night = sign_register(MORROW)
    assert (night.heads, _kinds(night)) == ((), [FindingKind.MISSING])
    assert night.refused[0].subject == "R2025-000003"


def test_a_register_written_anew_without_heads_or_log_is_dated_too_early(signed: list[int]) -> None:
    take_out(db.session.get_one(Receipt, signed[1]))
    forget_the_heads(and_the_log=True)
    night = sign_register(LONG_AFTER)
    assert (night.heads, _kinds(night)) == ((), [FindingKind.LATE_RECEIPTS])
    assert night.refused[0].subject == "R2025-000001 … R2025-000002 (2)"


def test_a_receipt_slipped_in_with_an_old_day_is_named(signed: list[int]) -> None:
    slipped = make_receipt()
    rewrite(
        sa.update(Receipt).where(Receipt.id == slipped.id).values(issued_on=dt.date(2026, 2, 1))
    )
    night = sign_register(MORROW)
    assert [(row.kind, row.subject) for row in night.refused] == [
        (FindingKind.LATE_RECEIPTS, slipped.number)
    ]


def test_a_cancelling_with_an_old_day_is_named(signed: list[int]) -> None:
    cancel_receipt(signed[0], reason="x", by=None, at=NOW - dt.timedelta(days=40))
    assert _kinds(sign_register(MORROW)) == [FindingKind.LATE_CANCELLINGS]


def test_a_machine_that_slept_for_weeks_signs_what_was_issued_since(signed: list[int]) -> None:
    later = make_receipt()
    week_after = NOW + dt.timedelta(days=7)
    rewrite(sa.update(Receipt).where(Receipt.id == later.id).values(issued_on=week_after.date()))
    night = sign_register(LONG_AFTER)
    assert [head.number for head in night.heads] == [later.number]


def test_a_series_at_rest_is_looked_at_too_and_told_once(signed: list[int]) -> None:
    make_account(email="books@example.org", roles=[Role.ACCOUNTANT], language="en")
    forget_the_heads()
    assert len(watch_register(MORROW)) == 1
    watch_register(MORROW + dt.timedelta(days=1))
    (alarm,) = _letters()
    assert "was not signed" in alarm.subject
    assert "R2025-000003" in alarm.text
    tasks = {
        found.task.endpoint: found.number for found in due(MORROW, frozenset({Role.ACCOUNTANT}))
    }
    assert tasks["office_receipts.signatures"] == 1


def test_what_was_put_right_is_no_alarm_any_more(signed: list[int]) -> None:
    rewrite(sa.text("update receipt set chain_hash = 'x' || chain_hash where sequence = 3"))
    assert len(watch_register(MORROW)) == 1
    rewrite(sa.text("update receipt set chain_hash = substr(chain_hash, 2) where sequence = 3"))
    assert watch_register(MORROW) == []


def test_an_accountant_who_looked_signs_on_with_her_reason(
    signed: list[int], accountant: PageClient
) -> None:
    forget_the_heads()
    assert accountant.get("/office/receipts/signatures/accept").status in (302, 303)
    watch_register(NOW)
    page = accountant.get("/office/receipts/signatures")
    assert page.has("The register is not signed: something does not hold")
    accepting = "/office/receipts/signatures/accept"
    assert accountant.post(accepting, {"reason": " "}).status == 422
    shown = str(db.session.scalars(sa.select(RegisterFinding.id)).one())
    done = accountant.post(accepting, {"reason": "Restored from a backup", "shown": shown})
    page = accountant.follow(done)
    assert page.has("Restored from a backup")
    assert page.has("R2025-000003")
    assert "Restored from a backup" in _letters()[-1].text
    assert audit.history("receipts:register")[0].note == "Restored from a backup"
    assert heads_signed()[0]


def test_what_she_was_not_shown_she_did_not_accept(
    signed: list[int], accountant: PageClient
) -> None:
    forget_the_heads()
    watch_register(NOW)
    answer = accountant.post(
        "/office/receipts/signatures/accept", {"reason": "Restored", "shown": "999999"}
    )
    assert accountant.follow(answer).has("something does not hold")


def test_what_was_accepted_stays_as_it_was_said(signed: list[int]) -> None:
    forget_the_heads()
    watch_register(NOW)
    for statement in (
        "delete from register_finding",
        "update register_finding set subject = 'x'",
        "truncate register_finding",
    ):
        with pytest.raises(sa.exc.IntegrityError, match="never changed"), db.session.begin_nested():
            db.session.execute(sa.text(statement))


def test_the_commands_name_it_and_take_a_reason(app: Flask, signed: list[int]) -> None:
    run = app.test_cli_runner()
    good = run.invoke(receipts, ["check-register"])
    assert (good.exit_code, "One signature, proved again." in good.output) == (0, True)
    forget_the_heads()
    bad = run.invoke(receipts, ["check-register", "--json"])
    assert (bad.exit_code, '"ok": false' in bad.output) == (1, True)
    refused = run.invoke(receipts, ["sign-register"])
    assert (refused.exit_code, "R2025-000003" in refused.output) == (1, True)
    told = run.invoke(receipts, ["sign-register", "--despite", "Restored from a backup"])
    assert (told.exit_code, "signed" in told.output) == (0, True)
    after = run.invoke(receipts, ["check-register"])
    assert (after.exit_code, "accepted: R2025-000003" in after.output) == (0, True)


def test_an_email_that_was_kept_is_checked_on_the_page(app: Flask, accountant: PageClient) -> None:
    make_receipt()
    sign_register(NIGHT)
    kept = _letters()[-1].text
    where = "/office/receipts/signatures"
    assert accountant.post(where, {"text": kept}).has("it holds")
    assert accountant.post(where, {"text": "Hello"}).status == 422
    assert accountant.post(where, {}).has("Paste the text, or choose the file.")
    forget_the_heads()
    assert accountant.post(where, {"text": kept}).has("it does NOT hold")

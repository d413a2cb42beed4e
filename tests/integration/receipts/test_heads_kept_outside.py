"""Each night's head is mailed to people; what they keep proves later that nothing was rewritten."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.core.mail.delivery import message_of, without_secrets
from portal.core.roles import Role
from portal.receipts.commands import receipts
from portal.receipts.models import Receipt
from portal.receipts.queries.checks import chain_unbroken, heads_signed, numbers_without_gaps
from portal.receipts.queries.register import numbers_of
from portal.receipts.services import cancel_receipt, sign_register
from portal.receipts.services.head_proof import HeadFault, prove_heads
from tests.factories.people import make_account
from tests.factories.receipts import NOW, make_receipt
from tests.factories.rules import make_version
from tests.integration.receipts.register_damage import forget_the_heads, rewrite, take_out

NIGHT = NOW + dt.timedelta(hours=12)
MORROW = NIGHT + dt.timedelta(days=1)


@pytest.fixture
def letter(app: Flask) -> OutboxMail:
    """What an accountant found in her mailbox after the night on which three receipts were signed."""
    make_account(email="books@example.org", roles=[Role.ACCOUNTANT], language="en")
    for minor in (5000, 7000, 9000):
        make_receipt(amount_minor=minor)
    sign_register(NIGHT)
    return _letters()[0]


def _letters() -> list[OutboxMail]:
    return list(db.session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)))


def _faults(text: str | bytes) -> list[HeadFault]:
    kept = text.encode() if isinstance(text, str) else text
    (proof,) = prove_heads(kept)
    return list(proof.faults)


def test_the_mail_is_short_and_holds_as_text_as_file_and_quoted(letter: OutboxMail) -> None:
    assert letter.recipient == "books@example.org"
    assert "R2025-000003" in letter.subject
    assert len(letter.text) < 2200
    assert _faults(letter.text) == []
    assert _faults("> " + letter.text.replace("\n", "\n> ")) == []
    assert _faults(letter.html) == []
    assert _faults(message_of(letter, "PSE <bonjour@example.org>").as_bytes()) == []
    assert without_secrets(letter.text) == letter.text  # the mailbox page may show all of it


@pytest.mark.parametrize(
    ("found", "put"), [("count: 3", "count: 2"), ("R2025-000003\ncount", "R2025-000004\ncount")]
)
def test_words_that_were_changed_are_not_those_that_were_signed(
    letter: OutboxMail, found: str, put: str
) -> None:
    assert found in letter.text
    assert _faults(letter.text.replace(found, put)) == [HeadFault.SIGNATURE]
    assert _faults(letter.text.replace("count:", "cnt:")) == [HeadFault.UNREADABLE]


def test_a_register_written_anew_and_signed_the_next_night_is_found_by_the_mail(
    letter: OutboxMail,
) -> None:
    take_out(db.session.get_one(Receipt, numbers_of(2025)[1]))
    forget_the_heads(and_the_log=True)
    assert sign_register(MORROW).heads
    assert all(check()[0] for check in (chain_unbroken, numbers_without_gaps, heads_signed))
    assert _faults(letter.text) == [
        HeadFault.RECEIPTS_GONE,
        HeadFault.CHAIN,
        HeadFault.SUM,
        HeadFault.HEAD_GONE,
    ]


def test_a_head_that_was_taken_out_is_missed_though_the_receipts_stand(letter: OutboxMail) -> None:
    forget_the_heads()
    assert _faults(letter.text) == [HeadFault.HEAD_GONE]


def test_a_cancelling_undone_in_secret_is_found(letter: OutboxMail) -> None:
    cancel_receipt(numbers_of(2025)[0], reason="Wrong name", by=None, at=NIGHT)
    sign_register(MORROW)
    kept = _letters()[-1].text
    assert _faults(kept) == []
    rewrite(sa.text("update receipt set cancel_reason = 'Refund' where state = 'cancelled'"))
    assert _faults(kept) == [HeadFault.CANCELLED]


def test_keys_that_were_replaced_are_not_ours(letter: OutboxMail) -> None:
    rewrite(sa.text("update register_key set fingerprint = 'x'"))
    assert HeadFault.KEY_UNKNOWN in _faults(letter.text)


def test_the_command_says_it_and_its_exit_status_too(
    app: Flask, letter: OutboxMail, tmp_path: Path
) -> None:
    kept = tmp_path / "night.txt"
    kept.write_text(letter.text, encoding="utf-8")
    run = app.test_cli_runner()
    good = run.invoke(receipts, ["verify-head", str(kept)])
    assert (good.exit_code, "it holds" in good.output) == (0, True)
    forget_the_heads()
    bad = run.invoke(receipts, ["verify-head", "-"], input=letter.text)
    assert (bad.exit_code, "it does NOT hold" in bad.output) == (1, True)
    none = run.invoke(receipts, ["verify-head", "-"], input="Hello")
    assert (none.exit_code, "no signed head" in none.output) == (1, True)


def test_the_auditor_an_administrator_named_gets_it_instead(app: Flask) -> None:
    make_account(email="books@example.org", roles=[Role.ACCOUNTANT])
    make_version("register_readers", "receipts", NOW.date(), addresses="auditor@example.org\n")
    make_receipt()
    sign_register(NIGHT)
    assert [each.recipient for each in _letters()] == ["auditor@example.org"]

"""Delivery reports of mail servers, and which refusals say that an address does not work."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from portal.core.mail.bounces import is_the_address
from portal.core.mail.reports import NotAMailbox, read_file

LETTER = uuid.UUID("3f0a8c1e-2b7d-4d5e-9f11-6a2b3c4d5e6f")


def report(status: str = "5.1.1", action: str = "failed", *, enclosed: bool = True) -> str:
    """A report as Postfix writes it."""
    original = f"Message-ID: <{LETTER}@example.org>\nSubject: Your receipt\n\n"
    back = f"--B\nContent-Type: text/rfc822-headers\n\n{original}\n" if enclosed else ""
    return (
        "From: MAILER-DAEMON@mail.example.org\nTo: bonjour@example.org\n"
        "Subject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=B\n\n"
        "--B\nContent-Type: text/plain\n\nI am sorry.\n"
        "--B\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mail.example.org\n\n"
        "Final-Recipient: rfc822; Odile.Essai@example.org\n"
        f"Action: {action}\nStatus: {status}\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such\n    user here\n\n"
        f"{back}--B--\n"
    )


def test_a_report_names_the_recipient_the_reason_and_our_letter(tmp_path: Path) -> None:
    file = tmp_path / "report.eml"
    file.write_text(report())
    (told,) = read_file(file)
    assert told.recipient == "odile.essai@example.org"
    assert (told.permanent, told.public_id) == (True, LETTER)
    assert told.said.startswith("5.1.1 550 5.1.1 no such")


def test_a_mailbox_holds_many_and_other_mail_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "reports.mbox"
    answer = "From: odile@example.org\nSubject: Re: undeliverable\n\nThank you!\n"
    each = [report(), answer, report(status="4.4.1", action="delayed"), report(enclosed=False)]
    file.write_text(
        "".join(f"From x@example.org Mon Nov 23 03:00:00 2026\n{one}\n" for one in each)
    )
    told = list(read_file(file))
    assert [one.permanent for one in told] == [True, False, True]
    assert told[2].public_id is None


def test_what_is_no_mail_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.eml"
    file.write_text("")
    with pytest.raises(NotAMailbox):
        list(read_file(file))


@pytest.mark.parametrize(
    ("code", "text", "address"),
    [
        (550, "5.1.1 no such user", True),
        (552, "5.2.2 mailbox full for good", True),
        (550, "no such user here", True),
        (551, "user not local", True),
        (550, "5.7.1 relaying denied", False),
        (550, "relay access denied", False),
        (554, "5.7.1 message looks like spam", False),
        (554, "transaction failed", False),
        (450, "4.2.1 mailbox busy", False),
    ],
)
def test_only_refusals_about_the_recipient_say_the_address_does_not_work(
    code: int, text: str, address: bool
) -> None:
    assert is_the_address(code, text) is address

"""Delivery reports in the shapes the servers of the world write them."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from portal.core.mail.bounces import is_the_address
from portal.core.mail.reports import DeliveryReport, read_file

LETTER = uuid.UUID("3f0a8c1e-2b7d-4d5e-9f11-6a2b3c4d5e6f")
OURS = f"<{LETTER}@example.org>"

POSTFIX = f"""\
--B
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
X-Postfix-Sender: rfc822; bonjour@example.org

Final-Recipient: rfc822; odile@example.org
Original-Recipient: rfc822;odile@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <odile@example.org>: Recipient address
    rejected: User unknown in virtual mailbox table

--B
Content-Type: text/rfc822-headers

Return-Path: <bonjour@example.org>
Message-ID: {OURS}

"""

EXCHANGE = f"""\
--B
Content-Type: message/delivery-status

Original-Message-ID: {OURS}
Reporting-MTA: dns;EXAMPLE.OUTLOOK.EXAMPLE

Original-Recipient: rfc822;Odile@Example.org
Final-Recipient: rfc822;Odile@Example.org
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found by address lookup

--B
Content-Type: message/rfc822

Message-ID: <another-one@EXAMPLE.OUTLOOK.EXAMPLE>

x
"""

GMAIL = f"""\
--B
Content-Type: multipart/related; boundary=H

--H
Content-Type: text/plain

** Address not found **
--H--
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.com
X-Original-Message-ID: {OURS}

Final-Recipient: rfc822; odile@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.
 550 5.1.1 Please check for typos.

"""

OTHER_STATUS = f"""\
--B
Content-Type: message/delivery-status
Content-Transfer-Encoding: quoted-printable

Reporting-MTA: dns; mo1.example.org

Final-Recipient: RFC822; <odile@example.org>
Action: Failed
Status: 5.0.0 (permanent failure)
Diagnostic-Code: smtp; 550 User unknown

--B
Content-Type: message/rfc822

Message-ID: {OURS}

x
"""

INTERNATIONAL = f"""\
--B
Content-Type: message/global-delivery-status
Content-Transfer-Encoding: 8bit

Reporting-MTA: dns; mail.example.org

Final-Recipient: utf-8; odile@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 Boîte inconnue

--B
Content-Type: message/global-headers

Message-ID: {OURS}

"""


def _report(parts: str) -> str:
    return (
        "Content-Type: multipart/report; report-type=delivery-status; boundary=B\n\n"
        f"--B\nContent-Type: text/plain\n\nSorry.\n{parts}--B--\n"
    )


def _read(tmp_path: Path, message: str) -> list[DeliveryReport]:
    file = tmp_path / "report.eml"
    head = "From: mailer-daemon@example.org\nSubject: Undelivered\nMIME-Version: 1.0\n"
    file.write_bytes((head + message).replace("\n", "\r\n").encode())
    return list(read_file(file))


@pytest.mark.parametrize("parts", [POSTFIX, EXCHANGE, GMAIL, OTHER_STATUS, INTERNATIONAL])
def test_each_server_s_report_names_the_address_and_our_letter(tmp_path: Path, parts: str) -> None:
    (told,) = _read(tmp_path, _report(parts))
    assert (told.recipient, told.public_id) == ("odile@example.org", LETTER)
    assert told.permanent
    assert is_the_address(*told.reason)


def test_a_report_a_scanner_wrapped_is_read(tmp_path: Path) -> None:
    wrapped = f"--M\n{_report(POSTFIX)}--M\nContent-Type: text/plain\n\nScanned.\n--M--\n"
    (told,) = _read(tmp_path, f"Content-Type: multipart/mixed; boundary=M\n\n{wrapped}")
    assert told.public_id == LETTER


def test_a_report_somebody_encloses_in_a_letter_is_not_read(tmp_path: Path) -> None:
    enclosed = f"--M\nContent-Type: message/rfc822\n\n{_report(POSTFIX)}--M--\n"
    assert _read(tmp_path, f"Content-Type: multipart/mixed; boundary=M\n\n{enclosed}") == []


@pytest.mark.parametrize("said", ["554 5.7.1 Message looks like spam", "554 failed", "a loop"])
def test_a_refusal_of_the_content_says_nothing_of_the_address(tmp_path: Path, said: str) -> None:
    spam = OTHER_STATUS.replace("550 User unknown", said)
    (told,) = _read(tmp_path, _report(spam))
    assert told.permanent
    assert not is_the_address(*told.reason)

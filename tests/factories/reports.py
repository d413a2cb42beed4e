"""Reports of mail that came back, for tests."""

from __future__ import annotations

import uuid


def delivery_report(letter: uuid.UUID, recipient: str, status: str = "5.1.1") -> str:
    """A report as a mail server writes it (RFC 3464), with the head of our letter enclosed."""
    return (
        "From: MAILER-DAEMON@mail.example.org\nTo: bonjour@example.org\n"
        "Subject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=B\n\n"
        "--B\nContent-Type: text/plain\n\nI am sorry.\n"
        "--B\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mail.example.org\n\n"
        f"Final-Recipient: rfc822; {recipient}\nAction: failed\nStatus: {status}\n"
        "Diagnostic-Code: smtp; 550 no such user here\n\n"
        f"--B\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{letter}@example.org>\n\n--B--\n"
    )

"""Mail that comes back: which addresses do not work, told by the mail server at once or later.

A server that refuses the recipient says so while it is handed the mail (RFC 5321); one that took it
and cannot deliver sends a report (RFC 3464). Refusals that are about us (relaying, policy, content)
say nothing about the address: they stay failures and are tried again.
"""

from __future__ import annotations

import datetime as dt
import re
import smtplib

import sqlalchemy as sa
from blinker import Signal
from sqlalchemy.dialects.postgresql import insert

from portal.core.db import db, transaction
from portal.core.mail.models import MailBounce, MailState, OutboxMail
from portal.core.mail.reports import DeliveryReport

mail_bounced = Signal("A mail came back for good, in the transaction that notes it. send(mail)")
_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_OURS = re.compile(
    r"relay|authenticat|spf|dkim|dmarc|policy|spam|blacklist|blocklist", re.IGNORECASE
)
LONGEST_REASON = 300


def is_the_address(code: int, text: str) -> bool:
    """Whether a permanent refusal says that the address does not work (RFC 3463, X.1 and X.2).

    Without an enhanced code 550, 551 and 553 do, unless the words are about relaying or policy.
    """
    if not 500 <= code < 600:
        return False
    if told := _ENHANCED.search(text):
        return told[1] == "5" and told[2] in ("1", "2")
    return code in (550, 551, 553) and not _OURS.search(text)


def refusal_of(error: BaseException) -> str:
    """What the server said when it refused the recipient for good; ``""`` for any other error."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return ""
    for code, said in error.recipients.values():
        text = said.decode("utf-8", "replace")
        if is_the_address(code, text):
            return _short(f"{code} {text}")
    return ""


def note_bounce(letter: OutboxMail, reason: str, at: dt.datetime) -> None:
    """The letter came back: it and its address are marked, and whoever wrote it is told.

    In the open transaction; a second report of the same letter changes nothing.
    """
    note_address(letter.recipient, reason, at)
    if letter.state is MailState.BOUNCED:
        return
    letter.state, letter.bounced_at, letter.error = MailState.BOUNCED, at, _short(reason)
    db.session.flush()
    mail_bounced.send(letter)


def note_address(address: str, reason: str, at: dt.datetime) -> None:
    """Mail to the address comes back, since now or since before (in the open transaction)."""
    first = insert(MailBounce).values(
        address=address.strip().lower(), since=at, last_at=at, reason=_short(reason)
    )
    again = {"last_at": at, "reason": first.excluded.reason}
    db.session.execute(first.on_conflict_do_update(index_elements=["address"], set_=again))


def bounce_of(address: str) -> MailBounce | None:
    """Since when mail to the address comes back; None when it does not."""
    if not address:
        return None
    return db.session.get(MailBounce, address.strip().lower())


def forget_bounce(address: str) -> bool:
    """The address works again, somebody says; whether anything was known of it."""
    with transaction():
        gone = sa.delete(MailBounce).where(MailBounce.address == address.strip().lower())
        return db.session.scalar(gone.returning(MailBounce.address)) is not None


def take_in(report: DeliveryReport, at: dt.datetime) -> bool:
    """Note what a delivery report tells; False when it is about no letter and no recipient of ours.

    The letter is found by its Message-ID, else only the address is marked when we ever wrote to it.
    """
    if not report.permanent or not is_the_address(*report.reason):
        return False
    with transaction():
        letter = _letter(report)
        if letter is not None:
            note_bounce(letter, report.said, at)
            return True
        if not _ever_written_to(report.recipient):
            return False
        note_address(report.recipient, report.said, at)
        return True


def _letter(report: DeliveryReport) -> OutboxMail | None:
    if report.public_id is None:
        return None
    chosen = sa.select(OutboxMail).where(OutboxMail.public_id == report.public_id)
    return db.session.scalar(chosen.with_for_update())


def _ever_written_to(address: str) -> bool:
    wanted = sa.exists().where(sa.func.lower(OutboxMail.recipient) == address.strip().lower())
    return bool(address) and bool(db.session.scalar(sa.select(wanted)))


def _short(reason: str) -> str:
    return " ".join(reason.split())[:LONGEST_REASON]

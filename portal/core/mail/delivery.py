"""The job that sends one mail of the outbox."""

from __future__ import annotations

import datetime as dt
import re
import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from flask import current_app
from procrastinate import JobContext

from portal.core import documents
from portal.core.db import db, transaction
from portal.core.jobs import RETRY, AnyTask, jobs
from portal.core.mail.bounces import note_bounce, refusal_of
from portal.core.mail.models import MailState, OutboxMail

UUID = "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
SECRET = re.compile(
    rf"(?:(?<=/)|(?<==))(?!{UUID}\b)"
    r"(?:[\w-]{30,}|[\w-]+(?:\.[\w-]+)*\.[\w-]{20,})(?=\.?(?![\w.-]))"
)
"""What makes the address of a mail open something without a password: drawn or signed, in the path or
as ``?token=``, perhaps at the end of a sentence. Rows and files are named otherwise."""
OVER = frozenset({MailState.SENT, MailState.BOUNCED})
UNWANTED = frozenset(' ,;:<>()[]"\\')


class UnusableAddress(Exception):
    """What stands in the outbox is not the address of one person."""


def _one_address(recipient: str) -> Address:
    """That one address: no comma, space or line end can make two of it (CWE-93)."""
    if recipient.count("@") != 1 or set(recipient) & UNWANTED or not recipient.isprintable():
        raise UnusableAddress
    local, _, domain = recipient.partition("@")
    if not local or not domain:
        raise UnusableAddress
    return Address(username=local, domain=domain)


def message_of(mail: OutboxMail, sender: str) -> EmailMessage:
    """The mail as it travels: text first, HTML as the alternative, one recipient.

    Raises UnusableAddress when the recipient is not one address.
    """
    message = EmailMessage()
    name, address = parseaddr(sender)
    message["Subject"] = mail.subject
    message["From"] = Address(name, addr_spec=address)
    message["To"] = _one_address(mail.recipient)
    message["Message-ID"] = f"<{mail.public_id}@{address.rpartition('@')[2]}>"
    message["Content-Language"] = mail.language
    for header, value in mail.headers.items():
        message[header] = value
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    if mail.attachment is not None:
        kind, _, subtype = mail.attachment.media_type.partition("/")
        message.add_attachment(
            documents.read(mail.attachment),
            maintype=kind,
            subtype=subtype,
            filename=mail.attachment.filename,
        )
    return message


def without_secrets(written: str) -> str:
    """The words of a letter that has left: its reader alone holds what its links open."""
    return SECRET.sub("…", written)


def _hand_over(message: EmailMessage, smtp_url: str) -> None:
    """Give it to the mail server; raises OSError or SMTPException when it does not take it."""
    url = urlsplit(smtp_url)
    port = url.port or (465 if url.scheme == "smtps" else 587)
    host = url.hostname or "localhost"
    context = ssl.create_default_context()
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=20, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=20)
    with server:
        if url.scheme == "smtp+starttls":
            server.starttls(context=context)
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message, to_addrs=[message["To"].addresses[0].addr_spec])


def _send(context: JobContext | None = None, *, mail_id: int) -> None:
    """Send it unless it was sent; without a mail server the mailbox page is where it arrives.

    What has left, and what will not be tried again, keeps its words, not the secrets of its links.
    """
    settings = current_app.extensions["settings"]
    clock = current_app.extensions["clock"]
    try:
        with transaction():
            mail = db.session.get_one(OutboxMail, mail_id, with_for_update=True)
            if mail.state in OVER:
                return
            message = message_of(mail, settings.mail_from)
            if settings.smtp_url:
                _hand_over(message, settings.smtp_url)
                mail.text, mail.html = without_secrets(mail.text), without_secrets(mail.html)
            mail.state, mail.sent_at, mail.attempts = MailState.SENT, clock.now(), mail.attempts + 1
            mail.error = ""
    except UnusableAddress as error:  # no attempt will mend it
        _note_failure(mail_id, type(error).__name__, last=True)
    except (OSError, smtplib.SMTPException) as error:
        if reason := refusal_of(error):
            _note_refusal(mail_id, reason, clock.now())
            return
        _note_failure(mail_id, type(error).__name__, last=_is_last(context, error))
        raise


send: AnyTask = jobs.task(queue="mail", retry=RETRY, name="core.mail.send", pass_context=True)(
    _send
)


def _is_last(context: JobContext | None, error: Exception) -> bool:
    """Whether the job that ran gives up after this."""
    if context is None:
        return False
    return RETRY.get_retry_decision(exception=error, job=context.job) is None


def _note_refusal(mail_id: int, reason: str, at: dt.datetime) -> None:
    with transaction():
        mail = db.session.get_one(OutboxMail, mail_id, with_for_update={"of": OutboxMail})
        mail.attempts += 1
        mail.text, mail.html = without_secrets(mail.text), without_secrets(mail.html)
        note_bounce(mail, reason, at)


def _note_failure(mail_id: int, problem: str, *, last: bool) -> None:
    with transaction():
        mail = db.session.get_one(OutboxMail, mail_id, with_for_update=True)
        mail.state, mail.error, mail.attempts = MailState.FAILED, problem, mail.attempts + 1
        if last:
            mail.text, mail.html = without_secrets(mail.text), without_secrets(mail.html)

"""Mail: an outbox row in the transaction, sent by a job, readable on the mailbox page."""

from portal.core.mail.models import MailBounce, MailState, OutboxMail
from portal.core.mail.outbox import post, post_ready

__all__ = ["MailBounce", "MailState", "OutboxMail", "post", "post_ready"]

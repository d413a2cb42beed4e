"""How often our forms may write to one address: three times an hour, whoever asks.

When it is too often, nothing is sent and the page says the same as always.
"""

from __future__ import annotations

import hashlib
import logging

from flask import current_app, request
from limits import parse
from sqlalchemy.exc import SQLAlchemyError

from portal.accounts.rules import normalised_email
from portal.core.web.limits import limiter

PER_ADDRESS = parse("3/hour")
log = logging.getLogger(__name__)


def may_write_to(email: str) -> bool:
    """Count one mail to the address and say whether it may be sent."""
    if not current_app.config["RATELIMIT_ENABLED"]:
        return True
    try:
        return bool(limiter.limiter.hit(PER_ADDRESS, "mail", address_key(email)))
    except SQLAlchemyError:
        log.exception("the counters of mails are away")
        return True


def address_key(email: str) -> str:
    """The address in the counters, not readable there."""
    return hashlib.sha256(normalised_email(email).encode()).hexdigest()[:32]


def typed_address() -> str:
    """The key of the address in the form that was sent: limits per account, known or not."""
    return f"address:{address_key(request.form.get('email', ''))}"

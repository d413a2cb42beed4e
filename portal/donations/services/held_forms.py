"""Forms kept while their giver answers the guard's question, on the page or by mail."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from typing import Any

import sqlalchemy as sa

from portal.accounts.codes import Language
from portal.core import mail
from portal.core.db import db, transaction
from portal.donations.models import GivingAttempt, HeldForm
from portal.donations.services.provider import now, settings

KEPT_FOR = dt.timedelta(hours=2)
MAIL_HOLDS_FOR = dt.timedelta(hours=24)
A_DAY, AN_HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
MOST_TO_ONE_ADDRESS = 3
MOST_FROM_ONE_PLACE = 6
MOST_AT_ALL = 60


class TooManyMails(Exception):
    """So many were asked for that another one would trouble somebody."""


def hold(
    attempt_id: int, form: str, answers: dict[str, Any], language: Language, email: str
) -> str:
    """Keep what was typed; gives the secret of the page that asks."""
    secret = secrets.token_urlsafe(24)
    at = now()
    with transaction() as session:
        session.add(
            HeldForm(
                token_hash=_hash(secret),
                attempt_id=attempt_id,
                form=form,
                answers=answers,
                language=language,
                email=email,
                created_at=at,
                expires_at=at + KEPT_FOR,
            )
        )
    return secret


def held(secret: str) -> HeldForm | None:
    """The form behind that secret, while it is kept."""
    return db.session.scalar(
        sa.select(HeldForm).where(HeldForm.token_hash == _hash(secret), HeldForm.expires_at > now())
    )


def mail_seal(secret: str) -> str:
    """What only the mail holds: who has it read the mail."""
    key = settings().secret_key.encode()
    return hmac.new(key, f"donations.mailed:{_hash(secret)}".encode(), hashlib.sha256).hexdigest()[
        :32
    ]


def seal_fits(secret: str, seal: str) -> bool:
    """Whether the seal is that of the mail about this form (compared in constant time)."""
    return hmac.compare_digest(mail_seal(secret).encode(), seal.encode())


def mail_the_way(found: HeldForm, secret: str, **shown: Any) -> None:
    """Write to the giver's own address: the link in it is the answer to the question.

    ``shown`` says what is about to be given. Raises TooManyMails.
    """
    at = now()
    with transaction() as session:
        session.refresh(found, with_for_update={"of": HeldForm})
        if found.mailed_at is not None and at - found.mailed_at < dt.timedelta(minutes=1):
            return
        if _too_many(found, at):
            raise TooManyMails
        found.mailed_at, found.expires_at = at, at + MAIL_HOLDS_FOR
        address = f"{settings().public_url}/{found.language}/give/confirm/{secret}"
        mail.post(
            "donations/mail/confirm_giving",
            to=found.email,
            language=str(found.language),
            key=f"held_form:{found.id}:{int(at.timestamp())}",
            confirm_url=f"{address}/{mail_seal(secret)}",
            **shown,
        )


def _too_many(found: HeldForm, at: dt.datetime) -> bool:
    mailed = sa.select(sa.func.count()).select_from(HeldForm).join(HeldForm.attempt)
    counts = (
        (
            mailed.where(HeldForm.mailed_at > at - A_DAY, HeldForm.email == found.email),
            MOST_TO_ONE_ADDRESS,
        ),
        (
            mailed.where(
                HeldForm.mailed_at > at - AN_HOUR, GivingAttempt.address == found.attempt.address
            ),
            MOST_FROM_ONE_PLACE,
        ),
        (mailed.where(HeldForm.mailed_at > at - AN_HOUR), MOST_AT_ALL),
    )
    return any(int(db.session.scalar(query) or 0) >= most for query, most in counts)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

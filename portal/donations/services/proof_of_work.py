"""The question that costs a visitor's machine a second, and a thief's a second for every card.

ALTCHA's challenge: find the counter that yields a given key. It is signed with a key of our own, says
for which form it is and until when it holds, and is accepted once.
"""

from __future__ import annotations

import binascii
import datetime as dt
import hashlib
import hmac
import json
import secrets
from typing import Any

import altcha
from sqlalchemy.dialects.postgresql import insert

from portal.core.db import transaction
from portal.donations.models import SpentProof
from portal.donations.services.provider import now, settings

ALGORITHM = "PBKDF2/SHA-256"
ROUNDS = 4_000
HOLDS_FOR = dt.timedelta(minutes=30)
LONGEST_ANSWER = 4_000


def new_question(about: str, work: int) -> dict[str, Any]:
    """A challenge for this form (``about``) that takes about ``work`` tries, for the page."""
    at = now()
    made = altcha.create_challenge(
        ALGORITHM,
        ROUNDS,
        counter=work // 2 + secrets.randbelow(work + 1),
        data={"about": _short(about), "until": int((at + HOLDS_FOR).timestamp())},
        hmac_secret=_key("question"),
        hmac_key_secret=_key("answer"),
    )
    return dict(made.to_dict())


def accept_answer(answer: str, about: str) -> bool:
    """Whether the answer solves a question of ours about this form, in time and for the first time."""
    solved = _solved(answer)
    if solved is None or solved.data is None:
        return False
    until = dt.datetime.fromtimestamp(int(solved.data.get("until", 0)), dt.UTC)
    if solved.data.get("about") != _short(about) or until <= now():
        return False
    with transaction() as session:
        first = (
            insert(SpentProof)
            .values(challenge=solved.nonce, expires_at=until)
            .on_conflict_do_nothing(index_elements=["challenge"])
            .returning(SpentProof.challenge)
        )
        return session.scalar(first) is not None


def _solved(answer: str) -> altcha.ChallengeParameters | None:
    """The parameters of a challenge that was solved, or None for anything else."""
    if not answer or len(answer) > LONGEST_ANSWER:
        return None
    try:
        payload = altcha.Payload.from_base64(answer)
        found = altcha.verify_solution(payload, _key("question"), hmac_key_secret=_key("answer"))
    except (
        binascii.Error,
        json.JSONDecodeError,
        UnicodeDecodeError,
        KeyError,
        TypeError,
        ValueError,
        RecursionError,  # brackets in brackets, as deep as the answer is long
    ):
        return None
    return payload.challenge.parameters if found.verified else None


def _short(about: str) -> str:
    return hashlib.sha256(about.encode()).hexdigest()[:32]


def _key(use: str) -> str:
    """A key of its own for each use, from the secret of the settings."""
    secret = settings().secret_key.encode()
    return hmac.new(secret, f"donations.proof:{use}".encode(), hashlib.sha256).hexdigest()

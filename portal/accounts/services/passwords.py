"""Passwords: argon2id, two at a time, never more work for a known address than for an unknown one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from portal.accounts.rules.passwords import LONGEST

_hasher = PasswordHasher(
    time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16, type=Type.ID
)
_turns = threading.BoundedSemaphore(2)
PATIENCE = 5.0


class TooBusy(Exception):
    """Too many passwords are being checked at this moment."""


class PasswordRefused(Exception):
    """The password may not be used; ``faults`` are msgids."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=PATIENCE):
        raise TooBusy
    try:
        yield
    finally:
        _turns.release()


@lru_cache(maxsize=1)
def _nobody() -> str:
    """The hash that is checked when there is no account, so that the answer takes as long."""
    return _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """What is kept of a password."""
    with _turn():
        return _hasher.hash(password)


def matches(password: str, kept: str) -> bool:
    """Whether the password is the one that was hashed; '' stands for nobody and takes as long."""
    if len(password) > LONGEST:
        return False
    with _turn():
        try:
            _hasher.verify(kept or _nobody(), password)
        except (VerificationError, InvalidHashError):
            return False
    return bool(kept)


def is_outdated(kept: str) -> bool:
    """Whether it was hashed with other parameters than today's."""
    return _hasher.check_needs_rehash(kept)


def warm_up() -> None:
    """Make the hash for nobody before the first visitor could notice that it is made."""
    _nobody()

"""Text that must be read again but not lie open in the database: an IBAN, for example.

Sealed with a key drawn from SECRET_KEY (HKDF-SHA256, one key a purpose; Fernet: AES-128-CBC with
HMAC-SHA256). Whoever changes SECRET_KEY must seal anew: see docs/operations.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from portal.config import Settings


class SealBroken(Exception):
    """The text was sealed with another key, or is not ours."""


def seal(text: str, purpose: str) -> str:
    """The text, readable again only by :func:`unseal` with the same purpose and SECRET_KEY."""
    return _box(_secret(), purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, purpose: str) -> str:
    """The text as it was sealed.

    :raises SealBroken: when the key or the purpose is another.
    """
    try:
        return _box(_secret(), purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SealBroken(purpose) from error


def fingerprint(text: str, purpose: str) -> str:
    """The same text gives the same 64 hexadecimal figures; the text cannot be found from them."""
    return hmac.new(
        _key(_secret(), f"fingerprint:{purpose}"), text.encode(), hashlib.sha256
    ).hexdigest()


def key_for(purpose: str) -> bytes:
    """32 bytes drawn from SECRET_KEY for one purpose; they are kept nowhere."""
    return _key(_secret(), purpose)


def _secret() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.secret_key


@lru_cache(maxsize=64)
def _key(secret: str, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"sourire:{purpose}".encode()).derive(secret.encode())


@lru_cache(maxsize=32)
def _box(secret: str, purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_key(secret, f"seal:{purpose}")))

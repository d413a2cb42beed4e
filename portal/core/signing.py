"""Signatures anybody can check without us: Ed25519 (RFC 8032).

The private key is drawn from SECRET_KEY and kept nowhere; the public one is published. Whoever
changes SECRET_KEY gets another key: what was signed before stays valid under the old public key.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from portal.core.sealing import key_for


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signs. ``public`` is its public half, raw, 32 bytes."""

    _private: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        return self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, message: bytes) -> str:
        """The signature, 64 bytes as base64."""
        return base64.b64encode(self._private.sign(message)).decode()


def signer(purpose: str, generation: int) -> Signer:
    """The key of a purpose; each generation is another one."""
    seed = key_for(f"sign:{purpose}:{generation}")
    return Signer(Ed25519PrivateKey.from_private_bytes(seed))


def is_signed(message: bytes, signature: str, public: bytes) -> bool:
    """Whether this signature (base64) was made over these bytes with that key."""
    try:
        raw = base64.b64decode(signature, validate=True)
        Ed25519PublicKey.from_public_bytes(public).verify(raw, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(public: bytes) -> str:
    """A name for a public key: the SHA-256 of its 32 bytes, hexadecimal."""
    return hashlib.sha256(public).hexdigest()


def pem(public: bytes) -> str:
    """The public key as other tools read it (SubjectPublicKeyInfo, PEM)."""
    key = Ed25519PublicKey.from_public_bytes(public)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

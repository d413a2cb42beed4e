"""Papers that prove a gift: what a scan must be to be kept."""

from __future__ import annotations

from typing import Final

MOST_BYTES: Final = 10 * 1024 * 1024
_PDF_HEAD: Final = b"%PDF-"
_JPEG_HEAD: Final = b"\xff\xd8\xff"
_JPEG_END: Final = b"\xff\xd9"


class BadProof(ValueError):
    """A file that is no proof we can keep."""


class ProofTooLarge(BadProof):
    """Larger than 10 MB."""


class ProofNotReadable(BadProof):
    """Neither a PDF nor a JPEG, whatever its name says."""


def media_type_of(content: bytes) -> str:
    """``application/pdf`` or ``image/jpeg``, by what the bytes are.

    :raises ProofTooLarge: :raises ProofNotReadable:
    """
    if len(content) > MOST_BYTES:
        raise ProofTooLarge(f"{len(content)} bytes")
    if content.startswith(_PDF_HEAD) and b"%%EOF" in content[-2048:]:
        return "application/pdf"
    if content.startswith(_JPEG_HEAD) and _JPEG_END in content[-64:]:
        return "image/jpeg"
    raise ProofNotReadable("neither PDF nor JPEG")

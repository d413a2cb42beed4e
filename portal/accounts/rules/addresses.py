"""Addresses of mail and of pages."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote, urljoin, urlsplit

_OUR_HOST = "https://here.invalid"
_PLAIN = re.compile(r"/[^\s\\\x00-\x1f\x7f]*\Z")


def normalised_email(address: str) -> str:
    """The one way the house writes an address, so that it is found however it is typed."""
    return unicodedata.normalize("NFC", address.strip()).lower()


def safe_next(target: str | None) -> str | None:
    """``target`` when it is a path of our own site, else None.

    Only a path is accepted: never a host, a scheme, a backslash, a control character or a path
    that begins with two slashes however they are written (OWASP ASVS 5.0, 3.7.2).
    """
    if not target or len(target) > 2000 or not _PLAIN.match(target):
        return None
    if any(unicodedata.category(letter)[0] == "C" for letter in target):
        return None
    if _leaves(target) or _leaves(unquote(target.partition("?")[0])):
        return None
    return target


def _leaves(target: str) -> bool:
    path = target.replace("\\", "/")
    try:
        reached = urlsplit(urljoin(_OUR_HOST, path))
    except ValueError:
        return True
    return (
        "//" in path.partition("?")[0]
        or not _PLAIN.match(path)
        or f"{reached.scheme}://{reached.netloc}" != _OUR_HOST
    )

"""The files a printed document may use: ours, packaged, found by name.

``logo.svg`` is a file of ``portal/core/pdf/assets``; ``receipts/receipt.css`` is the file
``receipt.css`` beside the printed templates of the feature *receipts*
(``portal/templates/receipts/pdf``). No other place can be named.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

from portal.core.pdf.errors import UnknownAsset

_NAME = re.compile(r"(?:(?P<feature>[a-z][a-z_]*)/)?(?P<file>[A-Za-z0-9][A-Za-z0-9_-]*\.[a-z]+)")
_MEDIA_TYPES = {"css": "text/css", "svg": "image/svg+xml", "png": "image/png"}


@lru_cache(maxsize=64)
def read_asset(name: str) -> bytes:
    """The bytes of that asset; raises UnknownAsset."""
    found = _NAME.fullmatch(name)
    if found is None or found["file"].rpartition(".")[2] not in _MEDIA_TYPES:
        raise UnknownAsset(name)
    portal = files("portal")
    folder = portal / "core" / "pdf" / "assets"
    if found["feature"]:
        folder = portal / "templates" / found["feature"] / "pdf"
    try:
        return (folder / found["file"]).read_bytes()
    except OSError as error:
        raise UnknownAsset(name) from error


def media_type_of(name: str) -> str:
    """The media type of an asset, by the end of its name; raises UnknownAsset."""
    try:
        return _MEDIA_TYPES[name.rpartition(".")[2]]
    except KeyError as error:
        raise UnknownAsset(name) from error

"""From bytes to letters: UTF-8 with or without its mark, UTF-16 with it, else Windows-1252.

A byte that fits no letter becomes a lone surrogate, which the check later reports at the row
where it stands; so one damaged name does not hide the rest of a file.
"""

from __future__ import annotations

import codecs
import re

_LONE = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII = re.compile("[^\x00-\x7f\udc80-\udcff]")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_END_OF_FILE = "\x1a"
_MARK = "\ufeff"


def decode(data: bytes) -> str:
    """The text of a file. Never fails; what cannot be read is marked in the text."""
    if data.startswith(_UTF16):
        text = data.decode("utf-16", "replace")
    elif data.startswith(codecs.BOM_UTF8):
        text = data[len(codecs.BOM_UTF8) :].decode("utf-8", "surrogateescape")
    else:
        text = _utf8_or_windows(data)
    return text.lstrip(_MARK).rstrip(_END_OF_FILE)


def _utf8_or_windows(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        damaged = data.decode("utf-8", "surrogateescape")
    if _mostly_utf8(damaged):
        return damaged
    return data.decode("cp1252", "surrogateescape")


def _mostly_utf8(damaged: str) -> bool:
    """A UTF-8 file with a few bad bytes, as when rows from another program were pasted in."""
    return len(_BEYOND_ASCII.findall(damaged)) > len(_LONE.findall(damaged))

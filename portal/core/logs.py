"""What the processes write about themselves: ids, never names, addresses or what people typed.

An exception is told by its kind and the places it came through. Its words are left out, because
they quote values (a constraint's key, a form's text, a mail's address). A line stays a line:
control characters are written as escapes, so that nobody can forge one.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from types import TracebackType

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ADDRESS = re.compile(r"[^\s@<>\"'(),;:=]+@[^\s@<>\"'(),;:=]+")
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def without_control_characters(text: str) -> str:
    """The text on one line: control characters as ``\\x0a``."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def told(error: BaseException) -> str:
    """The kind of the error, where it came through, and what caused it; none of its words."""
    kinds, seen = [], set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        kinds.append(type(link).__qualname__)
        link = link.__cause__ or link.__context__
    places = [
        f"  {frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    return "\n".join([" from ".join(kinds), *places])


class IdsOnly(logging.Formatter):
    """One line a record; e-mail addresses blanked out, exceptions without their words."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S%z")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        record.message = _ADDRESS.sub("…@…", without_control_characters(record.message))
        return super().formatMessage(record)

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's name
        return told(ei[1]) if isinstance(ei, tuple) and ei[1] is not None else ""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # never what another formatter made of it
        return super().format(record)


def configure(level: int = logging.WARNING) -> None:
    """Write to standard error, once in a process; where somebody listens already nothing changes."""
    root = logging.getLogger()
    if root.handlers:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(IdsOnly())
    root.addHandler(handler)
    root.setLevel(level)

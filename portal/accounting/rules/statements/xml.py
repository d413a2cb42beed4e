"""XML of a bank, read without trust: no entity, no document type, no address is ever followed."""

from __future__ import annotations

import re
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from portal.accounting.rules.statements.lines import StatementRefused
from portal.core.i18n_markers import N_
from portal.core.tables.encoding import decode
from portal.core.tables.wording import say

_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
_UNREADABLE: Final = (ParseError, LookupError, ValueError)
"""Damaged, or of an encoding it only names (LookupError, ValueError)."""
_BOMS: Final = (b"\xff\xfe", b"\xfe\xff")


def xml_of(data: bytes) -> Element:
    """The root. What stands before the first or behind the last tag, and a declaration that names a
    wrong encoding, are no matter.

    :raises StatementRefused: what is no XML, or carries a document type.
    """
    try:
        return _parsed(_between_tags(data))
    except _UNREADABLE:
        pass
    text = _DECLARATION.sub("", decode(data).strip("\ufeff \r\n\t\0"))
    try:
        return _parsed(_between_tags(text.encode("utf-8", "replace")))
    except _UNREADABLE as error:
        line = error.position[0] if isinstance(error, ParseError) else 0
        raise StatementRefused(
            say(N_("The file is damaged: its XML cannot be read.")), line
        ) from None


def _parsed(data: bytes) -> Element:
    try:
        return fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        problem = say(
            N_("The file carries a document type, which no statement needs: it is refused.")
        )
        raise StatementRefused(problem) from None


def _between_tags(data: bytes) -> bytes:
    if data[:2] in _BOMS:
        return data
    start, end = data.find(b"<"), data.rfind(b">")
    return data[start : end + 1] if start >= 0 else data


def bare(element: Element) -> str:
    """The tag without its namespace."""
    return str(element.tag).rpartition("}")[2]


def all_of(element: Element | None, path: str) -> list[Element]:
    """The elements at ``A/B/C``, whatever their namespace."""
    found = [] if element is None else [element]
    for name in path.split("/"):
        found = [child for each in found for child in each if bare(child) == name]
    return found


def text_at(element: Element | None, *paths: str) -> str:
    """The text at the first of these paths that has any, spaces folded."""
    for path in paths:
        for found in all_of(element, path):
            words = " ".join("".join(found.itertext()).split())
            if words:
                return words
    return ""

"""The codes of people and organisations (formats.md, table donors)."""

from __future__ import annotations

from enum import StrEnum


class DonorKind(StrEnum):
    """A person (CGI art. 200) or a company (CGI art. 238 bis)."""

    PERSON = "person"
    COMPANY = "company"


class Language(StrEnum):
    """The languages the portal writes in."""

    FR = "fr"
    EN = "en"

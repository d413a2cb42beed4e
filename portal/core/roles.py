"""Who people are to the house."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """A role of the head office. A sponsor is an account with a donor and no role."""

    FIELD_OFFICER = "field_officer"
    MATCHER = "matcher"
    EDITOR = "editor"
    ACCOUNTANT = "accountant"
    ADMINISTRATOR = "administrator"

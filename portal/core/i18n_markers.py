"""Marks sentences for translation where they are written, not where they are shown."""

from __future__ import annotations


def N_(message: str) -> str:  # noqa: N802 - the customary name
    """The message itself; the extractor finds it, gettext translates it later."""
    return message

"""Printing many receipts: papers come out in the order they were asked for, each or its fault."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import current_app, has_app_context

from portal.receipts.rules.content import ReceiptContent

if TYPE_CHECKING:
    from portal.config import Settings
    from portal.receipts.press import MakerApart, Press


@dataclass(frozen=True, slots=True)
class PaperOrder:
    """A receipt to be printed: what it says, where it can be checked, when it was made."""

    content: ReceiptContent
    verify_url: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PrintedPaper:
    """A receipt as PDF: the whole file is ``head + tail``, ``sha256`` (hexadecimal) is its.

    ``head`` is a constant beginning that many papers share, empty when a paper stands alone.
    """

    head: bytes
    tail: bytes
    sha256: str

    @property
    def content(self) -> bytes:
        """The whole file."""
        return self.head + self.tail

    @classmethod
    def whole(cls, content: bytes) -> PrintedPaper:
        """A paper that shares nothing with others."""
        return cls(b"", content, hashlib.sha256(content).hexdigest())


@dataclass(frozen=True, slots=True)
class PrintFault:
    """Why a receipt could not be printed; the others are."""

    reason: str


def print_papers(
    orders: Iterable[PaperOrder], *, signature: bytes | None = None
) -> Iterator[PrintedPaper | PrintFault]:
    """The papers, one for one and in order, each printed when it is asked for: by the press.

    ``signature``: PNG or JPEG of the signatory's hand. Raises PrintingLibrariesMissing, when
    nothing can be printed at all.
    """
    yield from _press(_kept_layouts(), signature).print_many(orders)


def prepare_papers(orders: Sequence[PaperOrder], *, signature: bytes | None = None) -> None:
    """Make the layouts these papers will need, which takes long; what they say may still change."""
    _press(_kept_layouts(), signature).prepare(orders)


def _kept_layouts() -> Path | None:
    """Where compiled layouts are kept; nowhere outside an application."""
    if not has_app_context():
        return None
    settings: Settings = current_app.extensions["settings"]
    return settings.instance_dir / "receipt-layouts"


@lru_cache(maxsize=2)
def _press(folder: Path | None, signature: bytes | None) -> Press:
    from portal.receipts.press import LayoutStore, Press

    if folder is None:
        return Press(signature=signature)
    return Press(LayoutStore(folder), signature=signature, maker=_maker(folder))


@lru_cache(maxsize=2)
def _maker(folder: Path) -> MakerApart:
    from portal.receipts.press import MakerApart

    return MakerApart(folder)

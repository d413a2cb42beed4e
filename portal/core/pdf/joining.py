"""Many printed papers as one file to take to the printer.

The joined file is for paper only: what travels inside the single documents (attachments, tags)
stays with them. Programs inside fonts and colour profiles that are the same bytes are kept once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

import pikepdf

A4 = (595.28, 841.89)
"""Points: 210 mm by 297 mm."""


def count_pages(paper: bytes) -> int:
    """How many pages a PDF has."""
    with pikepdf.open(BytesIO(paper)) as opened:
        return len(opened.pages)


def join(papers: Iterable[bytes], *, title: str, both_sides: bool = False) -> bytes:
    """The papers one after the other in one PDF; each begins on a new sheet.

    ``both_sides``: it will be printed on both sides, so a paper of an odd number of pages is
    followed by an empty one. ``papers`` may be a generator: only one is open at a time.
    """
    kept: dict[bytes, Any] = {}
    with pikepdf.new() as joined:
        for paper in papers:
            with pikepdf.open(BytesIO(paper)) as opened:
                _append(joined, opened, kept)
            if both_sides and len(joined.pages) % 2:
                joined.add_blank_page(page_size=A4)
        joined.docinfo["/Title"] = title
        written = BytesIO()
        joined.save(written, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return written.getvalue()


def _append(joined: pikepdf.Pdf, opened: pikepdf.Pdf, kept: dict[bytes, Any]) -> None:
    first = len(joined.pages)
    joined.pages.extend(opened.pages)
    for number in range(first, len(joined.pages)):
        page = joined.pages[number]
        for name in ("/StructParents", "/Annots", "/Tabs"):
            if name in page.obj:
                del page.obj[name]
        for descriptor in _font_descriptors(page):
            _keep_once(descriptor, kept)


def _font_descriptors(page: pikepdf.Page) -> Iterator[Any]:
    fonts = page.resources.get("/Font", pikepdf.Dictionary())
    for font in fonts.values():
        below = font.get("/DescendantFonts", [font])
        for each in below:
            if "/FontDescriptor" in each:
                yield each["/FontDescriptor"]


def _keep_once(descriptor: Any, kept: dict[bytes, Any]) -> None:
    for name in ("/FontFile2", "/FontFile3"):
        if name not in descriptor:
            continue
        program = descriptor[name]
        key = hashlib.sha256(program.read_raw_bytes()).digest()
        descriptor[name] = kept.setdefault(key, program)

"""Exact text for complex scripts: what is copied, searched or read aloud is what was written.

A PDF maps a glyph to one piece of text, but a Khmer glyph stands for different letters in
different clusters: the subscript in សូមអរគុណ would come out as another one. PDF 32000-1
§14.9.4 gives the remedy: each marked run of such text carries its own text, /ActualText.

Loaded by the engine only, once the fonts are pinned: importing it imports WeasyPrint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pydyf
from weasyprint.pdf.stream import Stream

# Hebrew to Thaana, the Indic and South-East Asian blocks, Khmer and its symbols.
_COMPLEX = re.compile("[\u0590-\u109f\u1780-\u17ff\u19e0-\u19ff]")
_BREAK_HINTS = str.maketrans("", "", "\u200b\u00ad")
_marked = Stream.marked


@contextmanager
def _marked_with_its_text(stream: Any, box: Any, tag: str) -> Iterator[None]:
    with _marked(stream, box, tag):
        text = getattr(box, "text", None)
        if stream._tags is not None and text and _COMPLEX.search(text):
            properties = next(
                part
                for part in reversed(stream.stream)
                if isinstance(part, pydyf.Dictionary) and "MCID" in part
            )
            properties["ActualText"] = pydyf.String(text.translate(_BREAK_HINTS))
        yield


def install() -> None:
    """From now on WeasyPrint writes /ActualText on runs of complex scripts."""
    Stream.marked = _marked_with_its_text

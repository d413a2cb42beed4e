"""Printed documents: HTML in, archivable and accessible PDF out.

The only place that knows WeasyPrint. A document is PDF/A-3a and PDF/UA-1 in one file, has the
same bytes whenever and wherever it is printed from the same input, embeds the vendored fonts
only, and can fetch nothing but our own assets and the images handed in with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from portal.core.pdf.conformance import finisher
from portal.core.pdf.engine import engine_for
from portal.core.pdf.errors import (
    DocumentFault,
    MissingGlyphs,
    PdfError,
    PrintingLibrariesMissing,
    RefusedResource,
    UnknownAsset,
    UnknownImage,
)
from portal.core.pdf.laying_out import Attachment, describe, embedded, lay_out, write
from portal.core.pdf.typefaces import missing_glyphs

__all__ = [
    "Attachment",
    "DocumentFault",
    "MissingGlyphs",
    "PdfError",
    "PrintingLibrariesMissing",
    "RefusedResource",
    "UnknownAsset",
    "UnknownImage",
    "missing_glyphs",
    "render",
]


def render(
    html: str,
    *,
    title: str,
    language: str,
    created_at: datetime,
    stylesheet: str,
    author: str = "",
    attachments: Sequence[Attachment] = (),
    images: Mapping[str, bytes] | None = None,
) -> bytes:
    """The document as PDF; the same input gives the same bytes.

    ``stylesheet`` is the name of one of our css assets; in the HTML, ``asset:<name>`` and
    ``image:<key>`` (a key of ``images``) are the only addresses served. ``created_at`` is an
    aware instant, printed to the second in UTC; ``language`` a BCP 47 tag.

    Raises PrintingLibrariesMissing, RefusedResource, UnknownAsset, UnknownImage, MissingGlyphs
    (a character none of our fonts has) or DocumentFault (whatever else the engine complains of).
    """
    if created_at.tzinfo is None:
        raise ValueError("created_at must be an aware instant")
    instant = created_at.astimezone(UTC).replace(microsecond=0)
    with engine_for(images or {}) as (engine, fetcher):
        document = lay_out(engine, fetcher, html, stylesheet)
        describe(document.metadata, title, language, instant, author)
        return write(
            document,
            finisher=finisher([attachment.media_type for attachment in attachments]),
            pdf_variant="pdf/a-3a",
            attachments=[embedded(engine, attachment, instant) for attachment in attachments],
        )

"""Printed documents: HTML in, archivable and accessible PDF out.

The only place that knows WeasyPrint. A document is PDF/A-3a and PDF/UA-1 in one file, has the
same bytes whenever and wherever it is printed from the same input, embeds the vendored fonts
only, and can fetch nothing but our own assets and the images handed in with it.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Literal

from portal.core.pdf.assets import read_asset
from portal.core.pdf.conformance import finisher
from portal.core.pdf.engine import Engine, engine_for
from portal.core.pdf.errors import (
    DocumentFault,
    MissingGlyphs,
    PdfError,
    PrintingLibrariesMissing,
    RefusedResource,
    UnknownAsset,
    UnknownImage,
)
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


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that travels inside the document (PDF/A-3, ISO 19005-3 §6.8)."""

    name: str
    content: bytes
    media_type: str
    description: str
    relationship: Literal["Source", "Data", "Alternative", "Supplement"] = "Data"


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
        document = _lay_out(engine, fetcher, html, stylesheet)
        _describe(document.metadata, title, language, instant, author)
        return _write(
            document,
            finisher=finisher([attachment.media_type for attachment in attachments]),
            pdf_variant="pdf/a-3a",
            attachments=[_embedded(engine, attachment, instant) for attachment in attachments],
        )


def _lay_out(engine: Engine, fetcher: Any, html: str, stylesheet: str) -> Any:
    weasyprint, fonts = engine.weasyprint, engine.font_configuration
    styles = [
        weasyprint.CSS(string=read_asset(name).decode(), url_fetcher=fetcher, font_config=fonts)
        for name in ("base.css", stylesheet)
    ]
    document = weasyprint.HTML(string=html, url_fetcher=fetcher).render(
        font_config=fonts, stylesheets=styles, pdf_variant="pdf/a-3a"
    )
    if document.metadata.attachments:
        raise RefusedResource("link rel=attachment")
    return document


def _write(document: Any, **options: Any) -> bytes:
    with warnings.catch_warnings():
        # WeasyPrint 70 opens the colour profile it ships and leaves the closing to Python.
        warnings.simplefilter("ignore", ResourceWarning)
        written: bytes = document.write_pdf(**options)
    return written


def _describe(metadata: Any, title: str, language: str, instant: datetime, author: str) -> None:
    written = instant.strftime("%Y-%m-%dT%H:%M:%SZ")
    metadata.title, metadata.lang = title, language
    metadata.created = metadata.modified = written
    metadata.authors = [author] if author else []


def _embedded(engine: Engine, attachment: Attachment, instant: datetime) -> Any:
    return engine.weasyprint.Attachment(
        file_obj=BytesIO(attachment.content),
        name=attachment.name,
        description=attachment.description,
        created=instant,
        modified=instant,
        relationship=attachment.relationship,
    )

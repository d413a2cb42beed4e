"""A document laid out on its pages, and what is said of it: shared by printing and compiling."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Literal

from portal.core.pdf.engine import Engine
from portal.core.pdf.errors import RefusedResource


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that travels inside the document (PDF/A-3, ISO 19005-3 §6.8)."""

    name: str
    content: bytes
    media_type: str
    description: str
    relationship: Literal["Source", "Data", "Alternative", "Supplement"] = "Data"


def lay_out(engine: Engine, fetcher: Any, html: str, stylesheet: str) -> Any:
    """The document laid out on its pages; raises RefusedResource."""
    weasyprint, fonts = engine.weasyprint, engine.font_configuration
    styles = [engine.style(name) for name in ("base.css", stylesheet)]
    document = weasyprint.HTML(string=html, url_fetcher=fetcher).render(
        font_config=fonts, stylesheets=styles, pdf_variant="pdf/a-3a"
    )
    if document.metadata.attachments:
        raise RefusedResource("link rel=attachment")
    return document


def write(document: Any, **options: Any) -> bytes:
    """The document as PDF."""
    with warnings.catch_warnings():
        # WeasyPrint 70 opens the colour profile it ships and leaves the closing to Python.
        warnings.simplefilter("ignore", ResourceWarning)
        written: bytes = document.write_pdf(**options)
    return written


def describe(metadata: Any, title: str, language: str, instant: datetime, author: str) -> None:
    """Say in the document what it is, in which language, by whom and when."""
    written = instant.strftime("%Y-%m-%dT%H:%M:%SZ")
    metadata.title, metadata.lang = title, language
    metadata.created = metadata.modified = written
    metadata.authors = [author] if author else []


def embedded(engine: Engine, attachment: Attachment, instant: datetime) -> Any:
    """The attachment as WeasyPrint takes it."""
    return engine.weasyprint.Attachment(
        file_obj=BytesIO(attachment.content),
        name=attachment.name,
        description=attachment.description,
        created=instant,
        modified=instant,
        relationship=attachment.relationship,
    )

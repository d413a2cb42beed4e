"""The sheet DUPLICATA: it goes before a receipt that is handed out again, and is no receipt itself."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from portal.core import pdf
from portal.core.clock import paris_date
from portal.receipts.paper import TEMPLATES, french_day
from portal.receipts.rules.content import ReceiptContent


def render_sheet(
    content: ReceiptContent, *, verify_url: str, recipient: str, at: datetime
) -> bytes:
    """The sheet as PDF. Raises portal.core.pdf.PdfError."""
    html = _template().render(
        receipt=content,
        recipient=recipient,
        issued_on=french_day(content.issued_on),
        handed_on=french_day(paris_date(at)),
        verify_url=verify_url,
    )
    return pdf.render(
        html,
        title=f"Duplicata du reçu fiscal n° {content.number}",
        language="fr",
        author=content.issuer.name,
        created_at=at,
        stylesheet="receipts/duplicate.css",
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("duplicate.html.j2")

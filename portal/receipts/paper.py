"""The receipt on paper: its content laid out as PDF, with the same facts attached as XML."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from portal.core import pdf
from portal.core.money import Money
from portal.receipts.paper_facts import XML_NAMESPACE, receipt_xml
from portal.receipts.paper_words import (
    attachment_words,
    country_name,
    french_amount,
    french_day,
    french_number,
    title_words,
    words_on_paper,
)
from portal.receipts.qr_code import as_svg, modules_of
from portal.receipts.rules.composition import NATURES, title_of
from portal.receipts.rules.content import (
    GiftNature,
    ModeBox,
    Payment,
    ReceiptContent,
    ReceiptKind,
)
from portal.receipts.rules.forms import DonorKind
from portal.receipts.rules.words import amount_in_figures, amount_in_words

__all__ = [
    "STYLESHEET",
    "TEMPLATES",
    "XML_NAMESPACE",
    "country_name",
    "exchange_line",
    "french_amount",
    "french_day",
    "lay_out_words",
    "receipt_xml",
    "render_receipt",
]

TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "receipts" / "pdf"
STYLESHEET = "receipts/receipt.css"
SPECIMEN_STYLESHEET = "receipts/specimen.css"
ATTACHMENT = "receipt.xml"
ATTACHMENT_TYPE = "application/xml"
ROWS_ON_FIRST_PAGE = 2

BOX_NAMES = {
    ModeBox.CASH: "Remise d’espèces",
    ModeBox.CHEQUE: "Chèque",
    ModeBox.BANK: "Virement, prélèvement, carte bancaire",
}
GIFT_FORMS = (
    "Acte authentique",
    "Acte sous seing privé",
    "Déclaration de don manuel",
    "Autres",
)
GIFT_NATURES = {
    DonorKind.PERSON: (
        ("Numéraire", GiftNature.MONEY),
        ("Titres de sociétés cotés", None),
        ("Abandon exprès de revenus ou de produits", None),
        (NATURES[GiftNature.WAIVED_EXPENSES], GiftNature.WAIVED_EXPENSES),
        ("Autres (4)", GiftNature.IN_KIND),
    ),
    DonorKind.COMPANY: (
        ("Numéraire", GiftNature.MONEY),
        ("Nature (biens, prestations, mécénat de compétences)", GiftNature.IN_KIND),
    ),
}
"""The boxes of each form, and what ticks them."""
LEGAL_BASES = {DonorKind.PERSON: ("200", "978"), DonorKind.COMPANY: ("238 bis",)}


def render_receipt(
    content: ReceiptContent,
    *,
    verify_url: str | None,
    created_at: datetime,
    signature: bytes | None = None,
    duplicate: bool = False,
    specimen: bool = False,
) -> bytes:
    """The receipt as PDF/A-3a with ``receipt.xml`` inside; the same input gives the same bytes.

    ``verify_url`` is printed with a QR code, for whoever checks the receipt; ``signature`` is a
    PNG or JPEG of the signatory's hand; ``duplicate`` prints DUPLICATA across the head (same
    number, same date); ``specimen`` prints SPÉCIMEN across every page. Raises
    portal.core.pdf.PdfError, for example MissingGlyphs.
    """
    html = lay_out_words(
        content,
        words_on_paper(content, verify_url),
        verify_link=verify_url,
        signed=signature is not None,
        duplicate=duplicate,
    )
    return pdf.render(
        html,
        title=title_words(content.number),
        language="fr",
        author=content.issuer.name,
        created_at=created_at,
        stylesheet=SPECIMEN_STYLESHEET if specimen else STYLESHEET,
        attachments=[
            pdf.Attachment(
                ATTACHMENT,
                receipt_xml(content),
                ATTACHMENT_TYPE,
                attachment_words(content.number),
            )
        ],
        images=images_of(verify_url, signature),
    )


def images_of(verify_url: str | None, signature: bytes | None) -> dict[str, bytes]:
    """The images the template shows: the code to check the receipt by, the signatory's hand."""
    images = {}
    if signature is not None:
        images["signature"] = signature
    if verify_url:
        images["qr"] = as_svg(modules_of(verify_url))
    return images


def lay_out_words(
    content: ReceiptContent,
    text: Mapping[str, str],
    *,
    verify_link: str | None,
    signed: bool,
    duplicate: bool = False,
    ticked: Mapping[ModeBox, bool] | None = None,
) -> str:
    """The receipt as HTML: ``text`` where the places are, the rest as the content says.

    ``ticked``: the boxes of the mode to tick, instead of those of the content.
    """
    if ticked is None:
        ticked = {box: box in content.modes for box in ModeBox}
    return _template().render(
        receipt=content,
        text=text,
        form_title=title_of(content),
        verify_url=verify_link,
        verify_link=verify_link,
        signed=signed,
        duplicate=duplicate,
        mode_boxes=[(BOX_NAMES[box], ticked[box], box.value) for box in ModeBox],
        **_words_of(content),
    )


def exchange_line(payment: Payment) -> str:
    """``Payé 100,00 USD, au taux de 0,921 € pour 1 USD (source : …)``; empty for euros."""
    exchange = payment.exchange
    if exchange is None:
        return ""
    rate, currency = exchange.rate.replace(".", ","), exchange.paid.currency
    paid = f"{french_number(exchange.paid)}\u00a0{currency}"
    return (
        f"Payé {paid}, au taux de {rate}\u00a0€ pour 1\u00a0{currency}"
        f" (source\u00a0: {exchange.source})"
    )


def _words_of(content: ReceiptContent) -> dict[str, Any]:
    """The ready-made words and booleans the template shows."""
    kind = content.donor.kind
    return {
        "is_company": kind is DonorKind.COMPANY,
        "is_annual": content.kind is ReceiptKind.ANNUAL,
        "alone": len(content.payments) == 1,
        "detail_apart": len(content.payments) > ROWS_ON_FIRST_PAGE
        or content.natures != (GiftNature.MONEY,),
        "legal_bases": [(base, base == content.legal_basis) for base in LEGAL_BASES[kind]],
        "gift_forms": [(form, form == content.form_of_gift, "") for form in GIFT_FORMS],
        "gift_natures": [
            (name, nature in content.natures, "") for name, nature in GIFT_NATURES[kind]
        ],
        "kind_line": _kind_line(content),
        "money_line": _sum_line(content.sum_of(GiftNature.MONEY)),
        "described": [
            (payment, _how_given(payment), _sum_line(payment.amount))
            for payment in content.payments
            if payment.nature is not GiftNature.MONEY
        ],
    }


def _kind_line(content: ReceiptContent) -> str:
    """What the receipt says beside money: objects, waived expenses, both or nothing."""
    names = {
        GiftNature.IN_KIND: "Dons en nature",
        GiftNature.WAIVED_EXPENSES: "Frais dont le remboursement est abandonné",
    }
    return " et ".join(names[nature] for nature in content.natures if nature in names)


def _how_given(payment: Payment) -> str:
    """When an object was handed over, or repayment waived."""
    day = french_day(payment.paid_on)
    waived = payment.nature is GiftNature.WAIVED_EXPENSES
    return f"abandon signé le {day}" if waived else f"remis le {day}"


def _sum_line(amount: Money) -> str:
    """An amount in figures and in words; nothing for nothing."""
    return f"{amount_in_figures(amount)} Euros — {amount_in_words(amount)}" if amount else ""


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["country_name"] = country_name
    environment.filters["exchange_line"] = exchange_line
    return environment.get_template("receipt.html.j2")

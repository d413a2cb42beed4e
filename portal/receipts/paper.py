"""The receipt on paper: its content laid out as PDF, with the same facts attached as XML."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import segno
from babel import Locale
from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from portal.core import pdf
from portal.core.money import Money
from portal.receipts.rules.composition import NATURES
from portal.receipts.rules.content import (
    Exchange,
    GiftNature,
    ModeBox,
    Payment,
    PaymentMode,
    ReceiptContent,
    ReceiptKind,
)
from portal.receipts.rules.forms import DonorKind, form_numbered
from portal.receipts.rules.words import amount_in_figures, amount_in_words

TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "receipts" / "pdf"
XML_NAMESPACE = "urn:sourire:receipt:1"
ROWS_ON_FIRST_PAGE = 2

MODE_NAMES = {
    PaymentMode.CARD: "Carte bancaire",
    PaymentMode.SEPA: "Prélèvement",
    PaymentMode.CHEQUE: "Chèque",
    PaymentMode.TRANSFER: "Virement",
    PaymentMode.CASH: "Espèces",
    PaymentMode.IN_KIND: "Don en nature",
    PaymentMode.WAIVED_EXPENSES: "Abandon de frais",
}
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
_FRENCH = Locale("fr")


def render_receipt(
    content: ReceiptContent,
    *,
    verify_url: str | None,
    created_at: datetime,
    signature: bytes | None = None,
    duplicate: bool = False,
) -> bytes:
    """The receipt as PDF/A-3a with ``receipt.xml`` inside; the same input gives the same bytes.

    ``verify_url`` is printed with a QR code, for whoever checks the receipt; ``signature`` is a
    PNG or JPEG of the signatory's hand; ``duplicate`` prints DUPLICATA across the head (same
    number, same date). Raises portal.core.pdf.PdfError, for example MissingGlyphs.
    """
    images = {}
    if signature is not None:
        images["signature"] = signature
    if verify_url:
        images["qr"] = _qr_code(verify_url)
    html = _template().render(
        receipt=content,
        form=form_numbered(content.form),
        verify_url=verify_url,
        signed=signature is not None,
        duplicate=duplicate,
        **_words_of(content),
    )
    return pdf.render(
        html,
        title=f"Reçu fiscal n° {content.number}",
        language="fr",
        author=content.issuer.name,
        created_at=created_at,
        stylesheet="receipts/receipt.css",
        attachments=[
            pdf.Attachment(
                "receipt.xml",
                receipt_xml(content),
                "application/xml",
                f"Les données du reçu n° {content.number}",
            )
        ],
        images=images,
    )


def receipt_xml(content: ReceiptContent) -> bytes:
    """The facts of the receipt for machines; amounts in cents, dates ISO 8601."""
    root = Element(
        "receipt",
        {
            "xmlns": XML_NAMESPACE,
            "number": content.number,
            "form": content.form,
            "year": str(content.tax_year),
            "issued": content.issued_on.isoformat(),
            "kind": content.kind.value,
            "article": content.legal_basis,
            **({"replaces": content.replaces} if content.replaces else {}),
        },
    )
    _named(root, "issuer", content.issuer.name, siren=content.issuer.siren, rna=content.issuer.rna)
    donor = content.donor
    donor_name = " ".join(donor.name_lines)
    _named(root, "donor", donor_name, kind=donor.kind.value, siren=donor.siren)
    SubElement(root, "total", _amount(content.total)).text = content.total_words
    payments = SubElement(root, "payments")
    for payment in content.payments:
        SubElement(payments, "payment", _payment_attributes(payment))
    indent(root)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _named(parent: Element, tag: str, name: str, **attributes: str) -> None:
    SubElement(parent, tag, {k: v for k, v in attributes.items() if v}).text = name


def _amount(amount: Money) -> dict[str, str]:
    return {"minor": str(amount.minor), "currency": amount.currency}


def _payment_attributes(payment: Payment) -> dict[str, str]:
    return {
        "on": payment.paid_on.isoformat(),
        **_amount(payment.amount),
        "mode": payment.mode.value,
        "purpose": payment.purpose,
        "reference": payment.reference,
        **({"description": payment.description} if payment.description else {}),
        **_exchange_attributes(payment.exchange),
    }


def _exchange_attributes(exchange: Exchange | None) -> dict[str, str]:
    if exchange is None:
        return {}
    return {
        "paid-minor": str(exchange.paid.minor),
        "paid-currency": exchange.paid.currency,
        "rate": exchange.rate,
        "rate-source": exchange.source,
    }


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


def _words_of(content: ReceiptContent) -> dict[str, object]:
    """The ready-made words and booleans the template shows."""
    kind = content.donor.kind
    annual = content.kind is ReceiptKind.ANNUAL
    paid = sorted({payment.paid_on for payment in content.payments})
    single_mode = MODE_NAMES[content.payments[0].mode] if len(content.payments) == 1 else ""
    return {
        "is_company": kind is DonorKind.COMPANY,
        "is_annual": annual,
        "paid_when": f"Cumul {content.tax_year}" if annual else french_day(paid[0]),
        "period": f"du {french_day(paid[0])} au {french_day(paid[-1])}" if annual else "",
        "single_mode": single_mode,
        "detail_apart": len(content.payments) > ROWS_ON_FIRST_PAGE
        or content.natures != (GiftNature.MONEY,),
        "legal_bases": [(base, base == content.legal_basis) for base in LEGAL_BASES[kind]],
        "gift_forms": [(form, form == content.form_of_gift) for form in GIFT_FORMS],
        "gift_natures": [(name, nature in content.natures) for name, nature in GIFT_NATURES[kind]],
        "kind_line": _kind_line(content),
        "money_line": _sum_line(content.sum_of(GiftNature.MONEY)),
        "described": [
            (payment, _how_given(payment), _sum_line(payment.amount))
            for payment in content.payments
            if payment.nature is not GiftNature.MONEY
        ],
        "mode_boxes": [(BOX_NAMES[box], box in content.modes) for box in ModeBox],
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


def french_day(day: date) -> str:
    """``2 janvier 2026``, ``1er janvier 2026``."""
    written = format_date(day, "d MMMM y", locale=_FRENCH)
    return written.replace("1 ", "1er ", 1) if day.day == 1 else written


def french_amount(amount: Money) -> str:
    """``1 980,00 €`` with spaces that never break."""
    return f"{french_number(amount)}\u00a0€"


def french_number(amount: Money) -> str:
    """``1 980,00``: the amount without its currency."""
    whole, _point, part = f"{amount.decimal:,f}".partition(".")
    return whole.replace(",", "\u202f") + (f",{part}" if part else "")


def country_name(code: str) -> str:
    """The country's French name."""
    return str(_FRENCH.territories.get(code, code))


def _qr_code(text: str) -> bytes:
    written = BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(written, kind="svg", border=0, dark="#1f2a44", xmldecl=False, svgclass=None)
    return written.getvalue()


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["french_day"] = french_day
    environment.filters["french_amount"] = french_amount
    environment.filters["country_name"] = country_name
    environment.filters["exchange_line"] = exchange_line
    environment.filters["mode_name"] = MODE_NAMES.__getitem__
    return environment.get_template("receipt.html.j2")

"""The slip of a transfer as PDF: whose account, which reference, and the code a banking app reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from babel.numbers import format_currency
from flask_babel import gettext
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup
from stdnum import iban

from portal.config import Organisation, Settings
from portal.core import pdf
from portal.core.i18n import in_language, language
from portal.core.money import Money
from portal.donations.epc_code import Payee, as_file, epc_code
from portal.donations.rules.transfer_reference import shown

_TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "donations" / "pdf"


@dataclass(frozen=True, slots=True)
class Coupon:
    """One slip: who it is for, the reference it carries, the sum proposed if any."""

    name: str
    address: tuple[str, ...]
    reference: str
    amount: Money | None = None
    message: str = ""
    language: str = "fr"

    @property
    def paragraphs(self) -> list[str]:
        return [part.strip() for part in self.message.splitlines() if part.strip()]


def payee(organisation: Organisation) -> Payee:
    """The association's account, as the settings name it."""
    return Payee(organisation.name, iban.compact(organisation.iban), organisation.bic)


def print_coupons(
    coupons: Sequence[Coupon], to: Payee, title: str, settings: Settings, at: datetime
) -> bytes:
    """One page a slip; the same input gives the same bytes. Raises portal.core.pdf.PdfError."""
    images = {
        f"code-{n}.svg": as_file(epc_code(to, coupon.reference, coupon.amount))
        for n, coupon in enumerate(coupons)
    }
    pages = []
    for n, coupon in enumerate(coupons):
        with in_language(coupon.language):
            page = _template("coupon.html.j2").render(
                coupon=coupon,
                image=f"image:code-{n}.svg",
                iban=iban.format(to.iban),
                bic=to.bic,
                payee=to.name,
                reference=shown(coupon.reference),
                organisation=settings.organisation,
                lang=language(),
            )
            pages.append(Markup(page))  # noqa: S704 - our own template, which escapes
    written = coupons[0].language if coupons else "fr"
    html = _template("coupons.html.j2").render(pages=pages, title=title, lang=written)
    return pdf.render(
        html,
        title=title,
        language=written,
        author=settings.organisation.name,
        created_at=at,
        stylesheet="donations/coupon.css",
        images=images,
    )


def _money(amount: Money) -> str:
    return str(format_currency(amount.decimal, amount.currency, locale=language()))


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["_"] = gettext
    environment.filters["money"] = _money
    return environment.get_template(name)

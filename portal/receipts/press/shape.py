"""Which receipts have one shape.

The shape is everything that decides where things stand: the kind of donor and of receipt, the
number of payments, and the words that are the same for a whole year (the charity, the signatory,
the form). The rest is filled in.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import version

from portal.core.pdf.assets import read_asset
from portal.core.pdf.typefaces import vendored_fonts
from portal.receipts.paper import TEMPLATES
from portal.receipts.press.guard import DoesNotFit
from portal.receipts.rules.composition import title_of
from portal.receipts.rules.content import GiftNature, ReceiptContent

FORMAT = 1
"""Of what is kept; another number makes all kept layouts unknown."""
_PACKAGES = ("weasyprint", "pydyf", "uharfbuzz", "segno", "isal")
_FILES = ("receipt.html.j2", "parts.html.j2", "receipt.css")


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape of receipts: ``key`` names it, ``like`` is any receipt of it."""

    key: str
    like: ReceiptContent
    verify_url: str
    signature: bytes | None


def shape_of(content: ReceiptContent, verify_url: str | None, signature: bytes | None) -> Shape:
    """The shape of that receipt; raises DoesNotFit for the rare kinds that are laid out whole.

    Rare: gifts in kind and waived expenses, other currencies, what replaces another receipt,
    what cannot be checked.
    """
    usual = (
        content.natures == (GiftNature.MONEY,)
        and not content.replaces
        and all(payment.exchange is None for payment in content.payments)
    )
    if not usual or verify_url is None:
        raise DoesNotFit("shape")
    key = _key(
        content.issuer,
        content.tax_year,
        content.form,
        content.form_label,
        title_of(content),
        content.form_notes,
        content.kind,
        content.donor.kind,
        content.legal_basis,
        content.form_of_gift,
        len(content.payments),
        len(verify_url),
        signature,
    )
    return Shape(key, content, verify_url, signature)


@lru_cache(maxsize=1000)
def _key(*constant: object) -> str:
    """One name for these words; ``repr`` says each of them wholly."""
    return hashlib.sha256(f"{_made_with()}{constant!r}".encode()).hexdigest()


@cache
def _made_with() -> str:
    """What a layout depends on beside its words: programs, fonts, template and style."""
    files = hashlib.sha256()
    for name in _FILES:
        files.update((TEMPLATES / name).read_bytes())
    for asset in ("base.css", "logo.svg"):
        files.update(read_asset(asset))
    fonts = [font.sha256 for font in vendored_fonts()]
    packages = [version(package) for package in _PACKAGES]
    return repr((FORMAT, packages, fonts, files.hexdigest()))

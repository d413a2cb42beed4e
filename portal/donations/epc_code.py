"""The code a banking app reads to fill in a transfer (EPC069-12, version 002): IBAN, sum, reference."""

from __future__ import annotations

import io
from dataclasses import dataclass

import segno
from markupsafe import Markup

from portal.core.money import Money

LONGEST_NAME = 70
QUIET_ZONE = 4


@dataclass(frozen=True, slots=True)
class Payee:
    """Whose account it is."""

    name: str
    iban: str
    bic: str = ""


class NotInEuros(ValueError):
    """The code knows euros only, from one cent to 999 999 999,99."""


def epc_text(payee: Payee, reference: str, amount: Money | None = None) -> str:
    """The twelve lines of the code; without an amount the app asks for it.

    :raises NotInEuros:
    """
    if amount is not None and not (amount.currency == "EUR" and 0 < amount.minor < 10**11):
        raise NotInEuros(str(amount))
    told = f"EUR{amount.decimal:.2f}" if amount else ""
    name = payee.name[:LONGEST_NAME].strip()
    lines = ("BCD", "002", "1", "SCT", payee.bic, name, payee.iban, told, "", reference, "", "")
    return "\n".join(lines).rstrip("\n")


def epc_code(payee: Payee, reference: str, amount: Money | None = None) -> segno.QRCode:
    """The code, with the error correction the standard asks for (M)."""
    text = epc_text(payee, reference, amount)
    return segno.make_qr(text, error="m", boost_error=False, encoding="utf-8")


def as_svg(code: segno.QRCode, title: str) -> Markup:
    """The drawing for a page: attributes only, no style, so that our content policy lets it stand."""
    drawn = code.svg_inline(
        border=QUIET_ZONE, omitsize=True, svgclass="qr__code", lineclass=None, title=title,
        dark="#000", light="#fff",
    )  # fmt: skip
    return Markup(drawn)  # noqa: S704 - drawn here; segno escapes the title


def as_file(code: segno.QRCode) -> bytes:
    """The drawing as an SVG file, for printed documents."""
    out = io.BytesIO()
    code.save(
        out, kind="svg", border=QUIET_ZONE, omitsize=True, dark="#000", light="#fff", svgns=True
    )
    return out.getvalue()


def as_picture(code: segno.QRCode) -> bytes:
    """The drawing as a PNG, which banking apps take from the album."""
    out = io.BytesIO()
    code.save(out, kind="png", border=QUIET_ZONE, scale=10)
    return out.getvalue()

"""The facts of a receipt for machines: the XML file that travels inside its paper."""

from __future__ import annotations

from functools import lru_cache

from portal.core.money import Money
from portal.receipts.rules.content import Exchange, Issuer, Payment, ReceiptContent

XML_NAMESPACE = "urn:sourire:receipt:1"

_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_IN_ATTRIBUTE = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "\r": "&#13;",
        "\n": "&#10;",
        "\t": "&#09;",
    }
)
_ODD = frozenset('&<>"\r\n\t')


def receipt_xml(content: ReceiptContent) -> bytes:
    """The facts of the receipt; amounts in cents, dates ISO 8601, indented by two spaces."""
    receipt = _attributes(
        xmlns=XML_NAMESPACE,
        number=content.number,
        form=content.form,
        year=str(content.tax_year),
        issued=content.issued_on.isoformat(),
        kind=content.kind.value,
        article=content.legal_basis,
        replaces=content.replaces or "",
    )
    donor = content.donor
    named = _attributes(kind=donor.kind.value, siren=donor.siren)
    payments = "\n".join(map(_payment, content.payments))
    return f"""<?xml version='1.0' encoding='utf-8'?>
<receipt{receipt}>
{_issuer(content.issuer)}
  {_element("donor", named, " ".join(donor.name_lines))}
  {_element("total", _amount(content.total), content.total_words)}
  <payments>
{payments}
  </payments>
</receipt>
""".encode()


@lru_cache(maxsize=16)
def _issuer(issuer: Issuer) -> str:
    return "  " + _element("issuer", _attributes(siren=issuer.siren, rna=issuer.rna), issuer.name)


def _element(tag: str, attributes: str, text: str) -> str:
    if not text:
        return f"<{tag}{attributes} />"
    return f"<{tag}{attributes}>{_escaped(text, _IN_TEXT)}</{tag}>"


def _escaped(text: str, table: dict[int, str]) -> str:
    return text if _ODD.isdisjoint(text) else text.translate(table)


def _attributes(**values: str) -> str:
    """What has a value, in the order given."""
    return "".join(
        [f' {name}="{_escaped(value, _IN_ATTRIBUTE)}"' for name, value in values.items() if value]
    )


def _amount(amount: Money) -> str:
    return f' minor="{amount.minor}" currency="{amount.currency}"'


def _payment(payment: Payment) -> str:
    purpose = _escaped(payment.purpose, _IN_ATTRIBUTE)
    reference = _escaped(payment.reference, _IN_ATTRIBUTE)
    description = _attributes(description=payment.description) if payment.description else ""
    return (
        f'    <payment on="{payment.paid_on.isoformat()}"{_amount(payment.amount)}'
        f' mode="{payment.mode.value}" purpose="{purpose}" reference="{reference}"'
        f"{description}{_exchange(payment.exchange)} />"
    )


def _exchange(exchange: Exchange | None) -> str:
    if exchange is None:
        return ""
    return (
        f' paid-minor="{exchange.paid.minor}" paid-currency="{exchange.paid.currency}"'
        + _attributes(rate=exchange.rate)
        + f' rate-source="{_escaped(exchange.source, _IN_ATTRIBUTE)}"'
    )

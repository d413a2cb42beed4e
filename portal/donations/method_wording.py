"""What a plan is debited from, in the reader's words: never more than four figures."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.donations.models import PlanMethod

_BRANDS = {
    "visa": "Visa",
    "mastercard": "Mastercard",
    "amex": "American Express",
    "cartes_bancaires": "CB",
    "diners": "Diners Club",
    "discover": "Discover",
    "jcb": "JCB",
    "unionpay": "UnionPay",
}


def method_words(method: PlanMethod) -> str:
    """``Visa •••• 4242``, ``Bank account (IBAN) •••• 3000``: never more than four figures."""
    return method_label(method.kind, method.brand, method.last4)


def from_method_words(method: PlanMethod) -> str:
    """The same inside a sentence: ``the card Visa •••• 4242``, ``the bank account …``."""
    if method.kind == "sepa":
        return str(_("the bank account (IBAN) •••• %(last4)s", last4=method.last4))
    return str(_("the card %(card)s", card=method_words(method)))


def method_label(kind: str, brand: str, last4: str) -> str:
    """The same from plain values, as an order keeps them."""
    if kind == "sepa":
        return str(_("Bank account (IBAN) •••• %(last4)s", last4=last4))
    name = _BRANDS.get(brand, brand.replace("_", " ").title()) or _("Card")
    return f"{name} •••• {last4}" if last4 else str(name)

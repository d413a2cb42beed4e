"""What a receipt says on paper, word for word, under the names its template calls them by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache

from babel import Locale
from babel.dates import format_date

from portal.core.money import Money
from portal.receipts.rules.content import Payment, PaymentMode, ReceiptContent, ReceiptKind
from portal.receipts.rules.forms import DonorKind

MODE_NAMES = {
    PaymentMode.CARD: "Carte bancaire",
    PaymentMode.SEPA: "Prélèvement",
    PaymentMode.CHEQUE: "Chèque",
    PaymentMode.TRANSFER: "Virement",
    PaymentMode.CASH: "Espèces",
    PaymentMode.IN_KIND: "Don en nature",
    PaymentMode.WAIVED_EXPENSES: "Abandon de frais",
}
ADDRESS_LINES = ("line1", "line2", "line3", "line4", "line5")
NOTHING = "\u00a0"
"""What stands where there is nothing to say: the place on the paper stays."""
_FRENCH = Locale("fr")


@lru_cache(maxsize=1000)
def french_day(day: date) -> str:
    """``2 janvier 2026``, ``1er janvier 2026``."""
    written = format_date(day, "d MMMM y", locale=_FRENCH)
    return written.replace("1 ", "1er ", 1) if day.day == 1 else written


@lru_cache(maxsize=1000)
def _short_day(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def french_amount(amount: Money) -> str:
    """``1 980,00 €`` with spaces that never break."""
    return f"{french_number(amount)}\u00a0€"


@lru_cache(maxsize=20_000)
def french_number(amount: Money) -> str:
    """``1 980,00``: the amount without its currency."""
    whole, _point, part = f"{amount.decimal:,f}".partition(".")
    return whole.replace(",", "\u202f") + (f",{part}" if part else "")


@cache
def country_name(code: str) -> str:
    """The country's French name."""
    return str(_FRENCH.territories.get(code, code))


def title_words(number: str) -> str:
    """The title of the document."""
    return f"Reçu fiscal n° {number}"


def attachment_words(number: str) -> str:
    """What the attached file is."""
    return f"Les données du reçu n° {number}"


def words_on_paper(content: ReceiptContent, verify_url: str | None) -> dict[str, str]:
    """Each changing text of the receipt by the name of its place; none of them is empty."""
    words = {
        **_head(content),
        **_addressee(content),
        **_donor(content),
        **_certified(content),
        "verify_url": verify_url or NOTHING,
        "issued": f"{content.issuer.city}, le {french_day(content.issued_on)}",
    }
    if content.kind is ReceiptKind.ANNUAL:
        words["lead"] = f"Annexe au reçu n° {content.number}, {words['line1']}"
        words["sum"] = french_amount(content.total)
        for row, payment in enumerate(content.payments, start=1):
            words.update(_row(str(row), payment))
    return {name: text or NOTHING for name, text in words.items()}


def _head(content: ReceiptContent) -> Mapping[str, str]:
    return {"number": content.number, "running": f"Reçu n° {content.number}"}


def _addressee(content: ReceiptContent) -> Mapping[str, str]:
    """The lines of the address, without holes; places below the last line stay empty."""
    donor = content.donor
    abroad = "" if donor.country == "FR" else country_name(donor.country)
    town = f"{donor.postcode} {donor.city}".strip()
    below = [donor.address1, donor.address2, town, abroad]
    lines = [" ".join(donor.name_lines), *filter(None, below)]
    lines += [NOTHING] * (len(ADDRESS_LINES) - len(lines))
    return dict(zip(ADDRESS_LINES, lines, strict=True))


def _donor(content: ReceiptContent) -> Mapping[str, str]:
    donor = content.donor
    if donor.kind is DonorKind.COMPANY:
        named = {
            "company_name": donor.company_name,
            "legal_form": donor.legal_form or "—",
            "siren": donor.siren,
        }
    else:
        named = {"last_name": donor.last_name, "first_name": donor.first_name}
    return named | {
        "address": ", ".join(filter(None, (donor.address1, donor.address2))),
        "postcode": donor.postcode,
        "city": donor.city,
        "country": country_name(donor.country),
    }


def _certified(content: ReceiptContent) -> Mapping[str, str]:
    said = {"figures": f"{content.total_figures} Euros", "words": content.total_words}
    first, last = content.payments[0], content.payments[-1]
    if content.kind is ReceiptKind.ANNUAL:
        said["period"] = f"(du {french_day(first.paid_on)} au {french_day(last.paid_on)})"
    else:
        said["paid_on"] = french_day(first.paid_on)
    if first is last:
        said["purpose"] = first.purpose
    return said


def _row(row: str, payment: Payment) -> Mapping[str, str]:
    return {
        "day" + row: _short_day(payment.paid_on),
        "purpose" + row: payment.purpose,
        "mode" + row: MODE_NAMES[payment.mode],
        "reference" + row: payment.reference,
        "amount" + row: french_amount(payment.amount),
    }

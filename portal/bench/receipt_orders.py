"""Made-up receipts for measuring: donors and gifts as different as real ones, always the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Final

from portal.bench.donors import CITIES, FIRST_NAMES, LAST_NAMES, STREETS
from portal.core.money import Money
from portal.receipts.printing import PaperOrder
from portal.receipts.rules.composition import compose
from portal.receipts.rules.content import Issuer, Payment, PaymentMode, ReceiptDonor, ReceiptKind
from portal.receipts.rules.forms import DonorKind

YEAR: Final = 2025
ISSUED: Final = date(2026, 1, 15)
LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CHILDREN: Final = ("ស្រីមុំ", "សុខ ចាន់ថា", "គឹម ស្រីពេជ្រ", "ញឹម វិចិត្រ", "ព្រំ សុភក្ត្រា", "ខៀវ វណ្ណា")
MODES: Final = (PaymentMode.SEPA, PaymentMode.CARD, PaymentMode.CHEQUE, PaymentMode.TRANSFER)
ISSUER: Final = Issuer(
    name="Pour un Sourire d’Enfant",
    siren="732829320",
    rna="W784000123",
    address1="49 rue de l’Exemple",
    postcode="78000",
    city="Versailles",
    purpose="Mener à un métier les enfants les plus pauvres du Cambodge",
    category="Œuvre ou organisme d’intérêt général — Association loi 1901",
    signatory_name="Camille Exemple",
    signatory_capacity="Trésorière",
)


@dataclass(frozen=True, slots=True)
class Mixture:
    """Of a thousand donors: so many are companies, have a second line of address,
    a name in Khmer, or a name too long for its line."""

    companies: int = 30
    second_line: int = 170
    khmer_name: int = 2
    long_name: int = 1


def orders(count: int, *, first: int = 1, rows: int | None = None) -> Iterator[PaperOrder]:
    """So many receipts; 40 % have one payment, 45 % twelve, 10 % 2 to 11, 4 % 13 to 24, 1 % 25 to 60.

    ``rows``: that many payments on each instead.
    """
    for index in range(first, first + count):
        yield _order(index, rows)


def run_of(count: int, *, first: int) -> Iterator[PaperOrder]:
    """So many receipts in the order of an annual run: those with as many payments together."""
    made_up = sorted(range(first, first + count), key=lambda index: rows_of(_luck(index)))
    return (_order(index, None) for index in made_up)


def _luck(index: int) -> Random:
    return Random(f"receipt {index}")  # noqa: S311 - made-up data


def rows_of(random: Random) -> int:
    """How many payments a donor made."""
    luck = random.random()
    if luck < 0.40:
        return 1
    if luck < 0.85:
        return 12
    if luck < 0.95:
        return random.randint(2, 11)
    return random.randint(13, 24) if luck < 0.99 else random.randint(25, 60)


def _order(index: int, rows: int | None) -> PaperOrder:
    random = _luck(index)
    count = rows or rows_of(random)
    content = compose(
        kind=ReceiptKind.SINGLE if count == 1 else ReceiptKind.ANNUAL,
        number=f"{YEAR}-{index:06d}",
        tax_year=YEAR,
        issued_on=ISSUED,
        issuer=ISSUER,
        donor=_donor(random, Mixture()),
        payments=_payments(random, index, count),
    )
    code = "-".join("".join(random.choices(LETTERS, k=4)) for _group in range(3))
    instant = datetime(2026, 1, 15, 9, tzinfo=UTC) + timedelta(seconds=index % 3600)
    return PaperOrder(content, f"https://sourire.example.org/fr/verify/{code}", instant)


def _donor(random: Random, mixture: Mixture) -> ReceiptDonor:
    luck = random.randrange(1000)
    address = {
        "address1": f"{random.randint(1, 199)} {random.choice(STREETS)}",
        "address2": "Bâtiment C" if random.randrange(1000) < mixture.second_line else "",
        "postcode": f"{random.randint(1000, 95999):05d}",
        "city": random.choice(CITIES),
    }
    first, last = random.choice(FIRST_NAMES), random.choice(LAST_NAMES)
    if luck < mixture.companies:
        named = {"company_name": f"Atelier {last} & fils", "legal_form": "SARL"}
        return ReceiptDonor(kind=DonorKind.COMPANY, siren="404833048", **named, **address)
    if luck < mixture.companies + mixture.khmer_name:
        last = random.choice(CHILDREN)
    elif luck < mixture.companies + mixture.khmer_name + mixture.long_name:
        last = "-".join(LAST_NAMES[:6])
    title = random.choice(("Mme", "M."))
    return ReceiptDonor(
        kind=DonorKind.PERSON, title=title, first_name=first, last_name=last, **address
    )


def _payments(random: Random, index: int, count: int) -> list[Payment]:
    mode, child = random.choice(MODES), random.choice(CHILDREN)
    purpose = random.choice((f"Parrainage de {child}", "Parrainage d’un enfant", "Don"))
    usual = random.choice((1000, 1500, 2000, 2800, 3500, 5000, 7525))
    step = timedelta(days=340 // max(count, 2))
    return [
        Payment(
            paid_on=date(YEAR, 1, 5) + step * row,
            amount=Money(usual if random.random() < 0.9 else usual + random.randint(1, 4999)),
            mode=mode,
            purpose=purpose,
            reference=f"DON-{YEAR}-{index * 60 + row:07d}",
        )
        for row in range(count)
    ]

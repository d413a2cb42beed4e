"""An invented charity, invented donors, and receipts for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from portal.core.money import Money
from portal.receipts.rules.composition import compose
from portal.receipts.rules.content import (
    Issuer,
    Payment,
    PaymentMode,
    ReceiptContent,
    ReceiptDonor,
    ReceiptKind,
)
from portal.receipts.rules.forms import DonorKind

MakeReceipt = Callable[..., ReceiptContent]


@pytest.fixture(scope="session")
def issuer() -> Issuer:
    return Issuer(
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


@pytest.fixture(scope="session")
def person() -> ReceiptDonor:
    return ReceiptDonor(
        kind=DonorKind.PERSON,
        title="Mme",
        first_name="Maëlle",
        last_name="Lefèvre-Œuvrard",
        address1="12 bis allée des Tilleuls",
        address2="Bâtiment C",
        postcode="44000",
        city="Nantes",
    )


@pytest.fixture(scope="session")
def company() -> ReceiptDonor:
    return ReceiptDonor(
        kind=DonorKind.COMPANY,
        company_name="Menuiserie Bel Air & fils",
        legal_form="SARL",
        siren="404833048",
        address1="8 zone artisanale du Port",
        postcode="35400",
        city="Saint-Malo",
    )


def monthly(count: int, mode: PaymentMode = PaymentMode.SEPA, minor: int = 4700) -> list[Payment]:
    """Payments spread over 2025, the first on 5 January."""
    step = timedelta(days=360 // max(count, 2))
    return [
        Payment(
            paid_on=date(2025, 1, 5) + step * index,
            amount=Money(minor),
            mode=mode,
            purpose="Parrainage de ស្រីមុំ",
            reference=f"DON-2025-{index + 1:06d}",
        )
        for index in range(count)
    ]


@pytest.fixture(scope="session")
def make_receipt(issuer: Issuer, person: ReceiptDonor) -> MakeReceipt:
    """A receipt like any other, but for what is said."""

    def make(**but: Any) -> ReceiptContent:
        usual: dict[str, Any] = {
            "kind": ReceiptKind.ANNUAL,
            "number": "2025-000123",
            "tax_year": 2025,
            "issued_on": date(2026, 1, 15),
            "issuer": issuer,
            "donor": person,
            "payments": monthly(12),
        }
        return compose(**usual | but)

    return make

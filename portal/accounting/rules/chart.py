"""The accounts a gift passes through, with their French labels and the days these hold.

Sources: règlement ANC n° 2018-06 (associations, in force since 1 January 2020) and the plan
comptable général after règlement ANC n° 2022-06 (financial years from 1 January 2025).
Numbers are six digits; the treasurer's subdivision is a setting of the ledger that imports.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final


class UnknownAccount(LookupError):
    """This account is not in the chart on that day."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the chart: its number, its label, and the days that label holds."""

    code: str
    label: str
    source: str
    effective_from: date
    effective_until: date | None = None

    def holds_on(self, on: date) -> bool:
        """Whether this is the account's wording on that day."""
        return self.effective_from <= on and (
            self.effective_until is None or on <= self.effective_until
        )


STRIPE: Final = "517100"
CHEQUES_IN_HAND: Final = "511200"
BANK: Final = "512100"
CASH: Final = "530000"
INTERNAL_TRANSFERS: Final = "580000"
OTHER_DEBTORS: Final = "467000"
SUSPENSE: Final = "471000"
FEES: Final = "627800"
PENALTIES: Final = "658000"
GIFTS: Final = "754110"
WAIVED_EXPENSES: Final = "754120"
CORPORATE_GIFTS: Final = "754200"
MEMBERSHIPS: Final = "756100"
MEMBERSHIPS_WITH_RETURN: Final = "756200"
OTHER_INCOME: Final = "758000"

_ASSOCIATIONS: Final = "ANC 2018-06"
_PCG: Final = "PCG"
_PCG_2025: Final = "PCG, ANC 2022-06"
_SINCE_2020: Final = date(2020, 1, 1)
_SINCE_2025: Final = date(2025, 1, 1)
_END_OF_2024: Final = date(2024, 12, 31)

CHART: Final[tuple[Account, ...]] = (
    Account(
        OTHER_DEBTORS, "Autres comptes débiteurs ou créditeurs", _PCG, _SINCE_2020, _END_OF_2024
    ),
    Account(
        OTHER_DEBTORS,
        "Divers comptes débiteurs et produits à recevoir",
        _PCG_2025,
        _SINCE_2025,
    ),
    Account(SUSPENSE, "Comptes d'attente", _PCG, _SINCE_2020),
    Account(CHEQUES_IN_HAND, "Chèques à encaisser", _PCG, _SINCE_2020),
    Account(BANK, "Banque", _PCG, _SINCE_2020),
    Account(STRIPE, "Stripe", _PCG, _SINCE_2020),
    Account(CASH, "Caisse", _PCG, _SINCE_2020),
    Account(INTERNAL_TRANSFERS, "Virements internes", _PCG, _SINCE_2020),
    Account(FEES, "Autres frais et commissions sur prestations de services", _PCG, _SINCE_2020),
    Account(PENALTIES, "Charges diverses de gestion courante", _PCG, _SINCE_2020, _END_OF_2024),
    Account(PENALTIES, "Pénalités et autres charges", _PCG_2025, _SINCE_2025),
    Account(GIFTS, "Dons manuels", _ASSOCIATIONS, _SINCE_2020),
    Account(WAIVED_EXPENSES, "Abandons de frais par les bénévoles", _ASSOCIATIONS, _SINCE_2020),
    Account(CORPORATE_GIFTS, "Mécénats", _ASSOCIATIONS, _SINCE_2020),
    Account(MEMBERSHIPS, "Cotisations sans contrepartie", _ASSOCIATIONS, _SINCE_2020),
    Account(MEMBERSHIPS_WITH_RETURN, "Cotisations avec contrepartie", _ASSOCIATIONS, _SINCE_2020),
    Account(OTHER_INCOME, "Produits divers de gestion courante", _PCG, _SINCE_2020, _END_OF_2024),
    Account(OTHER_INCOME, "Indemnités et autres produits", _PCG_2025, _SINCE_2025),
)


def account_on(code: str, on: date) -> Account:
    """The account as the chart words it on that day.

    :raises UnknownAccount: when the chart does not have it then.
    """
    for account in CHART:
        if account.code == code and account.holds_on(on):
            return account
    raise UnknownAccount(f"account {code} is not in the chart on {on.isoformat()}")

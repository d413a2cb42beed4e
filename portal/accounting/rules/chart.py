"""The accounts a gift passes through, with their French labels and the days these hold.

Sources: règlement ANC n° 2018-06 (associations, in force since 1 January 2020) and the plan
comptable général after règlement ANC n° 2022-06 (financial years from 1 January 2025).
Numbers are six digits. Account 512 is subdivided by bank account (:mod:`own_accounts`): which
subdivisions there are is data, each is worded as the account it is of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
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


DEDICATED_FUNDS: Final = "196000"
STRIPE: Final = "517100"
CHEQUES_IN_HAND: Final = "511200"
BANK_CLASS: Final = "512"
BANK: Final = "512100"
CASH: Final = "530000"
INTERNAL_TRANSFERS: Final = "580000"
CASH_IN_TRANSIT: Final = "581000"
VOLUNTEERS_TRAVEL: Final = "625100"
OTHER_DEBTORS: Final = "467000"
AGREED_GIFTS: Final = "467200"
VOLUNTEERS_EXPENSES: Final = "468100"
SUSPENSE: Final = "471000"
FEES: Final = "627800"
EXCHANGE_LOSSES: Final = "656000"
PENALTIES: Final = "658000"
FUNDS_CARRIED: Final = "689600"
GIFTS: Final = "754110"
WAIVED_EXPENSES: Final = "754120"
CORPORATE_GIFTS: Final = "754200"
MEMBERSHIPS: Final = "756100"
MEMBERSHIPS_WITH_RETURN: Final = "756200"
EXCHANGE_GAINS: Final = "757000"
OTHER_INCOME: Final = "758000"
FUNDS_USED: Final = "789600"
GIFTS_IN_KIND_USED: Final = "860000"
GIFTS_IN_KIND: Final = "870000"

_ASSOCIATIONS: Final = "ANC 2018-06"
_PCG: Final = "PCG"
_PCG_2025: Final = "PCG, ANC 2022-06"
BOOKS_SINCE: Final = date(2020, 1, 1)
"""The first day of this chart."""
_SINCE_2020: Final = BOOKS_SINCE
_SINCE_2025: Final = date(2025, 1, 1)
_END_OF_2024: Final = date(2024, 12, 31)

CHART: Final[tuple[Account, ...]] = (
    Account(
        DEDICATED_FUNDS,
        "Fonds dédiés liés à la générosité du public",
        _ASSOCIATIONS,
        _SINCE_2020,
    ),
    Account(
        FUNDS_CARRIED,
        "Reports en fonds dédiés sur ressources liées à la générosité du public",
        _ASSOCIATIONS,
        _SINCE_2020,
    ),
    Account(
        FUNDS_USED,
        "Utilisations de fonds dédiés sur ressources liées à la générosité du public",
        _ASSOCIATIONS,
        _SINCE_2020,
    ),
    Account(
        OTHER_DEBTORS, "Autres comptes débiteurs ou créditeurs", _PCG, _SINCE_2020, _END_OF_2024
    ),
    Account(
        OTHER_DEBTORS,
        "Divers comptes débiteurs et produits à recevoir",
        _PCG_2025,
        _SINCE_2025,
    ),
    Account(AGREED_GIFTS, "Mécénats à recevoir", _PCG, _SINCE_2020),
    Account(VOLUNTEERS_EXPENSES, "Frais des bénévoles", _ASSOCIATIONS, _SINCE_2020),
    Account(SUSPENSE, "Comptes d'attente", _PCG, _SINCE_2020),
    Account(CHEQUES_IN_HAND, "Chèques à encaisser", _PCG, _SINCE_2020),
    Account(BANK, "Banque", _PCG, _SINCE_2020),
    Account(STRIPE, "Stripe", _PCG, _SINCE_2020),
    Account(CASH, "Caisse", _PCG, _SINCE_2020),
    Account(INTERNAL_TRANSFERS, "Virements internes", _PCG, _SINCE_2020),
    Account(CASH_IN_TRANSIT, "Virements internes, espèces déposées", _PCG, _SINCE_2020),
    Account(VOLUNTEERS_TRAVEL, "Voyages et déplacements", _PCG, _SINCE_2020),
    Account(FEES, "Autres frais et commissions sur prestations de services", _PCG, _SINCE_2020),
    Account(
        EXCHANGE_LOSSES,
        "Pertes de change sur créances et dettes commerciales",
        "PCG, ANC 2015-05",
        _SINCE_2020,
    ),
    Account(PENALTIES, "Charges diverses de gestion courante", _PCG, _SINCE_2020, _END_OF_2024),
    Account(PENALTIES, "Pénalités et autres charges", _PCG_2025, _SINCE_2025),
    Account(GIFTS, "Dons manuels", _ASSOCIATIONS, _SINCE_2020),
    Account(WAIVED_EXPENSES, "Abandons de frais par les bénévoles", _ASSOCIATIONS, _SINCE_2020),
    Account(CORPORATE_GIFTS, "Mécénats", _ASSOCIATIONS, _SINCE_2020),
    Account(MEMBERSHIPS, "Cotisations sans contrepartie", _ASSOCIATIONS, _SINCE_2020),
    Account(MEMBERSHIPS_WITH_RETURN, "Cotisations avec contrepartie", _ASSOCIATIONS, _SINCE_2020),
    Account(
        EXCHANGE_GAINS,  # 756 is for memberships in an association's books
        "Gains de change sur créances et dettes commerciales",
        _ASSOCIATIONS,
        _SINCE_2020,
    ),
    Account(OTHER_INCOME, "Produits divers de gestion courante", _PCG, _SINCE_2020, _END_OF_2024),
    Account(OTHER_INCOME, "Indemnités et autres produits", _PCG_2025, _SINCE_2025),
    Account(GIFTS_IN_KIND_USED, "Secours en nature", _ASSOCIATIONS, _SINCE_2020),
    Account(GIFTS_IN_KIND, "Dons en nature", _ASSOCIATIONS, _SINCE_2020),
)


def account_on(code: str, on: date, chart: Sequence[Account] = CHART) -> Account:
    """The account as the chart words it on that day; a bank account of its own as the bank.

    :raises UnknownAccount: when the chart does not have it then.
    """
    for account in chart:
        if account.code == code and account.holds_on(on):
            return account
    if code.startswith(BANK_CLASS) and code != BANK and len(code) == len(BANK):
        return replace(account_on(BANK, on, chart), code=code)
    raise UnknownAccount(f"account {code} is not in the chart on {on.isoformat()}")

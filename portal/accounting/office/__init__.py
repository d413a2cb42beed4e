"""The accountant's pages: the books, and the bank."""

from __future__ import annotations

from portal.accounting.office.bank import bank
from portal.accounting.office.books import books

__all__ = ["bank", "books"]

from portal.accounting.office import (  # noqa: F401
    bank_accounts,
    bank_decisions,
    bank_lines,
    bank_promises,
    bank_rules,
    closing,
    entries,
    funds,
    strays,
)

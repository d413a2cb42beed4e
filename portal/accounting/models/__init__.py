"""The journal, and what the bank says of the account."""

from portal.accounting.models.bank import (
    BankAccount,
    BankFile,
    BankLine,
    BankStatement,
    BankUpload,
)
from portal.accounting.models.bank_matches import (
    BankMatch,
    BankPart,
    BankRule,
    StandingOrder,
)
from portal.accounting.models.journal import Entry, EntryLine, JournalCounter

__all__ = [
    "BankAccount",
    "BankFile",
    "BankLine",
    "BankMatch",
    "BankPart",
    "BankRule",
    "BankStatement",
    "BankUpload",
    "Entry",
    "EntryLine",
    "JournalCounter",
    "StandingOrder",
]

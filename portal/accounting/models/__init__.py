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
from portal.accounting.models.closing import ClosedPeriod, ManualEntry, PeriodKind, Reopening
from portal.accounting.models.funds import CrodTag, LedgerFigure
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
    "ClosedPeriod",
    "CrodTag",
    "Entry",
    "EntryLine",
    "JournalCounter",
    "LedgerFigure",
    "ManualEntry",
    "PeriodKind",
    "Reopening",
    "StandingOrder",
]

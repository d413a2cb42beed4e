"""Rules with dates: forms, texts, rates, caps, accounts as data, each version kept.

What the portal comes with stands in the code of each feature; an administrator writes newer
versions, each with its first day, its source and a reason (docs/rules/dated-rules.md).
"""

from portal.core.dated_rules.book import RuleBook, read_again, rule_book
from portal.core.dated_rules.kinds import RuleField, RuleKind, Shape, register_kind
from portal.core.dated_rules.timeline import NothingHolds, Period, Version

__all__ = [
    "NothingHolds",
    "Period",
    "RuleBook",
    "RuleField",
    "RuleKind",
    "Shape",
    "Version",
    "read_again",
    "register_kind",
    "rule_book",
]

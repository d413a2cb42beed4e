"""Bank statements as files, whoever's software wrote them: liberal about letters, strict on sums."""

from portal.accounting.rules.statements.control import proved
from portal.accounting.rules.statements.delimited import ColumnPlan, guess_plan, preview
from portal.accounting.rules.statements.lines import (
    FileFormat,
    Statement,
    StatementLine,
    StatementRefused,
)
from portal.accounting.rules.statements.reading import MappingNeeded, StatementFile, read_file

__all__ = [
    "ColumnPlan",
    "FileFormat",
    "MappingNeeded",
    "Statement",
    "StatementFile",
    "StatementLine",
    "StatementRefused",
    "guess_plan",
    "preview",
    "proved",
    "read_file",
]

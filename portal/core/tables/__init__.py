"""Tables that come in: found in a folder, read whatever wrote them, checked to the last value.

Nothing here knows a database or a screen. A feature describes its tables (`Table`); `read_folder`
or `read_files` takes them out of CSV files and workbooks; `check` says which rows are good, and of
every other one the table, the line, the column, the value and what is wrong, in words.
"""

from portal.core.tables.checking import check
from portal.core.tables.delivery import read_files, read_folder
from portal.core.tables.results import Batch, Checked, CheckedTable, Fault, Notice, Row
from portal.core.tables.spec import Reference, Table
from portal.core.tables.wording import Sentence

__all__ = [
    "Batch",
    "Checked",
    "CheckedTable",
    "Fault",
    "Notice",
    "Reference",
    "Row",
    "Sentence",
    "Table",
    "check",
    "read_files",
    "read_folder",
]

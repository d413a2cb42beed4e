"""Every file that leaves the house has an identity: what it was made of, by whom, its SHA-256.

The same bytes come again when it is asked for again: stored ones (`core/documents`), or, for archives of
papers that are kept anyway, made again and compared.
"""

from portal.core.exports.kinds import (
    ExportKind,
    ExportRefused,
    Progress,
    Sheet,
    Sums,
    UnknownKind,
    Written,
    export_kinds,
    kind_of,
    register_export,
)
from portal.core.exports.models import Export, ExportState
from portal.core.exports.services import (
    NotMade,
    NotTheSameBytes,
    by_public_id,
    compare_today,
    hand_out,
    label_of,
    make_now,
    written_down,
)
from portal.core.exports.tasks import begin
from portal.core.exports.writing import Preview, file_of, member, preview, told_of

__all__ = [
    "Export",
    "ExportKind",
    "ExportRefused",
    "ExportState",
    "NotMade",
    "NotTheSameBytes",
    "Preview",
    "Progress",
    "Sheet",
    "Sums",
    "UnknownKind",
    "Written",
    "begin",
    "by_public_id",
    "compare_today",
    "export_kinds",
    "file_of",
    "hand_out",
    "kind_of",
    "label_of",
    "make_now",
    "member",
    "preview",
    "register_export",
    "told_of",
    "written_down",
]

"""Use cases of receipts; one public function is one transaction (a run: one a donor)."""

from portal.receipts.services.cancelling import (
    AlreadyCancelled,
    NothingLeftToCertify,
    cancel_receipt,
    replace_receipt,
)
from portal.receipts.services.duplicates import hand_out_duplicate
from portal.receipts.services.exports import (
    FolderRefused,
    NoReceipt,
    register_file,
    write_archive,
    write_folder,
)
from portal.receipts.services.gift_changes import note_correction_due, refuse_change
from portal.receipts.services.issuing import GiftAlreadyReceipted, issue_receipt
from portal.receipts.services.notices import announce_some, ask_for_notices
from portal.receipts.services.runs import (
    YearNotOver,
    continue_run,
    dry_run,
    start_run,
    year_is_over,
)
from portal.receipts.services.verification import Standing, Verdict, standing_of_code, verify_file

__all__ = [
    "AlreadyCancelled",
    "FolderRefused",
    "GiftAlreadyReceipted",
    "NoReceipt",
    "NothingLeftToCertify",
    "Standing",
    "Verdict",
    "YearNotOver",
    "announce_some",
    "ask_for_notices",
    "cancel_receipt",
    "continue_run",
    "dry_run",
    "hand_out_duplicate",
    "issue_receipt",
    "note_correction_due",
    "refuse_change",
    "register_file",
    "replace_receipt",
    "standing_of_code",
    "start_run",
    "verify_file",
    "write_archive",
    "write_folder",
    "year_is_over",
]

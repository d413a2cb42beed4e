"""Use cases of receipts; one public function is one transaction (a run: one a chunk)."""

from portal.receipts.services.cancelling import (
    AlreadyCancelled,
    NothingLeftToCertify,
    cancel_receipt,
    other_gifts,
    replace_receipt,
)
from portal.receipts.services.chunks import issue_next_chunk
from portal.receipts.services.corrections import (
    MustNotStand,
    act_proposed,
    content_if_replaced,
    leave_as_it_is,
    note_posted,
    notice_came_back,
)
from portal.receipts.services.delivering import (
    deliver,
    handed_over,
    note_bounce,
    note_opened,
)
from portal.receipts.services.duplicates import hand_out_duplicate, print_sheet, take_own
from portal.receipts.services.exports import (
    FolderRefused,
    NoReceipt,
    file_name,
    is_partial,
    register_file,
    write_archive,
    write_folder,
)
from portal.receipts.services.gift_changes import note_correction_due, refuse_change
from portal.receipts.services.issuing import GiftAlreadyReceipted, issue_receipt
from portal.receipts.services.links import (
    LinkNotValid,
    LinkTooOld,
    receipt_behind,
    send_new_link,
)
from portal.receipts.services.merged_donors import on_donors_merging
from portal.receipts.services.notice_letters import (
    AddressMissing,
    NoLetterDue,
    can_be_posted,
    print_notice,
)
from portal.receipts.services.posting import (
    NothingToPost,
    list_of_letters,
    open_batch,
    print_again,
    take_to_the_printer,
)
from portal.receipts.services.preferences import ChannelNotPossible, set_preference
from portal.receipts.services.runs import (
    RunIsOver,
    YearNotOver,
    cancel_run,
    continue_run,
    dry_run,
    pause_run,
    resume_run,
    retry_faults,
    start_run,
    year_is_over,
)
from portal.receipts.services.sending import (
    NothingToSend,
    ask_for_delivery,
    deliver_some,
    sending_failed,
)
from portal.receipts.services.signing import (
    rotate_key,
    sign_all_the_same,
    sign_register,
    watch_register,
)
from portal.receipts.services.singles import (
    GiftMustWait,
    issue_and_deliver,
    issue_asked_for,
    issue_those_due,
)
from portal.receipts.services.verification import Standing, Verdict, standing_of_code, verify_file

__all__ = [
    "AddressMissing",
    "AlreadyCancelled",
    "ChannelNotPossible",
    "FolderRefused",
    "GiftAlreadyReceipted",
    "GiftMustWait",
    "LinkNotValid",
    "LinkTooOld",
    "MustNotStand",
    "NoLetterDue",
    "NoReceipt",
    "NothingLeftToCertify",
    "NothingToPost",
    "NothingToSend",
    "RunIsOver",
    "Standing",
    "Verdict",
    "YearNotOver",
    "act_proposed",
    "ask_for_delivery",
    "can_be_posted",
    "cancel_receipt",
    "cancel_run",
    "content_if_replaced",
    "continue_run",
    "deliver",
    "deliver_some",
    "dry_run",
    "file_name",
    "hand_out_duplicate",
    "handed_over",
    "is_partial",
    "issue_and_deliver",
    "issue_asked_for",
    "issue_next_chunk",
    "issue_receipt",
    "issue_those_due",
    "leave_as_it_is",
    "list_of_letters",
    "note_bounce",
    "note_correction_due",
    "note_opened",
    "note_posted",
    "notice_came_back",
    "on_donors_merging",
    "open_batch",
    "other_gifts",
    "pause_run",
    "print_again",
    "print_notice",
    "print_sheet",
    "receipt_behind",
    "refuse_change",
    "register_file",
    "replace_receipt",
    "resume_run",
    "retry_faults",
    "rotate_key",
    "send_new_link",
    "sending_failed",
    "set_preference",
    "sign_all_the_same",
    "sign_register",
    "standing_of_code",
    "start_run",
    "take_own",
    "take_to_the_printer",
    "verify_file",
    "watch_register",
    "write_archive",
    "write_folder",
    "year_is_over",
]

"""Bank statements: brought in, matched, learned from. One public function is one transaction."""

from portal.accounting.services.bank.certain import accept_certain
from portal.accounting.services.bank.doubles import same_money, two_transfers
from portal.accounting.services.bank.errors import (
    AccountKnown,
    AlreadyMatched,
    BankError,
    CodeInTheBooks,
    CodeTaken,
    DoesNotAddUp,
    MatchRefused,
    NotMatched,
    TakenByAnother,
    UnknownAccountOfOurs,
)
from portal.accounting.services.bank.forgetting import forget_uploads, forget_words
from portal.accounting.services.bank.importing import Imported, StatementReport, import_statements
from portal.accounting.services.bank.learning import change_rule, end_rule, rule_of_words
from portal.accounting.services.bank.matching import (
    match_line,
    order_of,
    put_on_account,
    undo_match,
)
from portal.accounting.services.bank.orders import GiftPart, MatchOrder, OtherPart
from portal.accounting.services.bank.own_accounts import (
    add_account,
    number_account,
    rebook_account,
)
from portal.accounting.services.bank.standing import end_standing_order, recognise
from portal.accounting.services.bank.uploads import (
    change_account,
    confirm_upload,
    drop_upload,
    hand_in,
    say_more,
    told_of,
)

__all__ = [
    "AccountKnown",
    "AlreadyMatched",
    "BankError",
    "CodeInTheBooks",
    "CodeTaken",
    "DoesNotAddUp",
    "GiftPart",
    "Imported",
    "MatchOrder",
    "MatchRefused",
    "NotMatched",
    "OtherPart",
    "StatementReport",
    "TakenByAnother",
    "UnknownAccountOfOurs",
    "accept_certain",
    "add_account",
    "change_account",
    "change_rule",
    "confirm_upload",
    "drop_upload",
    "end_rule",
    "end_standing_order",
    "forget_uploads",
    "forget_words",
    "hand_in",
    "import_statements",
    "match_line",
    "number_account",
    "order_of",
    "put_on_account",
    "rebook_account",
    "recognise",
    "rule_of_words",
    "same_money",
    "say_more",
    "told_of",
    "two_transfers",
    "undo_match",
]

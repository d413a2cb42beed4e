"""The rows of tax receipts: the register, the runs of a year."""

from portal.receipts.models.after_the_fact import (
    CancelNotice,
    DifferenceLeft,
    DuplicateKind,
    ReceiptDuplicate,
)
from portal.receipts.models.declaration import GiftDeclaration
from portal.receipts.models.deliveries import (
    BatchState,
    Channel,
    DeliveryState,
    PostBatch,
    ReceiptDelivery,
    ReceiptLink,
    ReceiptPreference,
    ReceiptTiming,
    Sending,
    SendingState,
)
from portal.receipts.models.register import (
    Receipt,
    ReceiptedGift,
    ReceiptKind,
    ReceiptSeries,
    ReceiptState,
)
from portal.receipts.models.runs import ChunkState, ReceiptChunk, ReceiptRun, RunFault, RunState
from portal.receipts.models.signing import RegisterFinding, RegisterKey, SignedHead
from portal.receipts.models.waiting import (
    DetailsRequest,
    PaymentConfirmation,
    ReleasedGift,
    Unsettled,
    UnsettledRule,
)

__all__ = [
    "BatchState",
    "CancelNotice",
    "Channel",
    "ChunkState",
    "DeliveryState",
    "DetailsRequest",
    "DifferenceLeft",
    "DuplicateKind",
    "GiftDeclaration",
    "PaymentConfirmation",
    "PostBatch",
    "Receipt",
    "ReceiptChunk",
    "ReceiptDelivery",
    "ReceiptDuplicate",
    "ReceiptKind",
    "ReceiptLink",
    "ReceiptPreference",
    "ReceiptRun",
    "ReceiptSeries",
    "ReceiptState",
    "ReceiptTiming",
    "ReceiptedGift",
    "RegisterFinding",
    "RegisterKey",
    "ReleasedGift",
    "RunFault",
    "RunState",
    "Sending",
    "SendingState",
    "SignedHead",
    "Unsettled",
    "UnsettledRule",
]

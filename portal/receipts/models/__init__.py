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
)
from portal.receipts.models.register import (
    Receipt,
    ReceiptedGift,
    ReceiptKind,
    ReceiptSeries,
    ReceiptState,
)
from portal.receipts.models.runs import ChunkState, ReceiptChunk, ReceiptRun, RunFault, RunState
from portal.receipts.models.signing import RegisterKey, SignedHead
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
    "RegisterKey",
    "ReleasedGift",
    "RunFault",
    "RunState",
    "SignedHead",
    "Unsettled",
    "UnsettledRule",
]

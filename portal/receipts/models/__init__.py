"""The rows of tax receipts: the register, the runs of a year."""

from portal.receipts.models.register import (
    Receipt,
    ReceiptedGift,
    ReceiptKind,
    ReceiptNotice,
    ReceiptRun,
    ReceiptSeries,
    ReceiptState,
    RunState,
)

__all__ = [
    "Receipt",
    "ReceiptKind",
    "ReceiptNotice",
    "ReceiptRun",
    "ReceiptSeries",
    "ReceiptState",
    "ReceiptedGift",
    "RunState",
]

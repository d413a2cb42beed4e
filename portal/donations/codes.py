"""The codes of gifts (formats.md, table gifts)."""

from __future__ import annotations

from enum import StrEnum


class GiftMode(StrEnum):
    """How the money came."""

    CARD = "card"
    SEPA = "sepa"
    CHEQUE = "cheque"
    TRANSFER = "transfer"
    CASH = "cash"


class PurposeKind(StrEnum):
    """What a gift is for; ``programme`` names one of the six."""

    GENERAL = "general"
    SPONSORSHIP = "sponsorship"
    PROGRAMME = "programme"

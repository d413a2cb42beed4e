"""The codes of gifts (formats.md, table gifts)."""

from __future__ import annotations

from enum import StrEnum


class GiftMode(StrEnum):
    """How the gift came: the ways of money, and what is no money (CGI art. 200, 238 bis)."""

    CARD = "card"
    SEPA = "sepa"
    CHEQUE = "cheque"
    TRANSFER = "transfer"
    CASH = "cash"
    IN_KIND = "in_kind"
    WAIVED_EXPENSES = "waived_expenses"


MONEY_MODES = (GiftMode.CARD, GiftMode.SEPA, GiftMode.CHEQUE, GiftMode.TRANSFER, GiftMode.CASH)
"""The ways money comes: what a field table or a bank may name."""


class PurposeKind(StrEnum):
    """What a gift is for; ``programme`` names one of the six."""

    GENERAL = "general"
    SPONSORSHIP = "sponsorship"
    PROGRAMME = "programme"

"""What a statement says, the same whatever the file was: an account, two balances, lines between."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from portal.core.money import Money
from portal.core.tables.wording import Sentence


class FileFormat(StrEnum):
    """What wrote the file."""

    CAMT = "camt053"
    CFONB = "cfonb120"
    OFX = "ofx"
    CSV = "csv"


class StatementRefused(Exception):
    """The file cannot be taken as it is: why, in words, and at which line when there is one."""

    def __init__(self, problem: Sentence, line: int = 0) -> None:
        super().__init__(f"line {line}: {problem}" if line else str(problem))
        self.problem = problem
        self.line = line


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement of the account. ``amount`` is signed: below zero, money left.

    ``booked_on`` is the day the bank wrote it to the account: it decides the tax year of a gift
    (BOI-IR-RICI-250-20, § 30). ``reference`` is the payer's (end-to-end), ``structured`` a creditor
    reference (ISO 11649), ``mandate`` a direct debit's (RUM), ``bank_ref`` the bank's own name for the
    line. ``bank_code`` says in the bank's code what it is. ``place`` is where the file tells it.
    """

    booked_on: date
    amount: Money
    value_on: date | None = None
    counterparty: str = ""
    counterparty_iban: str = ""
    text: str = ""
    reference: str = ""
    structured: str = ""
    mandate: str = ""
    bank_code: str = ""
    bank_ref: str = ""
    reversal: bool = False
    place: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """What the bank says of an account between two days; a balance it does not tell is None.

    ``account`` is its IBAN when the file tells it, else the bank's number, else empty. ``pending``
    counts lines the bank announced and did not book: they are left out.
    """

    account: str
    currency: str
    opened_on: date
    closed_on: date
    opening: Money | None
    closing: Money | None
    lines: tuple[StatementLine, ...] = field(default=())
    number: str = ""
    pending: int = 0

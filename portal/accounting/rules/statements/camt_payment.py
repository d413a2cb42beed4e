"""Who paid, what for, under which references: the words of an entry of CAMT and its payments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final
from xml.etree.ElementTree import Element

from portal.accounting.rules.statements.accounts import iban_in
from portal.accounting.rules.statements.amounts import day_of
from portal.accounting.rules.statements.lines import StatementLine
from portal.accounting.rules.statements.xml import all_of, text_at
from portal.core.money import Money

_NOTHING: Final = frozenset({"NOTPROVIDED", "NOT PROVIDED", "NONREF", "NOREF", "NONE", "-"})
_OTHER: Final = {"Dbtr": "Cdtr", "Cdtr": "Dbtr"}


def payment_line(
    entry: Element,
    payments: Sequence[Element],
    amount: Money,
    booked_on: date,
    place: int,
    rank: int,
    charges: bool,
) -> StatementLine:
    """The line of an entry, or of one payment of it."""
    payment = payments[0] if len(payments) == 1 else None
    side = "Cdtr" if amount.minor < 0 else "Dbtr"
    return StatementLine(
        booked_on=booked_on,
        value_on=day_of(text_at(entry, "ValDt/Dt", "ValDt/DtTm")),
        amount=amount,
        counterparty=_party(payment, side),
        counterparty_iban=_iban(payment, side),
        text=_text(entry, payments, charges),
        reference=_told(text_at(payment, "Refs/EndToEndId")),
        structured=text_at(payment, "RmtInf/Strd/CdtrRefInf/Ref"),
        mandate=_told(text_at(payment, "Refs/MndtId")),
        bank_code=_code(entry, payment, charges),
        bank_ref=_bank_ref(entry, payment, rank),
        reversal=text_at(entry, "RvslInd").lower() in ("true", "1"),
        place=place,
    )


def _party(payment: Element | None, side: str) -> str:
    for who in (side, f"Ultmt{side}", _OTHER[side]):
        name = text_at(payment, f"RltdPties/{who}/Pty/Nm", f"RltdPties/{who}/Nm")
        if name:
            return name
    return ""


def _iban(payment: Element | None, side: str) -> str:
    for who in (side, _OTHER[side]):
        found = iban_in(text_at(payment, f"RltdPties/{who}Acct/Id/IBAN"))
        if found:
            return found
    return ""


def _text(entry: Element, payments: Sequence[Element], charges: bool) -> str:
    if charges:
        return "Frais"
    words: list[str] = []
    for payment in payments[:20]:
        words += [text for part in all_of(payment, "RmtInf/Ustrd") if (text := text_at_self(part))]
        words += [text_at(payment, "AddtlTxInf")]
    words += [text_at(entry, "AddtlNtryInf")]
    words += [_return_reason(payments)]
    return " ".join(dict.fromkeys(word for word in words if word))[:1000]


def text_at_self(element: Element) -> str:
    """The element's own text, spaces folded."""
    return " ".join("".join(element.itertext()).split())


def _return_reason(payments: Sequence[Element]) -> str:
    return next(
        (code for each in payments if (code := text_at(each, "RtrInf/Rsn/Cd", "RtrInf/RtrRsn/Cd"))), ""
    )  # fmt: skip


def _code(entry: Element, payment: Element | None, charges: bool) -> str:
    if charges:
        return "CHRG"
    for where in (payment, entry):
        family = [
            text_at(where, f"BkTxCd/Domn/{path}") for path in ("Cd", "Fmly/Cd", "Fmly/SubFmlyCd")
        ]
        if any(family):
            return "/".join(code for code in family if code)
    return text_at(payment, "BkTxCd/Prtry/Cd") or text_at(entry, "BkTxCd/Prtry/Cd")


def _bank_ref(entry: Element, payment: Element | None, rank: int) -> str:
    own = _told(text_at(payment, "Refs/AcctSvcrRef")) if rank else ""
    shared = _told(text_at(entry, "AcctSvcrRef") or text_at(payment, "Refs/AcctSvcrRef"))
    if own and own != shared:
        return own
    return f"{shared}/{rank}" if shared and rank else shared


def _told(text: str) -> str:
    return "" if text.upper() in _NOTHING or not text.strip("0") else text

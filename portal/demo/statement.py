"""A statement of a bank as banks write it (camt.053.001.02), with invented movements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of the statement, in cents; below zero, money left."""

    minor: int
    on: dt.date
    name: str
    text: str


def statement(
    movements: Sequence[Movement], *, iban: str, opening: int, since: dt.date, until: dt.date
) -> bytes:
    """The file of one statement that adds up."""
    closing = opening + sum(movement.minor for movement in movements)
    entries = "".join(_entry(movement) for movement in movements)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>'
        "<GrpHdr><MsgId>DEMONSTRATION</MsgId></GrpHdr><Stmt><Id>1</Id><ElctrncSeqNb>1</ElctrncSeqNb>"
        f"<FrToDt><FrDtTm>{since}T00:00:00</FrDtTm><ToDtTm>{until}T23:59:59</ToDtTm></FrToDt>"
        f"<Acct><Id><IBAN>{iban.replace(' ', '')}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{_balance('OPBD', opening, since)}{_balance('CLBD', closing, until)}{entries}"
        "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _balance(code: str, minor: int, on: dt.date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(minor)}"
        f"<Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def _amount(minor: int) -> str:
    size, side = abs(minor), "DBIT" if minor < 0 else "CRDT"
    figures = f"{size // 100}.{size % 100:02d}"
    return f'<Amt Ccy="EUR">{figures}</Amt><CdtDbtInd>{side}</CdtDbtInd>'


def _entry(movement: Movement) -> str:
    who = "Cdtr" if movement.minor < 0 else "Dbtr"
    name = f"<{who}><Nm>{escape(movement.name)}</Nm></{who}>" if movement.name else ""
    parties = f"<RltdPties>{name}</RltdPties>" if name else ""
    return (
        f"<Ntry>{_amount(movement.minor)}<Sts>BOOK</Sts><BookgDt><Dt>{movement.on}</Dt></BookgDt>"
        f"<ValDt><Dt>{movement.on}</Dt></ValDt><NtryDtls><TxDtls>{parties}"
        f"<RmtInf><Ustrd>{escape(movement.text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )

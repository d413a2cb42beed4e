"""Small writers of bank files, for tests: the same lines as CAMT.053, CFONB 120, OFX or CSV."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from portal.core.money import Money, total

IBAN = "FR1420041010050500013M02606"
OTHER_IBAN = "FR7630006000011234567890189"
PAYER_IBAN = "DE89370400440532013000"
DAY = dt.date(2026, 11, 2)


@dataclass(frozen=True)
class Wire:
    """A movement, as a bank would tell it."""

    minor: int
    on: dt.date = DAY
    name: str = ""
    iban: str = ""
    text: str = ""
    reference: str = ""
    structured: str = ""
    mandate: str = ""
    bank_ref: str = ""


def closing_of(opening: int, wires: Sequence[Wire]) -> int:
    """The balance after them, in cents."""
    return opening + sum(wire.minor for wire in wires)


def _figures(minor: int) -> str:
    return f"{abs(minor) // 100}.{abs(minor) % 100:02d}"


def camt(
    wires: Sequence[Wire],
    *,
    opening: int = 100_000,
    closing: int | None = None,
    iban: str = IBAN,
    version: str = "02",
    opened: dt.date | None = None,
    closed: dt.date | None = None,
    number: str = "1",
    extra: str = "",
) -> bytes:
    """A camt.053.001.<version> with one statement."""
    days = [wire.on for wire in wires] or [DAY]
    first, last = opened or min(days), closed or max(days)
    end = closing_of(opening, wires) if closing is None else closing
    entries = "".join(entry(wire, version) for wire in wires) + extra
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt>'
        "<GrpHdr><MsgId>M1</MsgId></GrpHdr>"
        f"<Stmt><Id>S{number}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb>"
        f"<FrToDt><FrDtTm>{first}T00:00:00</FrDtTm><ToDtTm>{last}T23:59:59</ToDtTm></FrToDt>"
        f"<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{_balance('OPBD', opening, first)}{_balance('CLBD', end, last)}{entries}"
        "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _balance(code: str, minor: int, on: dt.date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{_figures(minor)}</Amt>"
        f"<CdtDbtInd>{_side(minor)}</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def _side(minor: int) -> str:
    return "DBIT" if minor < 0 else "CRDT"


def entry(wire: Wire, version: str = "02", details: str = "", status: str = "BOOK") -> str:
    """An entry with its one payment, or with the payments handed in."""
    told = f"<Cd>{status}</Cd>" if int(version) >= 8 else status
    reference = f"<AcctSvcrRef>{wire.bank_ref}</AcctSvcrRef>" if wire.bank_ref else ""
    return (
        f"<Ntry><Amt Ccy='EUR'>{_figures(wire.minor)}</Amt><CdtDbtInd>{_side(wire.minor)}</CdtDbtInd>"
        f"<Sts>{told}</Sts><BookgDt><Dt>{wire.on}</Dt></BookgDt><ValDt><Dt>{wire.on}</Dt></ValDt>"
        f"{reference}<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly>"
        f"</Domn></BkTxCd><NtryDtls>{details or payment(wire, version)}</NtryDtls></Ntry>"
    )


def payment(wire: Wire, version: str = "02", amount: bool = False, charges: int = 0) -> str:
    """One payment of an entry; with its own amount inside a batch."""
    who = "Cdtr" if wire.minor < 0 else "Dbtr"
    name = f"<Nm>{escape(wire.name)}</Nm>" if wire.name else ""
    party = f"<Pty>{name}</Pty>" if int(version) >= 8 else name
    account = f"<{who}Acct><Id><IBAN>{wire.iban}</IBAN></Id></{who}Acct>" if wire.iban else ""
    strd = (
        f"<Strd><CdtrRefInf><Ref>{wire.structured}</Ref></CdtrRefInf></Strd>"
        if wire.structured
        else ""
    )
    mandate = f"<MndtId>{wire.mandate}</MndtId>" if wire.mandate else ""
    own = ""
    if amount and int(version) >= 4:
        own = (
            f"<Amt Ccy='EUR'>{_figures(wire.minor)}</Amt><CdtDbtInd>{_side(wire.minor)}</CdtDbtInd>"
        )
    elif amount:
        own = f"<AmtDtls><TxAmt><Amt Ccy='EUR'>{_figures(wire.minor)}</Amt></TxAmt></AmtDtls>"
    kept = f"<Chrgs><Amt Ccy='EUR'>{_figures(charges)}</Amt></Chrgs>" if charges else ""
    return (
        f"<TxDtls><Refs><EndToEndId>{escape(wire.reference) or 'NOTPROVIDED'}</EndToEndId>{mandate}</Refs>"
        f"{own}{kept}<RltdPties><{who}>{party}</{who}>{account}</RltdPties>"
        f"<RmtInf><Ustrd>{escape(wire.text)}</Ustrd>{strd}</RmtInf></TxDtls>"
    )


BANK, BRANCH, ACCOUNT = "20041", "01005", "0500013M026"


def cfonb_amount(minor: int) -> str:
    """Fourteen places, the last with its sign."""
    letters = "}JKLMNOPQR" if minor < 0 else "{ABCDEFGHI"
    return f"{abs(minor) // 10:013d}{letters[abs(minor) % 10]}"


def cfonb_record(
    kind: str, on: dt.date, label: str = "", amount: str = "", code: str = "  "
) -> str:
    """A record 01, 04 or 07."""
    head = f"{kind}{BANK}    {BRANCH}EUR2 {ACCOUNT}{code}{on:%d%m%y}"
    if kind == "04":
        return f"{head}  {on:%d%m%y}{label[:31]:<31}  {0:07d}  {amount}{'':16}"
    return f"{head}{'':50}{amount}{'':16}"


def cfonb_more(on: dt.date, qualifier: str, text: str) -> str:
    """A record 05."""
    return f"05{BANK}    {BRANCH}EUR2 {ACCOUNT}05{on:%d%m%y}     {qualifier:<3}{text[:70]:<70}  "


def cfonb(
    wires: Sequence[Wire],
    *,
    opening: int = 100_000,
    closing: int | None = None,
    end: str = "\r\n",
    opened: dt.date | None = None,
    closed: dt.date | None = None,
) -> bytes:
    """A CFONB 120 of one account."""
    days = [wire.on for wire in wires] or [DAY]
    records = [cfonb_record("01", opened or min(days), amount=cfonb_amount(opening))]
    for wire in wires:
        records.append(cfonb_record("04", wire.on, wire.text, cfonb_amount(wire.minor), "05"))
        for qualifier, told in (
            ("NPY", wire.name),
            ("IPY", wire.iban),
            ("LCC", wire.text),
            ("RCN", wire.reference),
            ("RUM", wire.mandate),
        ):
            if told:
                records.append(cfonb_more(wire.on, qualifier, told))
    last = closing_of(opening, wires) if closing is None else closing
    records.append(cfonb_record("07", closed or max(days), amount=cfonb_amount(last)))
    assert {len(record) for record in records} == {120}
    return end.join([*records, ""]).encode("cp1252", "replace")


def ofx(wires: Sequence[Wire], *, opening: int = 100_000, xml: bool = False) -> bytes:
    """An OFX 1.x (open tags) or 2.x."""
    days = [wire.on for wire in wires] or [DAY]

    def tag(name: str, value: str) -> str:
        return f"<{name}>{escape(value)}" + (f"</{name}>" if xml else "") + "\n"

    lines = "".join(
        "<STMTTRN>\n"
        + tag("TRNTYPE", "CREDIT" if wire.minor > 0 else "DEBIT")
        + tag("DTPOSTED", f"{wire.on:%Y%m%d}120000")
        + tag("TRNAMT", str(Money(wire.minor).decimal))
        + tag("FITID", wire.bank_ref or f"F{n}")
        + (tag("NAME", wire.name) if wire.name else "")
        + tag("MEMO", wire.text)
        + "</STMTTRN>\n"
        for n, wire in enumerate(wires)
    )
    head = (
        '<?xml version="1.0"?>\n<?OFX OFXHEADER="200" VERSION="211"?>\n'
        if xml
        else "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"
    )
    return (
        f"{head}<OFX>\n<BANKMSGSRSV1>\n<STMTTRNRS>\n<STMTRS>\n{tag('CURDEF', 'EUR')}<BANKACCTFROM>\n"
        f"{tag('BANKID', BANK)}{tag('BRANCHID', BRANCH)}{tag('ACCTID', ACCOUNT)}</BANKACCTFROM>\n"
        f"<BANKTRANLIST>\n{tag('DTSTART', f'{min(days):%Y%m%d}')}{tag('DTEND', f'{max(days):%Y%m%d}')}"
        f"{lines}</BANKTRANLIST>\n<LEDGERBAL>\n"
        f"{tag('BALAMT', str(Money(closing_of(opening, wires)).decimal))}"
        f"{tag('DTASOF', f'{max(days):%Y%m%d}')}</LEDGERBAL>\n"
        "</STMTRS>\n</STMTTRNRS>\n</BANKMSGSRSV1>\n</OFX>\n"
    ).encode("cp1252", "replace")


def delimited(wires: Sequence[Wire], *, opening: int = 100_000, balance: bool = True) -> bytes:
    """A French bank's CSV: what nobody asked for on top, debit and credit apart, decimal comma."""
    rows = ["Compte courant ASSOCIATION;;;;", "", "Date opération;Date valeur;Libellé;Débit;Crédit"]
    rows[2] += ";Solde" if balance else ""
    running = opening
    for wire in wires:
        running += wire.minor
        figures = f"{abs(wire.minor) // 100:,}".replace(",", " ") + f",{abs(wire.minor) % 100:02d}"
        debit, credit = (f"-{figures}", "") if wire.minor < 0 else ("", figures)
        label = f'"{wire.name} {wire.text}"'
        row = f"{wire.on:%d/%m/%Y};{wire.on:%d/%m/%Y};{label};{debit};{credit}"
        shown = f"{Money(running).decimal:.2f}".replace(".", ",")
        rows.append(row + (f";{shown}" if balance else ""))
    moved = total([Money(wire.minor) for wire in wires])
    rows.append(f";;Total;;{moved.decimal}")
    return "\r\n".join(rows).encode("cp1252")


def later(wire: Wire, days: int) -> Wire:
    """The same movement some days later."""
    return replace(wire, on=wire.on + dt.timedelta(days=days))

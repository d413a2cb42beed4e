"""OFX: 1.x (SGML, tags left open) and 2.x (XML), as French banks' sites export it.

Read by its tags alone, never by an XML parser: no entity is ever expanded but the five of XML. The
format tells a closing balance at most, so a sum cannot prove the lines.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from portal.accounting.rules.statements.accounts import french_iban, iban_in
from portal.accounting.rules.statements.amounts import amount_of
from portal.accounting.rules.statements.control import controlled
from portal.accounting.rules.statements.lines import Statement, StatementLine, StatementRefused
from portal.core.i18n_markers import N_
from portal.core.money import Money
from portal.core.tables.encoding import decode
from portal.core.tables.wording import say

_TAG: Final = re.compile(r"<(/?)([A-Za-z0-9._]+)[^<>]*>([^<]*)")
_STATEMENTS: Final = ("STMTRS", "CCSTMTRS")
_ACCOUNTS: Final = ("BANKACCTFROM", "CCACCTFROM")
_Node = tuple[str, str, int]


def looks_like_ofx(data: bytes) -> bool:
    """Whether the file says it is OFX."""
    start = decode(data[:4000]).upper()
    return "OFXHEADER" in start or "<OFX>" in start


def read_ofx(data: bytes) -> list[Statement]:
    """The statements of the file.

    :raises StatementRefused: what cannot be read, with its line.
    """
    tags = list(_tags(decode(data)))
    made = [_statement(part) for name in _STATEMENTS for part in _parts(tags, name)]
    if not made:
        raise StatementRefused(say(N_("The file holds no statement of a bank account.")))
    return [controlled(each) for each in made]


def _tags(text: str) -> Iterator[_Node]:
    """Each opening tag with its value and line; a closing one as ``/NAME``."""
    line, seen = 1, 0
    for found in _TAG.finditer(text):
        line += text.count("\n", seen, found.start())
        seen = found.start()
        name = f"{found[1]}{found[2].upper()}"
        yield name, html.unescape(found[3]).strip() if len(found[3]) < 5_000 else "", line


def _parts(tags: list[_Node], name: str) -> Iterator[list[_Node]]:
    """What stands between each ``<name>`` and ``</name>``; also when one was never closed."""
    part: list[_Node] | None = None
    for node in tags:
        if node[0] == name:
            if part:
                yield part
            part = []
        elif node[0] == f"/{name}":
            if part is not None:
                yield part
            part = None
        elif part is not None:
            part.append(node)
    if part:
        yield part


def _first(part: list[_Node], name: str) -> str:
    return next((value for tag, value, _line in part if tag == name), "")


def _statement(part: list[_Node]) -> Statement:
    currency = _first(part, "CURDEF").upper() or "EUR"
    lines = tuple(_line(each, currency) for each in _parts(part, "STMTTRN"))
    days = [line.booked_on for line in lines]
    inside = next(_parts(part, "BANKTRANLIST"), [])
    opened = _day_or(_first(inside, "DTSTART"), min(days, default=None))
    closed = _day_or(_first(inside, "DTEND"), max(days, default=None))
    if opened is None or closed is None:
        raise StatementRefused(say(N_("The statement says neither its days nor any line.")))
    closing = _closing(part, max([closed, *days]), currency)
    return Statement(
        account=_account(part),
        currency=currency,
        opened_on=min([opened, *days]),
        closed_on=max([closed, *days]),
        opening=None,
        closing=closing,
        lines=lines,
    )


def _closing(part: list[_Node], last: date, currency: str) -> Money | None:
    """The ledger balance, when it is of the statement's end and not of the day of the export."""
    told = next(_parts(part, "LEDGERBAL"), [])
    as_of = _day_or(_first(told, "DTASOF"), None)
    if as_of != last or not _first(told, "BALAMT"):
        return None
    return amount_of(_first(told, "BALAMT"), currency, told[0][2])


def _account(part: list[_Node]) -> str:
    for name in _ACCOUNTS:
        told = next(_parts(part, name), [])
        number = _first(told, "ACCTID")
        if number:
            french = french_iban(_first(told, "BANKID"), _first(told, "BRANCHID"), number)
            return iban_in(number) or french or number
    return ""


def _line(part: list[_Node], currency: str) -> StatementLine:
    place = part[0][2] if part else 0
    booked = _day_or(_first(part, "DTPOSTED"), None)
    if booked is None:
        raise StatementRefused(say(N_("This line has no date (DTPOSTED).")), place)
    name, memo = _first(part, "NAME"), _first(part, "MEMO")
    to = next(_parts(part, "BANKACCTTO"), [])
    cheque = _first(part, "CHECKNUM")
    return StatementLine(
        booked_on=booked,
        value_on=_day_or(_first(part, "DTAVAIL"), None),
        amount=amount_of(_first(part, "TRNAMT"), currency, place),
        counterparty=name if memo else "",
        counterparty_iban=iban_in(_first(to, "ACCTID")),
        text=" ".join(word for word in dict.fromkeys((name, memo, cheque)) if word),
        reference=_first(part, "REFNUM"),
        bank_code=_first(part, "TRNTYPE"),
        bank_ref=_first(part, "FITID"),
        place=place,
    )


def _day_or(text: str, otherwise: date | None) -> date | None:
    figures = text[:8]
    try:
        return date(int(figures[:4]), int(figures[4:6]), int(figures[6:8]))
    except ValueError:
        return otherwise

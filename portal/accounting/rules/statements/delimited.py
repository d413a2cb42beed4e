"""CSV as banks' sites export it: which column is what is guessed, shown, and kept for the account."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from portal.accounting.rules.statements.accounts import iban_in
from portal.accounting.rules.statements.amounts import amount_of, day_of
from portal.accounting.rules.statements.control import controlled
from portal.accounting.rules.statements.lines import Statement, StatementLine, StatementRefused
from portal.core.i18n_markers import N_
from portal.core.money import Money
from portal.core.tables.encoding import decode
from portal.core.tables.wording import say

SEPARATORS: Final = (";", ",", "\t", "|")
NAMES: Final[Mapping[str, Sequence[str]]] = {
    "booked_on": ("date de comptabilisation", "date comptable", "date operation", "date d operation",
                  "date de l operation", "booking date", "date"),
    "value_on": ("date de valeur", "date valeur", "valeur", "value date"),
    "debit": ("debit", "montant debit", "debit euros", "sortie", "depense"),
    "credit": ("credit", "montant credit", "credit euros", "entree", "recette"),
    "amount": ("montant", "montant euros", "montant operation", "montant de l operation", "amount", "montant en euros"),
    "balance": ("solde", "balance", "solde apres operation"),
    "counterparty": ("tiers", "contrepartie", "nom de la contrepartie", "donneur d ordre", "beneficiaire", "counterparty", "nom"),
    "counterparty_iban": ("iban contrepartie", "iban tiers", "compte tiers", "iban du tiers", "counterparty iban", "iban"),
    "reference": ("reference", "reference operation", "ref", "numero d operation", "reference client"),
    "bank_code": ("type operation", "type d operation", "categorie", "type", "nature"),
}  # fmt: skip
"""How banks head their columns, without accents or case, the surest name first."""
TEXTS: Final = (
    "libelle", "libelle operation", "libelle simplifie", "libelle de l operation", "informations complementaires",
    "detail", "details", "motif", "operation", "communication", "description", "label", "commentaire", "nature de l operation",
)  # fmt: skip
_DEEPEST_HEADER: Final = 40
_MOST_LOOKED_AT: Final = 200
_PLAIN: Final = re.compile(r"[^a-z]+")


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """Where the header stands (0 is the first row) and which column, counted from 0, is what.

    Either ``amount`` or ``debit`` and ``credit`` are told. ``texts`` are joined.
    """

    separator: str
    header_row: int
    booked_on: int
    texts: tuple[int, ...]
    amount: int | None = None
    debit: int | None = None
    credit: int | None = None
    value_on: int | None = None
    balance: int | None = None
    counterparty: int | None = None
    counterparty_iban: int | None = None
    reference: int | None = None
    bank_code: int | None = None

    def __post_init__(self) -> None:
        if self.amount is None and self.debit is None and self.credit is None:
            raise ValueError("a plan needs a column of amounts")

    def as_dict(self) -> dict[str, Any]:
        """The plan as it is kept."""
        return {**asdict(self), "texts": list(self.texts)}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> ColumnPlan:
        """The plan as it was kept."""
        return cls(**{**kept, "texts": tuple(kept["texts"])})


def rows_in(data: bytes, separator: str) -> list[list[str]]:
    """The cells of the file."""
    text = decode(data).replace("\0", "")
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        raise StatementRefused(say(N_("The file is no table this program can read."))) from None


def guess_plan(data: bytes) -> ColumnPlan | None:
    """The plan the headings suggest; None when no row looks like a heading."""
    best: tuple[int, ColumnPlan] | None = None
    for separator in SEPARATORS:
        try:
            rows = rows_in(data, separator)[:_DEEPEST_HEADER]
        except StatementRefused:
            continue
        for place, row in enumerate(rows):
            plan = _plan_of(row, place, separator)
            if plan and (best is None or len(row) > best[0]):
                best = (len(row), plan)
    return None if best is None else best[1]


def looks_like_table(data: bytes) -> bool:
    """Whether some row has a day in one column and an amount in another: all a statement needs."""
    for separator in SEPARATORS:
        try:
            rows = rows_in(data, separator)
        except StatementRefused:
            continue
        if any(_day_and_amount(row) for row in rows[:_MOST_LOOKED_AT]):
            return True
    return False


def _day_and_amount(row: Sequence[str]) -> bool:
    told = [cell for cell in row if cell.strip()]
    days = {place for place, cell in enumerate(told) if day_of(cell)}
    sums = {place for place, cell in enumerate(told) if _is_amount(cell)}
    return bool(days) and bool(sums) and len(days | sums) > 1


def _is_amount(cell: str) -> bool:
    try:
        amount_of(cell, "EUR", 0)
    except StatementRefused:
        return False
    return True


def preview(data: bytes, plan: ColumnPlan, rows: int = 5) -> tuple[list[str], list[list[str]]]:
    """The headings and the first rows below them."""
    told = rows_in(data, plan.separator)
    below = [row for row in told[plan.header_row + 1 :] if any(cell.strip() for cell in row)]
    return told[plan.header_row], below[:rows]


def _plan_of(row: Sequence[str], place: int, separator: str) -> ColumnPlan | None:
    heads = [_plain(cell) for cell in row]
    found = {role: _column(heads, names) for role, names in NAMES.items()}
    if found["booked_on"] is None:
        return None
    if found["amount"] is not None and (found["debit"] is None or found["credit"] is None):
        found["debit"] = found["credit"] = None
    if found["debit"] is not None and found["credit"] is not None:
        found["amount"] = None
    if all(found[role] is None for role in ("amount", "debit", "credit")):
        return None
    texts = tuple(n for n, head in enumerate(heads) if head in TEXTS)
    if not texts:
        used = {column for column in found.values() if column is not None}
        texts = tuple(n for n, head in enumerate(heads) if head and n not in used)[:1]
    booked = found.pop("booked_on")
    assert booked is not None
    return ColumnPlan(separator, place, booked, texts, **found)


def _plain(cell: str) -> str:
    letters = unicodedata.normalize("NFKD", cell.strip().lower())
    bare = "".join(c for c in letters if not unicodedata.combining(c))
    return _PLAIN.sub(" ", bare).strip()


def _column(heads: Sequence[str], names: Sequence[str]) -> int | None:
    for name in names:
        if name in heads:
            return heads.index(name)
    return None


def read_delimited(
    data: bytes, plan: ColumnPlan, account: str, currency: str = "EUR"
) -> list[Statement]:
    """The one statement of the file. Rows without a date and an amount (totals, notes) are left out.

    With a column of balances each step is proved. Raises StatementRefused with the row.
    """
    lines: list[StatementLine] = []
    balances: list[Money | None] = []
    for place, row in enumerate(rows_in(data, plan.separator), start=1):
        if place <= plan.header_row + 1 or not any(cell.strip() for cell in row):
            continue
        line = _line(row, plan, place, currency)
        if line is not None:
            lines.append(line)
            told = _cell(row, plan.balance)
            balances.append(amount_of(told, currency, place) if told else None)
    if not lines:
        raise StatementRefused(
            say(N_("Below the heading there is no line with a date and an amount."))
        )
    if _newest_first(lines, balances):
        lines.reverse()
        balances.reverse()
    opening, closing = _proved(lines, balances)
    days = [line.booked_on for line in lines]
    return [
        controlled(
            Statement(account, currency, min(days), max(days), opening, closing, tuple(lines))
        )
    ]


def _cell(row: Sequence[str], column: int | None) -> str:
    return row[column].strip() if column is not None and column < len(row) else ""


def _line(row: Sequence[str], plan: ColumnPlan, place: int, currency: str) -> StatementLine | None:
    told = _cell(row, plan.booked_on)
    booked = day_of(told)
    amount = _amount(row, plan, place, currency) if booked else None
    if booked is None:
        if (
            told
            and any(_cell(row, c) for c in (plan.amount, plan.debit, plan.credit))
            and told[0].isdigit()
        ):
            raise StatementRefused(say(N_("“%(value)s” is not a date."), value=told[:40]), place)
        return None
    if amount is None or not amount:
        return None
    return StatementLine(
        booked_on=booked,
        value_on=_value_day(row, plan),
        amount=amount,
        counterparty=_cell(row, plan.counterparty),
        counterparty_iban=iban_in(_cell(row, plan.counterparty_iban)),
        text=" ".join(" ".join(_cell(row, n) for n in plan.texts).split()),
        reference=_cell(row, plan.reference),
        bank_code=_cell(row, plan.bank_code),
        place=place,
    )  # fmt: skip


def _value_day(row: Sequence[str], plan: ColumnPlan) -> date | None:
    return day_of(_cell(row, plan.value_on))


def _amount(row: Sequence[str], plan: ColumnPlan, place: int, currency: str) -> Money | None:
    """Signed; a column of debits counts below zero, whether or not its figures carry the sign."""
    if plan.amount is not None:
        told = _cell(row, plan.amount)
        return amount_of(told, currency, place) if told else None
    debit, credit = _cell(row, plan.debit), _cell(row, plan.credit)
    moved = Money(0, currency)
    if credit:
        moved += amount_of(credit, currency, place)
    if debit:
        size = amount_of(debit, currency, place)
        moved -= Money(abs(size.minor), currency)
    return moved if debit or credit else None


def _newest_first(lines: Sequence[StatementLine], balances: Sequence[Money | None]) -> bool:
    """By the days; within one day by the balances, which follow from each other in one order."""
    first, last = lines[0].booked_on, lines[-1].booked_on
    if first != last:
        return first > last
    return not _follow(lines, balances) and _follow(lines[::-1], balances[::-1])


def _follow(lines: Sequence[StatementLine], balances: Sequence[Money | None]) -> bool:
    try:
        _proved(lines, balances)
    except StatementRefused:
        return False
    return True


def _proved(
    lines: Sequence[StatementLine], balances: Sequence[Money | None]
) -> tuple[Money | None, Money | None]:
    """The balances before and after, when each row tells its own and they follow from each other."""
    told = [balance for balance in balances if balance is not None]
    if len(told) < len(lines):
        return None, None
    opening = told[0] - lines[0].amount
    running = opening
    for line, balance in zip(lines, told, strict=True):
        running += line.amount
        if running != balance:
            raise StatementRefused(
                say(
                    N_(
                        "The balance of this row is %(told)s; from the rows before it would be %(sum)s."
                    ),
                    told=balance,
                    sum=running,
                ),
                line.place,
            )
    return opening, told[-1]

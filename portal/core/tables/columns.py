"""The kinds of values a column may hold, each with the words that refuse another."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from portal.core.i18n_markers import N_
from portal.core.tables.wording import ValueRefused, say

Reader = Callable[[str], object]

_LINE_BREAK = re.compile("[ ]*[\t\n\r\u2028\u2029]+[ \t\n\r\u2028\u2029]*")
_REFERENCE = re.compile(r"[\w./-]+")
_WHOLE = re.compile(r"[+-]?[0-9]{1,12}(?:[.,]0)?")
_GROUPED = re.compile("(?<=[0-9])[ \u00a0\u202f\u2009](?=[0-9]{3}(?![0-9]))")
_AMOUNT = re.compile(r"[+-]?[0-9]{1,12}(?:[.,][0-9]{1,2})?")
_BOTH_MARKS = re.compile(r"[+-]?[0-9]+(?:,[0-9]+)*,[0-9]+\.[0-9]+|[+-]?[0-9]+(?:\.[0-9]+)+,[0-9]+")


class Kind(Protocol):
    """What a column holds."""

    def reader(self, column: Sequence[str], today: date, /) -> Reader:
        """How to read one value, once the whole column (its filled cells) was looked over."""


class PlainKind(ABC):
    """A kind whose values are read one by one, whatever the rest of the column holds."""

    def reader(self, _column: Sequence[str], _today: date, /) -> Reader:
        """Reads any value of the column."""
        return self.read

    @abstractmethod
    def read(self, text: str) -> object:
        """The value of a filled cell; raises ValueRefused."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name in the header, what it holds, whether it must be filled."""

    name: str
    kind: Kind
    required: bool = False


@dataclass(frozen=True, slots=True)
class Text(PlainKind):
    """Free words on one line (line breaks become spaces), or on several."""

    longest: int = 200
    lines: bool = False

    def read(self, text: str) -> str:
        words = text if self.lines else _LINE_BREAK.sub(" ", text)
        if len(words) > self.longest:
            raise ValueRefused(
                say(N_("is longer than %(longest)s characters"), longest=self.longest)
            )
        return words


@dataclass(frozen=True, slots=True)
class Ref(PlainKind):
    """A reference by which a record is known: letters, digits and ``- _ . /``, no spaces."""

    longest: int = 40

    def read(self, text: str) -> str:
        if not _REFERENCE.fullmatch(text) or len(text) > self.longest:
            raise ValueRefused(
                say(
                    N_(
                        "is not a reference: letters, digits and - _ . / only, "
                        "%(longest)s characters at most"
                    ),
                    longest=self.longest,
                )
            )
        return text


class Code(PlainKind):
    """One of a list of codes, in capitals or not; gives the code as the list has it."""

    def __init__(self, codes: Iterable[str]) -> None:
        self._codes = {str(code).casefold(): code for code in codes}

    def read(self, text: str) -> str:
        code = self._codes.get(text.casefold())
        if code is None:
            raise ValueRefused(
                say(N_("is none of: %(codes)s"), codes=", ".join(map(str, self._codes.values())))
            )
        return code


class YesNo(PlainKind):
    """``yes`` or ``no``."""

    def read(self, text: str) -> bool:
        answer = {"yes": True, "no": False}.get(text.casefold())
        if answer is None:
            raise ValueRefused(say(N_("is neither yes nor no")))
        return answer


@dataclass(frozen=True, slots=True)
class Whole(PlainKind):
    """A whole number between two bounds; ``21.0``, as spreadsheets write it, is 21."""

    least: int
    most: int

    def read(self, text: str) -> int:
        if not _WHOLE.fullmatch(text):
            raise ValueRefused(say(N_("is not a whole number")))
        number = int(re.split("[.,]", text)[0])
        if not self.least <= number <= self.most:
            raise ValueRefused(
                say(N_("is not between %(least)s and %(most)s"), least=self.least, most=self.most)
            )
        return number


@dataclass(frozen=True, slots=True)
class Amount(PlainKind):
    """An exact number with two decimals at most, its mark a point or a comma.

    Spaces may group thousands; a point or comma may not, since ``1,234`` would have two meanings.
    """

    above_zero: bool = False
    most: int = 10_000_000

    def read(self, text: str) -> Decimal:
        bare = _GROUPED.sub("", text)
        if _BOTH_MARKS.fullmatch(bare):
            raise ValueRefused(
                say(N_("groups thousands with a point or a comma: write 1234.50 or 1 234,50"))
            )
        if not _AMOUNT.fullmatch(bare):
            raise ValueRefused(say(N_("is not an amount with two decimals at most")))
        amount = Decimal(bare.replace(",", "."))
        if amount < 0 or (self.above_zero and amount == 0):
            words = N_("must be above zero") if self.above_zero else N_("is below zero")
            raise ValueRefused(say(words))
        if amount > self.most:
            raise ValueRefused(say(N_("is above %(most)s"), most=self.most))
        return amount


class Words(PlainKind):
    """Several words in one cell, separated by ``;``; gives them without blanks: ``roof;water``."""

    def read(self, text: str) -> str:
        return ";".join(word for part in text.split(";") if (word := part.strip()))

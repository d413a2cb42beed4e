"""What a table is: its columns, what names a row, what it leans on, what must agree in a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from portal.core.tables.columns import Column
from portal.core.tables.wording import Sentence

Values: TypeAlias = Mapping[str, object]
"""A row's values by column; a value that was refused is absent, an empty one is None."""


class Breach(NamedTuple):
    """A row whose values do not agree with each other: the column to look at, and why."""

    column: str
    problem: Sentence


Rule: TypeAlias = Callable[[Values], Breach | None]


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that names a row of another table (of any of them, where several are given)."""

    column: str
    tables: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """The description of a table that comes in."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...] = ()
    rules: tuple[Rule, ...] = ()

    def __post_init__(self) -> None:
        required = {column.name for column in self.columns if column.required}
        if not required.issuperset(self.key):
            raise ValueError(f"{self.name}: what names a row must be required")

    @property
    def column_names(self) -> frozenset[str]:
        """The columns the header may name."""
        return frozenset(column.name for column in self.columns)

"""The kinds of rules that have dates: what each says, where it starts from, what is refused.

A feature registers its kinds in its ``wiring``; the head office's page shows and edits them all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from portal.core.dated_rules.timeline import Version

Value = Mapping[str, Any]
Faults = dict[str, str]


class Shape(StrEnum):
    """How a field is written and kept.

    ``PERCENT`` and ``DECIMAL`` are kept as decimal text (66 % is ``0.66``), ``EUROS`` in cents,
    ``IMAGE`` as the public id of a stored document; an empty ``EUROS`` or ``PERCENT`` is None.
    """

    LINE = "line"
    TEXT = "text"
    PERCENT = "percent"
    EUROS = "euros"
    DECIMAL = "decimal"
    WHOLE = "whole"
    CHOICE = "choice"
    YES_NO = "yes_no"
    IMAGE = "image"


@dataclass(frozen=True, slots=True)
class RuleField:
    """One thing a rule says; ``label``, ``hint`` and the choices' words are English msgids.

    ``unit`` is a sign that stands after the number (``€/km``).
    """

    name: str
    label: str
    shape: Shape
    hint: str = ""
    required: bool = True
    longest: int = 200
    unit: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)


def _no_faults(_code: str, _value: Value, _since: dt.date) -> Faults:
    return {}


def _never_said(_code: str) -> dt.date | None:
    return None


@dataclass(frozen=True, slots=True)
class RuleKind:
    """A kind of rules. ``name`` is its code, ``label`` and ``about`` are English msgids.

    ``names`` gives the rules of the kind, code to words; ``defaults`` the versions the portal
    comes with. ``said_until`` is the last day on which something that stays (an issued receipt, an
    entry) says a rule of the kind: a new version begins after it, and ``said_by`` tells why.
    ``faults`` finds what is wrong with a value, field by field. ``addable`` is the pattern of codes
    that may be added. ``short`` names the fields that tell a rule on one line. ``specimen`` is the endpoint that shows an example on paper.
    """

    name: str
    label: str
    about: str
    fields: tuple[RuleField, ...]
    names: Callable[[], Mapping[str, str]]
    defaults: Callable[[], Iterable[Version]]
    said_until: Callable[[str], dt.date | None] = _never_said
    said_by: str = ""
    faults: Callable[[str, Value, dt.date], Faults] = _no_faults
    addable: str = ""
    short: tuple[str, ...] = ()
    specimen: str = ""
    order: int = 50

    def field_named(self, name: str) -> RuleField:
        """The field with that name; raises KeyError."""
        return {each.name: each for each in self.fields}[name]


_KINDS: dict[str, RuleKind] = {}


def register_kind(kind: RuleKind) -> None:
    """Add a kind of rules to the house."""
    _KINDS[kind.name] = kind


def kind_named(name: str) -> RuleKind | None:
    """The kind with that code, or None."""
    return _KINDS.get(name)


def all_kinds() -> tuple[RuleKind, ...]:
    """Every kind, in the order the head office reads them."""
    return tuple(sorted(_KINDS.values(), key=lambda kind: (kind.order, kind.name)))

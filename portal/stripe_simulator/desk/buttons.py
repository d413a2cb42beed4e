"""The buttons under a thing on the desk."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """A list to choose from: the field's name, its label, and value and label of each option."""

    name: str
    label: str
    options: list[tuple[str, str]]


@dataclass(frozen=True)
class Button:
    """A button, with a choice or a field for an amount (its label) before it."""

    act: str
    label: str
    id: str
    choice: Choice | None = None
    amount: str = ""

"""What a table's reader says to people: a sentence to translate, and what fills its gaps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


def _as_written(msgid: str) -> str:
    return msgid


@dataclass(frozen=True, slots=True)
class Sentence:
    """An English sentence with named gaps (``%(name)s``) and what stands in them."""

    msgid: str
    params: Mapping[str, object] = field(default_factory=dict, hash=False)

    def text(self, gettext: Callable[[str], str] = _as_written) -> str:
        """The sentence in the reader's language; English when no translation is handed in."""
        return gettext(self.msgid) % self.params

    def __str__(self) -> str:
        return self.text()


def say(msgid: str, **params: object) -> Sentence:
    """The sentence with its gaps filled: ``say(N_("no %(what)s"), what="date")``."""
    return Sentence(msgid, params)


class TableUnreadable(Exception):
    """A whole file or sheet cannot be read; says why, and at which line."""

    def __init__(self, problem: Sentence, line: int = 1) -> None:
        super().__init__(problem.text())
        self.problem = problem
        self.line = line


class ValueRefused(ValueError):
    """A value is not what its column holds; says why."""

    def __init__(self, problem: Sentence) -> None:
        super().__init__(problem.text())
        self.problem = problem

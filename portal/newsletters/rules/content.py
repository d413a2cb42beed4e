"""What an issue says: plain values from which the mail, the page and the PDF are made.

Frozen as JSON when the issue is sent (``to_json``), read back as it was (``from_json``).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A figure in words of the issue's language."""

    code: str
    label: str
    value: str
    period: str


@dataclass(frozen=True, slots=True)
class PhotoLine:
    """A photo by its public id, its description, its size in pixels."""

    id: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class StoryLine:
    """A story by its public id; ``text`` in the little markup of mails."""

    id: str
    title: str
    text: str
    photo: PhotoLine | None = None

    def without_photo(self) -> StoryLine:
        """The same story, only told."""
        return replace(self, photo=None)


@dataclass(frozen=True, slots=True)
class IssueContent:
    """The whole issue. ``withheld``: how many stories are no longer shown to anybody."""

    id: str
    language: str
    title: str
    letter: str
    signed_by: str
    as_of: date
    figures: tuple[FigureLine, ...] = ()
    stories: tuple[StoryLine, ...] = ()
    withheld: int = 0

    def with_stories(self, stories: tuple[StoryLine, ...]) -> IssueContent:
        """The same issue with those of its stories that may be shown."""
        return replace(self, stories=stories, withheld=len(self.stories) - len(stories))

    def to_json(self) -> dict[str, Any]:
        """The issue as JSON values."""
        told = asdict(self)
        told.pop("withheld")
        return told | {"as_of": self.as_of.isoformat()}

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> IssueContent:
        """The issue as it was frozen."""
        return cls(
            id=told["id"],
            language=told["language"],
            title=told["title"],
            letter=told["letter"],
            signed_by=told["signed_by"],
            as_of=date.fromisoformat(told["as_of"]),
            figures=tuple(FigureLine(**line) for line in told["figures"]),
            stories=tuple(_story(line) for line in told["stories"]),
        )


def _story(told: dict[str, Any]) -> StoryLine:
    photo = told["photo"]
    return StoryLine(told["id"], told["title"], told["text"], PhotoLine(**photo) if photo else None)

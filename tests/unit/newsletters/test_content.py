"""What an issue says, frozen and read back."""

from __future__ import annotations

import json
from datetime import date

from portal.newsletters.rules.content import FigureLine, IssueContent, PhotoLine, StoryLine

CONTENT = IssueContent(
    id="0",
    language="fr",
    title="Titre",
    letter="Lettre",
    signed_by="",
    as_of=date(2026, 11, 22),
    figures=(FigureLine("a.b", "Enfants", "520", "au 22 novembre 2026"),),
    stories=(
        StoryLine("1", "Un", "Texte", PhotoLine("2", "alt", 3, 4)),
        StoryLine("5", "Deux", "T"),
    ),
)


def test_an_issue_is_read_back_as_it_was_frozen() -> None:
    assert IssueContent.from_json(json.loads(json.dumps(CONTENT.to_json()))) == CONTENT


def test_stories_that_are_no_longer_shown_are_counted() -> None:
    assert CONTENT.with_stories(CONTENT.stories[1:]).withheld == 1

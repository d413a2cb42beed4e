"""What an issue says today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from portal.newsletters.models import Issue, IssueState, Story
from portal.newsletters.rules.content import FigureLine, IssueContent, PhotoLine, StoryLine
from portal.programmes.codes import ConsentScope
from portal.programmes.figures import public_figures
from portal.programmes.models import Photo
from portal.programmes.photos.queries import photo_may_be_shown
from portal.programmes.queries.children import may_be_shown

SCOPE = ConsentScope.NEWSLETTER


def content_of(issue: Issue, on: date) -> IssueContent:
    """A draft as it stands, a sent issue as it was frozen; both without what may not be shown.

    A photo without consent that day is left out of its story; a story about a child without
    consent is left out whole.
    """
    whole = as_written(issue)
    return whole.with_stories(tuple(_shown(whole, issue, on)))


def as_written(issue: Issue) -> IssueContent:
    """The issue whatever may be shown of it; figures computed for a draft, frozen once sent."""
    if issue.state is not IssueState.DRAFT and issue.snapshot:
        return IssueContent.from_json(issue.snapshot["content"])
    language = str(issue.language)
    figures = public_figures(issue.as_of, language, issue.figures) if issue.figures else []
    return IssueContent(
        id=str(issue.public_id),
        language=language,
        title=issue.title,
        letter=issue.letter,
        signed_by=issue.signed_by,
        as_of=issue.as_of,
        figures=tuple(FigureLine(f.code, f.label, f.value, f.period) for f in figures),
        stories=tuple(_line(story, language) for story in issue.stories),
    )


def story_may_be_told(story: Story, on: date) -> bool:
    """Whether the family of the child it tells about consents to newsletters that day."""
    return story.child_id is None or may_be_shown(story.child_id, SCOPE, on)


def photo_of_story(issue: Issue, story_id: str, on: date) -> Photo | None:
    """The photo of one of the issue's stories, when both may be shown that day."""
    for story in issue.stories:
        if str(story.public_id) == story_id and story.photo and story_may_be_told(story, on):
            return story.photo if photo_may_be_shown(story.photo, SCOPE, on) else None
    return None


def _line(story: Story, language: str) -> StoryLine:
    photo = story.photo
    shown = None
    if photo is not None:
        alt = photo.alt_fr if language == "fr" else photo.alt_en
        shown = PhotoLine(str(photo.public_id), alt, photo.width, photo.height)
    return StoryLine(str(story.public_id), story.title, story.text, shown)


def _shown(whole: IssueContent, issue: Issue, on: date) -> Iterator[StoryLine]:
    stories = {str(story.public_id): story for story in issue.stories}
    for line in whole.stories:
        story = stories[line.id]
        if not story_may_be_told(story, on):
            continue
        photo_shown = story.photo is not None and photo_may_be_shown(story.photo, SCOPE, on)
        yield line if photo_shown else line.without_photo()

"""Writing an issue: only drafts may be changed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from portal.accounts.codes import Language
from portal.core import audit
from portal.core.db import db, transaction
from portal.newsletters.models import Issue, IssueState, Story
from portal.programmes.figures import FIGURES
from portal.programmes.models import Child, Photo


class NotADraft(Exception):
    """The issue was sent; it is never changed."""


class UnknownChild(ValueError):
    """No child has that reference."""


class UnknownPhoto(ValueError):
    """No photo has that public id."""


@dataclass(frozen=True, slots=True)
class IssueText:
    """What an editor writes of an issue; ``figures`` are codes."""

    language: Language
    title: str
    letter: str
    signed_by: str
    as_of: date
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryText:
    """What an editor writes of a story; ``photo`` is a public id, ``child_ref`` may be empty."""

    title: str
    text: str
    photo: str = ""
    child_ref: str = ""


def open_issue(told: IssueText, *, by: int) -> Issue:
    """A new draft."""
    with transaction():
        issue = Issue(language=told.language)
        _write(issue, told)
        db.session.add(issue)
        db.session.flush()
        _note("newsletter.opened", issue, by)
        return issue


def rewrite_issue(issue_id: int, told: IssueText, *, by: int) -> None:
    """Change a draft; raises NotADraft."""
    with transaction():
        issue = draft(issue_id)
        issue.language = told.language
        _write(issue, told)
        _note("newsletter.rewritten", issue, by)


def add_story(issue_id: int, told: StoryText, *, by: int) -> Story:
    """A story at the end; raises NotADraft, UnknownPhoto or UnknownChild."""
    with transaction():
        issue = draft(issue_id)
        last = max((story.position for story in issue.stories), default=0)
        story = Story(issue_id=issue.id, position=last + 1, **_story_values(told))
        db.session.add(story)
        db.session.flush()
        db.session.expire(issue, ["stories"])
        _note("newsletter.story_added", issue, by)
        return story


def rewrite_story(issue_id: int, story_id: int, told: StoryText, *, by: int) -> None:
    """Change a story of a draft; raises NotADraft, UnknownPhoto or UnknownChild."""
    with transaction():
        issue = draft(issue_id)
        story = _story_of(issue, story_id)
        for name, value in _story_values(told).items():
            setattr(story, name, value)
        db.session.flush()
        db.session.expire(story, ["photo", "child"])
        _note("newsletter.story_rewritten", issue, by)


def move_story(issue_id: int, story_id: int, *, up: bool, by: int) -> None:
    """Let it change places with its neighbour; the first stays first, the last last."""
    with transaction():
        issue = draft(issue_id)
        order = list(issue.stories)
        place = order.index(_story_of(issue, story_id))
        other = place - 1 if up else place + 1
        if 0 <= other < len(order):
            order[place], order[other] = order[other], order[place]
        _number(issue, order)
        _note("newsletter.story_moved", issue, by)


def remove_story(issue_id: int, story_id: int, *, by: int) -> None:
    """Take a story out of a draft."""
    with transaction():
        issue = draft(issue_id)
        db.session.delete(_story_of(issue, story_id))
        db.session.flush()
        db.session.expire(issue, ["stories"])
        _number(issue, list(issue.stories))
        _note("newsletter.story_removed", issue, by)


def remove_issue(issue_id: int, *, by: int) -> None:
    """Throw a draft away; raises NotADraft."""
    with transaction():
        issue = draft(issue_id)
        _note("newsletter.removed", issue, by)
        db.session.execute(sa.delete(Story).where(Story.issue_id == issue.id))
        db.session.expire(issue, ["stories"])
        db.session.delete(issue)


def open_other_language(issue_id: int, *, by: int) -> Issue:
    """A draft in the other language with the same stories, photos and figures, to be translated."""
    with transaction():
        source = db.session.get_one(Issue, issue_id)
        copy = Issue(
            language=Language.EN if source.language is Language.FR else Language.FR,
            title=source.title,
            letter=source.letter,
            signed_by=source.signed_by,
            as_of=source.as_of,
            figures=list(source.figures),
        )
        db.session.add(copy)
        db.session.flush()
        db.session.add_all(
            Story(
                issue_id=copy.id,
                position=story.position,
                title=story.title,
                text=story.text,
                photo_id=story.photo_id,
                child_id=story.child_id,
            )
            for story in source.stories
        )
        _note("newsletter.opened", copy, by)
        return copy


def draft(issue_id: int) -> Issue:
    """The issue, locked; raises NotADraft when it was sent."""
    issue = db.session.get_one(Issue, issue_id, with_for_update=True, populate_existing=True)
    if issue.state is not IssueState.DRAFT:
        raise NotADraft
    return issue


def _write(issue: Issue, told: IssueText) -> None:
    issue.title, issue.letter = told.title, told.letter
    issue.signed_by, issue.as_of = told.signed_by, told.as_of
    issue.figures = [figure.code for figure in FIGURES if figure.code in told.figures]


def _story_values(told: StoryText) -> dict[str, object]:
    return {
        "title": told.title,
        "text": told.text,
        "photo_id": _photo_id(told.photo),
        "child_id": _child_id(told.child_ref),
    }


def _photo_id(public_id: str) -> int | None:
    if not public_id:
        return None
    try:
        wanted = uuid.UUID(public_id)
    except ValueError as error:
        raise UnknownPhoto(public_id) from error
    found = db.session.scalar(sa.select(Photo.id).where(Photo.public_id == wanted))
    if found is None:
        raise UnknownPhoto(public_id)
    return found


def _child_id(ref: str) -> int | None:
    if not ref:
        return None
    found = db.session.scalar(sa.select(Child.id).where(Child.ref == ref))
    if found is None:
        raise UnknownChild(ref)
    return found


def _story_of(issue: Issue, story_id: int) -> Story:
    return next(story for story in issue.stories if story.id == story_id)


def _number(issue: Issue, order: list[Story]) -> None:
    for position, story in enumerate(order, start=1):
        story.position = position
    db.session.flush()
    db.session.expire(issue, ["stories"])


def _note(action: str, issue: Issue, by: int) -> None:
    told = {"title": issue.title, "language": str(issue.language)}
    audit.record(action, f"newsletter:{issue.public_id}", after=told, actor_id=by)

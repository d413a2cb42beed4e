"""What stands in the way of sending an issue, in sentences that name the place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from portal.core.pdf import missing_glyphs
from portal.newsletters.models import Issue, Story
from portal.newsletters.queries.content import SCOPE
from portal.newsletters.queries.names import (
    children_named_in_khmer,
    children_named_in_latin,
    has_word,
)
from portal.programmes.models import Child
from portal.programmes.queries.children import first_name_of, may_be_shown


@dataclass(frozen=True, slots=True)
class Problem:
    """Where (a story's title, or the letter) and what, in the reader's language."""

    where: str
    text: str


def problems_of(issue: Issue, on: date) -> list[Problem]:
    """Everything that must be put right first; empty when the issue may go out that day."""
    return [*_of_letter(issue, on), *(p for s in issue.stories for p in _of_story(s, on))]


def _of_letter(issue: Issue, on: date) -> Iterator[Problem]:
    where = str(_("The letter"))
    if not issue.title.strip() or not issue.letter.strip():
        yield Problem(where, str(_("An issue needs a title and a letter.")))
    written = " ".join((issue.title, issue.letter, issue.signed_by))
    yield from _of_text(where, written, (), on)


def _of_story(story: Story, on: date) -> Iterator[Problem]:
    where = str(_("Story “%(title)s”", title=story.title))
    children = _children_of(story)
    if story.photo and story.photo.approved_at is None:
        yield Problem(where, str(_("Nobody has approved its photo yet.")))
    if story.photo and story.photo.child and not _consents(story.photo.child, on):
        yield Problem(
            where,
            str(
                _(
                    "The family of the child on the photo (%(ref)s) does not consent to newsletters today.",
                    ref=story.photo.child.ref,
                )
            ),
        )
    if story.child and not _consents(story.child, on):
        yield Problem(
            where,
            str(
                _(
                    "The family of the child it tells about (%(ref)s) does not consent to newsletters today.",
                    ref=story.child.ref,
                )
            ),
        )
    written = f"{story.title} {story.text}"
    if story.photo:
        written += f" {story.photo.alt_fr} {story.photo.alt_en}"
    yield from _of_text(where, written, children, on)


def _children_of(story: Story) -> tuple[Child, ...]:
    on_photo = story.photo.child if story.photo else None
    return tuple(child for child in (story.child, on_photo) if child)


def _consents(child: Child, on: date) -> bool:
    return may_be_shown(child.id, SCOPE, on)


def _of_text(where: str, text: str, children: tuple[Child, ...], on: date) -> Iterator[Problem]:
    """Names that may not be told, and signs that cannot be printed."""
    named = {child.ref for child in children_named_in_latin(text)}
    named |= {child.ref for child in children if _tells_surname(child, text)}
    for ref in sorted(named):
        yield Problem(
            where,
            str(_("It holds the surname of a child (%(ref)s). Write first names only.", ref=ref)),
        )
    yield from _of_khmer_names(where, text, children, on)
    if unknown := missing_glyphs(text):
        signs = " ".join(sorted(unknown))
        yield Problem(
            where, str(_("These signs cannot be printed in the PDF: %(signs)s", signs=signs))
        )


def _tells_surname(child: Child, text: str) -> bool:
    surname = child.family_name_latin
    return surname.casefold() != first_name_of(child).casefold() and has_word(text, surname)


def _of_khmer_names(
    where: str, text: str, children: tuple[Child, ...], on: date
) -> Iterator[Problem]:
    """A Khmer name may stand there when the family of a child of that name consents.

    When the story says which child it is, that child's consent decides (and was asked above).
    """
    by_name: dict[str, list[Child]] = {}
    for child in children_named_in_khmer(text):
        by_name.setdefault(child.name_km, []).append(child)
    bound = {child.id for child in children}
    for namesakes in by_name.values():
        if any(child.id in bound for child in namesakes):
            continue
        if not any(_consents(child, on) for child in namesakes):
            yield Problem(
                where,
                str(
                    _(
                        "It names a child in Khmer (%(ref)s) whose family does not consent to newsletters today.",
                        ref=namesakes[0].ref,
                    )
                ),
            )

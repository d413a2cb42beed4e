"""An editor writes an issue."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from portal.accounts.codes import Language
from portal.core.db import db
from portal.newsletters.models import Issue, IssueState, Story
from portal.programmes.codes import ConsentScope
from tests.factories.children import make_child, make_consent
from tests.factories.newsletters import make_flip_results, make_issue, make_photo, make_story
from tests.pages import PageClient

WRITTEN = {
    "language": "fr",
    "title": "Noël au centre",
    "letter": "Chers amis,\r\n\r\nMerci.",
    "signed_by": "L’équipe",
    "as_of": "2026-11-22",
    "figures": ["flip.schools_renovated", "flip.parents_trained"],
}


def _only_issue() -> Issue:
    return db.session.scalars(sa.select(Issue)).one()


def test_an_issue_is_opened_with_its_letter_and_figures(editor: PageClient) -> None:
    page = editor.post("/office/newsletters/new", WRITTEN)
    issue = _only_issue()
    assert page.location.endswith(f"/office/newsletters/{issue.public_id}")
    assert issue.letter == "Chers amis,\n\nMerci."
    assert issue.figures == ["flip.parents_trained", "flip.schools_renovated"], (
        "as in the catalogue"
    )
    assert (issue.state, issue.as_of) == (IssueState.DRAFT, date(2026, 11, 22))


def test_an_issue_without_a_letter_comes_back_with_what_was_written(editor: PageClient) -> None:
    page = editor.post("/office/newsletters/new", WRITTEN | {"letter": " "})
    assert page.status == 422
    assert "Noël au centre" in page.html
    assert not db.session.scalars(sa.select(Issue)).all()


def test_figures_are_offered_with_the_value_readers_will_see(editor: PageClient) -> None:
    make_flip_results(trained=520, employed=3, businesses=484, renovated=4)
    page = editor.get("/office/newsletters/new")
    assert page.has("Parents formés par FLIP : 520")
    assert page.has("Parents ayant trouvé un emploi grâce à FLIP : moins de 5")


def test_a_story_is_added_moved_and_taken_out(editor: PageClient) -> None:
    issue, child = make_issue(), make_child()
    make_consent(child, scope=ConsentScope.NEWSLETTER)
    photo = make_photo(child)
    address = f"/office/newsletters/{issue.public_id}"
    first = {"title": "Un", "text": "Le premier.", "photo": "", "child_ref": ""}
    second = {"title": "Deux", "text": "Le second.", "photo": str(photo.public_id)}
    assert editor.post(f"{address}/stories/new", first).status == 302
    assert editor.post(f"{address}/stories/new", second | {"child_ref": child.ref}).status == 302
    assert [s.title for s in issue.stories] == ["Un", "Deux"]
    last = issue.stories[1]
    assert (last.photo_id, last.child_id) == (photo.id, child.id)
    editor.post(f"{address}/stories/{last.public_id}/move", {"to": "up"})
    assert [s.title for s in issue.stories] == ["Deux", "Un"]
    editor.post(f"{address}/stories/{last.public_id}/remove")
    assert [(s.title, s.position) for s in issue.stories] == [("Un", 1)]


def test_a_photo_without_consent_is_not_offered(editor: PageClient) -> None:
    issue, hidden = make_issue(), make_photo(make_child())
    address = f"/office/newsletters/{issue.public_id}/stories/new"
    assert str(hidden.public_id) not in editor.get(address).html
    told = {"title": "Un", "text": "Texte", "photo": str(hidden.public_id)}
    assert editor.post(address, told).status == 422
    assert not db.session.scalars(sa.select(Story)).all()


def test_the_other_edition_has_the_same_stories_photos_and_figures(editor: PageClient) -> None:
    issue, photo = make_issue(), make_photo()
    make_story(issue, photo=photo, title="Un")
    make_story(issue, title="Deux")
    page = editor.post(f"/office/newsletters/{issue.public_id}/other-language")
    assert page.status == 302
    copy = db.session.scalars(sa.select(Issue).where(Issue.language == Language.EN)).one()
    assert [(s.title, s.photo_id) for s in copy.stories] == [("Un", photo.id), ("Deux", None)]
    assert (copy.figures, copy.as_of) == (issue.figures, issue.as_of)


def test_a_draft_is_thrown_away_after_a_question(editor: PageClient) -> None:
    issue = make_issue()
    make_story(issue)
    address = f"/office/newsletters/{issue.public_id}/remove"
    assert editor.get(address).status == 200
    assert _only_issue() is issue
    assert editor.post(address).status == 302
    assert not db.session.scalars(sa.select(Issue)).all()


@pytest.mark.parametrize("view", ["mail", "page", "pdf"])
def test_an_issue_is_looked_at_before_it_is_sent(editor: PageClient, view: str) -> None:
    issue = make_issue()
    make_story(issue, photo=make_photo())
    page = editor.get(f"/office/newsletters/{issue.public_id}/preview?view={view}")
    assert page.status == 200


@pytest.mark.parametrize(
    "page", ["", "/edit", "/send", "/preview", "/preview/mail", "/preview/pdf", "/stories/new"]
)
def test_only_editors_write(
    page: str, sponsor: PageClient, matcher: PageClient, visitor: PageClient
) -> None:
    address = f"/office/newsletters/{make_issue().public_id}{page}"
    assert sponsor.get(address).status == 404
    assert matcher.get(address).status == 404
    assert visitor.get(address).status == 302

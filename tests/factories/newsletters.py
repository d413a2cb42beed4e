"""Newsletters, photos and records for figures, for tests. All names are invented."""

from __future__ import annotations

import datetime as dt
import io
from itertools import count
from typing import Any

from PIL import Image

from portal.accounts.codes import Language
from portal.accounts.models import Account, Donor
from portal.core.db import db
from portal.newsletters.models import Issue, Story
from portal.programmes.codes import Course, FlipOutcome
from portal.programmes.models import Child, FlipParent, Photo, School
from portal.programmes.photos.services import PhotoDetails, add_photo, approve_photo
from portal.sponsorships.models import Wish
from tests.factories.people import make_account, make_donor

_numbers = count(1)
NOON = dt.datetime(2026, 11, 1, 12, 0, tzinfo=dt.UTC)


def picture_bytes(
    size: tuple[int, int] = (320, 240), fmt: str = "JPEG", colour: str = "#c2410c", **options: Any
) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, fmt, **options)
    return out.getvalue()


def make_photo(child: Child | None = None, *, approved: bool = True, **given: Any) -> Photo:
    """An approved photo of the child, or of nobody."""
    editor = make_account()
    details = PhotoDetails(
        alt_fr=given.get("alt_fr", "Des enfants dans la cour"),
        alt_en=given.get("alt_en", "Children in the yard"),
        child_ref=child.ref if child else "",
        taken_on=dt.date(2026, 10, 1),
    )
    photo = add_photo(given.get("content") or picture_bytes(), details, by=editor.id)
    if approved:
        approve_photo(photo.id, by=editor.id, at=NOON)
    return photo


def make_issue(**given: Any) -> Issue:
    """A French draft with a letter and two figures."""
    values: dict[str, Any] = {
        "language": Language.FR,
        "title": "Des nouvelles de l'automne",
        "letter": "Chers parrains,\n\nMerci de tout **cœur**.",
        "signed_by": "L'équipe",
        "as_of": dt.date(2026, 11, 22),
        "figures": ["children.in_care", "flip.schools_renovated"],
    } | given
    issue = Issue(**values)
    db.session.add(issue)
    db.session.commit()
    return issue


def make_story(issue: Issue, *, photo: Photo | None = None, **given: Any) -> Story:
    """A story at the end of the issue."""
    values: dict[str, Any] = {
        "issue_id": issue.id,
        "position": len(issue.stories) + 1,
        "title": "Un premier jour d'école",
        "text": "Elle a mis son uniforme.",
        "photo_id": photo.id if photo else None,
    } | given
    story = Story(**values)
    db.session.add(story)
    db.session.commit()
    db.session.expire(issue, ["stories"])
    return story


def make_waiting_sponsor(**given: Any) -> Donor:
    """A donor who waits for a child, so a sponsor to whom newsletters go."""
    donor = make_donor(**given)
    db.session.add(Wish(donor_id=donor.id, since=dt.date(2026, 1, 2)))
    db.session.commit()
    return donor


def make_reader(**given: Any) -> Account:
    """The account of a waiting sponsor."""
    donor = make_waiting_sponsor(**given)
    return make_account(donor=donor)


def make_parents(number: int, **given: Any) -> None:
    """That many FLIP parents with these values."""
    for _ in range(number):
        values: dict[str, Any] = {
            "ref": f"TP{next(_numbers):05}",
            "course": Course.CUISINE,
            "started_on": dt.date(2012, 1, 2),
        } | given
        db.session.add(FlipParent(**values))
    db.session.commit()


def make_flip_results(
    trained: int, employed: int, businesses: int, renovated: int, unfinished: int = 1
) -> None:
    """FLIP as it ended: trained parents without a job, those with one, businesses, schools."""
    done, found = dt.date(2012, 6, 1), dt.date(2012, 9, 1)
    job = {"outcome": FlipOutcome.EMPLOYED, "outcome_on": found}
    make_parents(min(trained, employed), completed_on=done, **job)
    make_parents(max(0, trained - employed), completed_on=done, outcome=FlipOutcome.SEEKING)
    make_parents(max(0, employed - trained), **job)
    make_parents(businesses, course=Course.BUSINESS, outcome=FlipOutcome.BUSINESS)
    for number in range(renovated + unfinished):
        over = dt.date(2013, 2, 20) if number < renovated else None
        db.session.add(
            School(
                ref=f"TS{next(_numbers):05}",
                name="Primary school of the tests",
                renovation_started_on=dt.date(2012, 9, 5),
                renovation_completed_on=over,
            )
        )
    db.session.commit()

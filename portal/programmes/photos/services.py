"""Taking a photo in, approving it, taking the approval back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from portal.core import audit, documents
from portal.core.db import db, transaction
from portal.programmes.models import Child, Photo
from portal.programmes.photos.pictures import made_new


class UnknownChild(ValueError):
    """No child has that reference."""


class AltTextMissing(ValueError):
    """A photo is described in both languages, for those who do not see it."""


@dataclass(frozen=True, slots=True)
class PhotoDetails:
    """What is told with a photo; ``child_ref`` is empty when it shows no child."""

    alt_fr: str
    alt_en: str
    child_ref: str = ""
    taken_on: date | None = None


def add_photo(content: bytes, details: PhotoDetails, *, by: int) -> Photo:
    """Keep a new JPEG of the picture, not yet approved.

    Raises pictures.PictureRefused (TooHeavy, TooManyPixels, NotAPicture), UnknownChild or
    AltTextMissing.
    """
    if not details.alt_fr.strip() or not details.alt_en.strip():
        raise AltTextMissing
    picture = made_new(content)
    with transaction():
        child_id = _child_id(details.child_ref)
        document = documents.store("photo", "photo.jpg", "image/jpeg", picture.content)
        photo = Photo(
            child_id=child_id,
            document_id=document.id,
            alt_fr=details.alt_fr.strip(),
            alt_en=details.alt_en.strip(),
            taken_on=details.taken_on,
            width=picture.width,
            height=picture.height,
        )
        db.session.add(photo)
        db.session.flush()
        told = {"child": details.child_ref, "taken_on": details.taken_on}
        audit.record("photo.added", f"photo:{photo.public_id}", after=told, actor_id=by)
        return photo


def _child_id(ref: str) -> int | None:
    if not ref:
        return None
    found = db.session.scalar(sa.select(Child.id).where(Child.ref == ref))
    if found is None:
        raise UnknownChild(ref)
    return found


def approve_photo(photo_id: int, *, by: int, at: datetime) -> None:
    """Let it be shown, wherever the child's family consents; approving twice changes nothing."""
    with transaction():
        photo = db.session.get_one(Photo, photo_id, with_for_update=True)
        if photo.approved_at is None:
            photo.approved_by, photo.approved_at = by, at
            audit.record("photo.approved", f"photo:{photo.public_id}", actor_id=by)


def take_approval_back(photo_id: int, *, by: int) -> None:
    """From now on it is shown nowhere."""
    with transaction():
        photo = db.session.get_one(Photo, photo_id, with_for_update=True)
        if photo.approved_at is not None:
            photo.approved_by = photo.approved_at = None
            audit.record("photo.approval_taken_back", f"photo:{photo.public_id}", actor_id=by)

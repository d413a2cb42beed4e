"""Which photos there are, and where each may be shown today."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.core.db import db
from portal.programmes.codes import ConsentScope
from portal.programmes.models import Child, Photo
from portal.programmes.queries.children import has_consent, may_be_shown


def photo_by_public_id(public_id: uuid.UUID) -> Photo | None:
    """The photo with that public id, for the head office; approved or not."""
    return db.session.scalar(
        sa.select(Photo).where(Photo.public_id == public_id).options(joinedload(Photo.child))
    )


def photo_may_be_shown(photo: Photo, scope: ConsentScope, on: date) -> bool:
    """Whether a person approved it and, if it shows a child, the consent allows it that day."""
    if photo.approved_at is None:
        return False
    return photo.child_id is None or may_be_shown(photo.child_id, scope, on)


def photos_that_may_be_shown(scope: ConsentScope, on: date) -> list[Photo]:
    """All of them, newest first."""
    return list(
        db.session.scalars(
            _shown(scope, on)
            .options(joinedload(Photo.child))
            .order_by(Photo.taken_on.desc().nulls_last(), Photo.id.desc())
        )
    )


def photos_of_child(child_id: int, scope: ConsentScope, on: date) -> list[Photo]:
    """The child's photos that may be shown that day, newest first."""
    mine = _shown(scope, on).where(Photo.child_id == child_id)
    return list(
        db.session.scalars(mine.order_by(Photo.taken_on.desc().nulls_last(), Photo.id.desc()))
    )


def _shown(scope: ConsentScope, on: date) -> sa.Select[Any]:
    return (
        sa.select(Photo)
        .outerjoin(Child, Child.id == Photo.child_id)
        .where(
            Photo.approved_at.is_not(None),
            sa.or_(Photo.child_id.is_(None), has_consent(scope, on)),
        )
    )


def photos_to_approve() -> int:
    """How many wait for somebody to look at them."""
    waiting = sa.select(sa.func.count(Photo.id)).where(Photo.approved_at.is_(None))
    return int(db.session.scalar(waiting) or 0)


def all_photos() -> sa.Select[Any]:
    """Those that wait for approval first, then the newest."""
    return (
        sa.select(Photo)
        .options(joinedload(Photo.child))
        .order_by(Photo.approved_at.is_not(None), Photo.id.desc())
    )

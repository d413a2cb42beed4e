"""A photo on its way to a reader: never a file with an address of its own.

Whoever calls has decided that the reader may see the page; here approval and consent are asked
again, for the place where the photo is shown, at every serving.
"""

from __future__ import annotations

from flask import Response, abort

from portal.core import documents
from portal.core.clock import paris_date
from portal.core.web.forms import clock_now
from portal.programmes.codes import ConsentScope
from portal.programmes.models import Photo
from portal.programmes.photos.queries import photo_may_be_shown


def shown_photo(photo: Photo | None, scope: ConsentScope) -> Response:
    """The picture, when it may be shown there today; 404 otherwise. Not kept by any cache."""
    if photo is None or not photo_may_be_shown(photo, scope, paris_date(clock_now())):
        abort(404)
    return picture_of(photo)


def picture_of(photo: Photo) -> Response:
    """The picture itself, for the head office, which sees what it approves."""
    answer = Response(documents.read(photo.document), mimetype="image/jpeg")
    answer.headers["Content-Disposition"] = 'inline; filename="photo.jpg"'
    answer.headers["Cache-Control"] = "no-store, private"
    return answer

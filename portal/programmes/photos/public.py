"""Photos on public pages."""

from __future__ import annotations

import uuid

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.core.web.audience import everyone
from portal.programmes.codes import ConsentScope
from portal.programmes.photos.queries import photo_by_public_id
from portal.programmes.photos.serving import shown_photo

blueprint = Blueprint("public_photos", __name__, url_prefix="/photos")


@blueprint.get("/<uuid:photo>.jpg")
@everyone
def show(photo: uuid.UUID) -> ResponseReturnValue:
    """A photo whose child's family consents to public pages today, or that shows nobody."""
    return shown_photo(photo_by_public_id(photo), ConsentScope.PUBLIC_WEB)

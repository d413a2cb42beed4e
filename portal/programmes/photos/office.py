"""The photos for the head office: hand in, look, approve."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.core.clock import paris_date
from portal.core.i18n_markers import N_
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.core.web.lists import ListSpec, list_page
from portal.programmes.codes import ConsentScope
from portal.programmes.models import Photo
from portal.programmes.photos import pictures, services
from portal.programmes.photos.forms import PhotoForm
from portal.programmes.photos.queries import all_photos, photo_by_public_id
from portal.programmes.photos.serving import picture_of
from portal.programmes.queries.children import first_name_of, may_be_shown

blueprint = Blueprint("photos", __name__, url_prefix="/office/photos")
MAY_HAND_IN = (Role.EDITOR, Role.FIELD_OFFICER)
PLACES = {
    ConsentScope.PORTAL: N_("Pages of the sponsor"),
    ConsentScope.NEWSLETTER: N_("Newsletter"),
    ConsentScope.PUBLIC_WEB: N_("Public pages"),
}
REFUSALS: dict[type[Exception], str] = {
    pictures.TooHeavy: N_("This photo is larger than 10 MB. Choose a smaller one."),
    pictures.TooManyPixels: N_(
        "This photo has more than 40 million pixels. Make it smaller first."
    ),
    pictures.NotAPicture: N_("This file is not a JPEG, PNG or WebP photo, or it is damaged."),
}


def _found(photo: uuid.UUID) -> Photo:
    return photo_by_public_id(photo) or abort(404)


@blueprint.get("")
@needs(*MAY_HAND_IN)
def index() -> ResponseReturnValue:
    """All photos, those that wait for approval first."""
    page = list_page(ListSpec(name="photos", columns=()), all_photos())
    return render_template("photos/index.html", page=page)


@blueprint.get("/new")
@needs(*MAY_HAND_IN)
def new() -> ResponseReturnValue:
    """The form for a photo."""
    return render_template("photos/new.html", form=PhotoForm())


@blueprint.post("/new")
@needs(*MAY_HAND_IN)
def hand_in() -> ResponseReturnValue:
    """Take a photo in, without its metadata."""
    form = PhotoForm()
    photo = _taken_in(form) if form.validate_on_submit() else None
    if photo is None:
        return render_template("photos/new.html", form=form), 422
    flash(_("The photo was taken in. It is shown once somebody has approved it."), "success")
    return redirect(url_for(".show", photo=photo.public_id))


def _taken_in(form: PhotoForm) -> Photo | None:
    try:
        content = form.file.data.read(pictures.MOST_BYTES + 1)
        return services.add_photo(content, form.details(), by=current_user.id)
    except pictures.PictureRefused as refusal:
        form.file.errors = [_(REFUSALS[type(refusal)])]
    except services.UnknownChild:
        form.child_ref.errors = [_("No child has this reference.")]
    return None


@blueprint.get("/<uuid:photo>")
@needs(*MAY_HAND_IN)
def show(photo: uuid.UUID) -> ResponseReturnValue:
    """One photo, and where it may be shown today."""
    found, today = _found(photo), paris_date(clock_now())
    places = [
        (_(label), found.child_id is None or may_be_shown(found.child_id, scope, today))
        for scope, label in PLACES.items()
    ]
    return render_template(
        "photos/show.html",
        photo=found,
        child=first_name_of(found.child) if found.child else None,
        places=places,
        may_approve=bool(current_user.role_set & {Role.EDITOR, Role.ADMINISTRATOR}),
    )


@blueprint.get("/<uuid:photo>/image")
@needs(*MAY_HAND_IN)
def image(photo: uuid.UUID) -> ResponseReturnValue:
    """The picture."""
    return picture_of(_found(photo))


@blueprint.post("/<uuid:photo>/approve")
@needs(Role.EDITOR)
def approve(photo: uuid.UUID) -> ResponseReturnValue:
    """It may be shown, wherever the family consents."""
    services.approve_photo(_found(photo).id, by=current_user.id, at=clock_now())
    flash(_("Approved. The photo is shown wherever the family consents to it."), "success")
    return redirect(url_for(".show", photo=photo))


@blueprint.post("/<uuid:photo>/take-back")
@needs(Role.EDITOR)
def take_back(photo: uuid.UUID) -> ResponseReturnValue:
    """It is shown nowhere from now on."""
    services.take_approval_back(_found(photo).id, by=current_user.id)
    flash(_("The photo is no longer shown anywhere."), "success")
    return redirect(url_for(".show", photo=photo))

"""Photos: handed in, approved, shown while the family consents."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from portal.core import documents
from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.programmes.codes import ConsentScope
from portal.programmes.models import Photo
from tests.factories.children import make_child, make_consent
from tests.factories.newsletters import make_photo, picture_bytes
from tests.pages import PageClient


def _form(content: bytes, **given: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "file": (io.BytesIO(content), "IMG_Canary.jpg"),
        "shows": "nobody",
        "alt_fr": "La cour",
        "alt_en": "The yard",
    }
    return told | given


def _only_photo() -> Photo:
    return db.session.scalars(sa.select(Photo)).one()


def test_a_photo_is_kept_without_what_the_camera_wrote(field_officer: PageClient) -> None:
    exif = Image.Exif()
    exif[0x010E] = "CANARY-HOUSE"
    child = make_child()
    content = picture_bytes(exif=exif.tobytes(), comment=b"CANARY-COMMENT")
    data = _form(content, shows="child", child_ref=child.ref, taken_on="2026-10-01")
    page = field_officer.post("/office/photos/new", data)
    assert page.status == 302
    photo = _only_photo()
    assert photo.child_id == child.id
    assert photo.approved_at is None
    assert b"CANARY" not in documents.read(photo.document)
    assert b"Canary" not in documents.read(photo.document)
    assert photo.document.filename == "photo.jpg"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"alt_en": ""}, "Décrivez la photo en anglais."),
        ({"shows": ""}, "Indiquez si la photo montre un enfant."),
        ({"shows": "child"}, "Indiquez la référence de l’enfant"),
        ({"shows": "child", "child_ref": "C404404"}, "Aucun enfant ne porte cette référence."),
        ({"taken_on": "2027-01-01"}, "Cette date n’est pas encore passée."),
    ],
)
def test_a_form_that_is_not_complete_comes_back(
    editor: PageClient, given: dict[str, str], words: str
) -> None:
    page = editor.post("/office/photos/new", _form(picture_bytes(), **given))
    assert page.status == 422
    assert not db.session.scalars(sa.select(Photo)).all()
    assert page.has(words)


def test_a_file_that_is_no_photo_is_refused_in_words(editor: PageClient) -> None:
    page = editor.post("/office/photos/new", _form(b"not a photo"))
    assert page.status == 422
    assert page.has("Ce fichier n’est pas une photo JPEG, PNG ou WebP")


def test_only_an_editor_approves(field_officer: PageClient, editor: PageClient) -> None:
    photo = make_photo(approved=False)
    address = f"/office/photos/{photo.public_id}"
    assert field_officer.post(f"{address}/approve").status == 404
    assert editor.post(f"{address}/approve").status == 302
    assert photo.approved_at is not None
    assert editor.post(f"{address}/take-back").status == 302
    assert photo.approved_at is None


def test_strangers_see_no_photo_of_the_office(
    sponsor: PageClient, matcher: PageClient, visitor: PageClient
) -> None:
    photo = make_photo()
    for page in ("", "/image"):
        assert sponsor.get(f"/office/photos/{photo.public_id}{page}").status == 404
        assert matcher.get(f"/office/photos/{photo.public_id}{page}").status == 404
        assert visitor.get(f"/office/photos/{photo.public_id}{page}").status == 302


def test_a_public_photo_needs_the_consent_for_public_pages(
    visitor: PageClient, clock: FrozenClock
) -> None:
    child = make_child()
    make_consent(child, scope=ConsentScope.NEWSLETTER)
    photo = make_photo(child)
    address = f"/photos/{photo.public_id}.jpg"
    assert visitor.get(address).status == 404, "portal and newsletter are other places"
    consent = make_consent(child, scope=ConsentScope.PUBLIC_WEB)
    shown = visitor.get(address).response
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert shown.headers["Cache-Control"] == "no-store, private"
    consent.withdrawn_on = date(2026, 11, 22)
    db.session.commit()
    assert visitor.get(address).status == 404, "withdrawn today"


def test_a_photo_of_nobody_is_public_once_approved(visitor: PageClient) -> None:
    assert visitor.get(f"/photos/{make_photo().public_id}.jpg").status == 200
    hidden = make_photo(approved=False)
    assert visitor.get(f"/photos/{hidden.public_id}.jpg").status == 404


def test_there_is_no_static_address_of_a_photo(visitor: PageClient) -> None:
    photo = make_photo()
    for place in ("static", "static/photos", "media", "uploads"):
        assert visitor.get(f"/{place}/{photo.public_id}.jpg").status == 404
        assert visitor.get(f"/{place}/{photo.document.filename}").status == 404

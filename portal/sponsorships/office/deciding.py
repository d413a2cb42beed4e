"""One way to do what a button of the board asks, and to say what came of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from portal.core.db import Base, db
from portal.sponsorships.queries.wording import words_of_refusal
from portal.sponsorships.rules.errors import SponsorshipError


def decide(act: Callable[[], Any], done: Callable[[Any], str]) -> Response:
    """Act, say what was done or why not, and go back to where the button stood."""
    try:
        flash(done(act()), "success")
    except SponsorshipError as error:
        flash(words_of_refusal(error), "danger")
    return redirect(_back())


def _back() -> str:
    """The wish's own page when the button stood there, else the board; never elsewhere."""
    told = request.form.get("back", "")
    try:
        return url_for("matching.wish", wish=uuid.UUID(told)) if told else url_for("matching.board")
    except ValueError:
        return url_for("matching.board")


def id_of(model: type[Base], public_id: str | uuid.UUID) -> int:
    """The number behind a public id; a page not found when there is none."""
    found = db.session.scalar(
        sa.select(model.id).where(model.public_id == public_id)  # type: ignore[attr-defined]
    )
    return int(found) if found is not None else abort(404)

"""An issue as its readers will see it: as a mail, as a page, as a PDF."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.clock import paris_date
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.core.web.lists import download
from portal.newsletters.models import Issue
from portal.newsletters.office import blueprint, found
from portal.newsletters.queries.content import SCOPE, content_of, photo_of_story
from portal.newsletters.rules.prose import line
from portal.newsletters.services.addresses import unsubscribe_token
from portal.newsletters.services.letter import Letter, letter_of
from portal.newsletters.services.page import page_of
from portal.newsletters.services.paper import filename_of, paper_of
from portal.programmes.photos.serving import shown_photo

VIEWS = ("mail", "page", "pdf")
AS_A_LETTER = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


def _letter(issue: Issue) -> Letter:
    return letter_of(content_of(issue, paris_date(clock_now())), unsubscribe_token(None))


@blueprint.get("/<uuid:issue>/preview")
@needs(Role.EDITOR)
def preview(issue: uuid.UUID) -> ResponseReturnValue:
    """One of the three looks, chosen by tabs."""
    shown = found(issue)
    view = request.args.get("view", "mail")
    if view not in VIEWS:
        abort(404)
    content = content_of(shown, paris_date(clock_now()))
    context: dict[str, Any] = {"issue": shown, "view": view}
    if view == "mail":
        context["letter"] = _letter(shown)
    if view == "page":
        photos = {
            story.id: url_for(".story_photo", issue=issue, story=story.id)
            for story in content.stories
            if story.photo
        }
        context |= {"heading": line(content.title), "body": page_of(content, photos)}
    return render_template("newsletters/office/preview.html", **context)


@blueprint.get("/<uuid:issue>/preview/mail")
@needs(Role.EDITOR)
def preview_mail(issue: uuid.UUID) -> ResponseReturnValue:
    """The mail's own HTML, for the frame of the preview."""
    answer = Response(_letter(found(issue)).html, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = AS_A_LETTER
    return answer


@blueprint.get("/<uuid:issue>/preview/pdf")
@needs(Role.EDITOR)
def preview_pdf(issue: uuid.UUID) -> ResponseReturnValue:
    """The PDF as it would be today."""
    shown = found(issue)
    body = paper_of(shown, clock_now())
    return download(body, filename_of(shown), "application/pdf", inline=True)


@blueprint.get("/<uuid:issue>/preview/photos/<uuid:story>")
@needs(Role.EDITOR)
def story_photo(issue: uuid.UUID, story: uuid.UUID) -> ResponseReturnValue:
    """The photo of a story, under the readers' own condition."""
    return shown_photo(photo_of_story(found(issue), str(story), paris_date(clock_now())), SCOPE)

"""The newsletters a sponsor received, and the way to stop them."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.models import Donor
from portal.core.clock import paris_date
from portal.core.web.audience import everyone, machine, signed_in
from portal.core.web.forms import clock_now
from portal.core.web.limits import limiter
from portal.core.web.lists import download
from portal.newsletters.models import Issue
from portal.newsletters.queries.content import SCOPE, content_of, photo_of_story
from portal.newsletters.queries.issues import issue_received, issues_received, wants_none
from portal.newsletters.rules.prose import line
from portal.newsletters.services.addresses import donor_of_token
from portal.newsletters.services.optouts import resume_newsletters, stop_newsletters
from portal.newsletters.services.page import page_of
from portal.newsletters.services.paper import filename_of, paper_of
from portal.programmes.photos.serving import shown_photo

blueprint = Blueprint("newsletters", __name__)


def _mine(issue: uuid.UUID) -> Issue:
    return issue_received(current_user.donor_id, issue) or abort(404)


@blueprint.get("/me/news")
@signed_in
def index() -> ResponseReturnValue:
    """The newsletters that were sent to the reader."""
    donor_id = current_user.donor_id
    return render_template(
        "newsletters/index.html",
        deliveries=issues_received(donor_id) if donor_id else [],
        stopped=wants_none(donor_id) if donor_id else None,
    )


@blueprint.get("/me/news/<uuid:issue>")
@signed_in
def show(issue: uuid.UUID) -> ResponseReturnValue:
    """One of them, with what may be shown of it today."""
    content = content_of(_mine(issue), paris_date(clock_now()))
    photos = {
        story.id: url_for(".photo", issue=issue, story=story.id)
        for story in content.stories
        if story.photo
    }
    return render_template(
        "newsletters/show.html",
        content=content,
        heading=line(content.title),
        body=page_of(content, photos),
        pdf_url=url_for(".pdf", issue=issue),
    )


@blueprint.get("/me/news/<uuid:issue>/pdf")
@signed_in
def pdf(issue: uuid.UUID) -> ResponseReturnValue:
    """The same as PDF."""
    mine = _mine(issue)
    return download(paper_of(mine, clock_now()), filename_of(mine), "application/pdf")


@blueprint.get("/me/news/<uuid:issue>/photos/<uuid:story>")
@signed_in
def photo(issue: uuid.UUID, story: uuid.UUID) -> ResponseReturnValue:
    """The photo of a story, while the family consents."""
    return shown_photo(photo_of_story(_mine(issue), str(story), paris_date(clock_now())), SCOPE)


@blueprint.post("/me/news/stop")
@signed_in
def stop() -> ResponseReturnValue:
    """No newsletter by mail from now on."""
    stop_newsletters(current_user.donor_id or abort(404))
    flash(_("You will receive no more newsletters by e-mail."), "success")
    return redirect(url_for(".index"))


@blueprint.post("/me/news/resume")
@signed_in
def resume() -> ResponseReturnValue:
    """Newsletters again."""
    resume_newsletters(current_user.donor_id or abort(404))
    flash(_("Thank you! The next newsletter will be yours."), "success")
    return redirect(url_for(".index"))


def _donor(token: str) -> Donor:
    return donor_of_token(token) or abort(404)


@blueprint.get("/<lang_code>/newsletter/unsubscribe/<token>")
@everyone
def unsubscribe(token: str) -> ResponseReturnValue:
    """The question behind the link of a mail; looking at it changes nothing."""
    stopped = wants_none(_donor(token).id)
    return render_template("newsletters/unsubscribe.html", token=token, stopped=stopped)


@blueprint.post("/<lang_code>/newsletter/unsubscribe/<token>")
@everyone
@limiter.limit("30/5 minutes")
def unsubscribe_confirm(token: str) -> ResponseReturnValue:
    """Stop."""
    stop_newsletters(_donor(token).id)
    return redirect(url_for(".unsubscribe", token=token))


@blueprint.post("/<lang_code>/newsletter/resubscribe/<token>")
@everyone
@limiter.limit("30/5 minutes")
def resubscribe(token: str) -> ResponseReturnValue:
    """It was a slip: go on."""
    resume_newsletters(_donor(token).id)
    flash(_("Thank you! The next newsletter will be yours."), "success")
    return redirect(url_for(".unsubscribe", token=token))


@blueprint.post("/newsletter/unsubscribe/<token>")
@machine
def unsubscribe_one_click(token: str) -> ResponseReturnValue:
    """What a mail program posts for its reader (RFC 8058); the signed token is its only proof."""
    stop_newsletters(_donor(token).id)
    return "", 200, {"Content-Type": "text/plain"}

"""The newsletters for the head office: writing, looking, sending."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.newsletters.models import Issue
from portal.newsletters.queries.issues import issue_by_public_id
from portal.newsletters.services.drafting import NotADraft

blueprint = Blueprint("newsletter_office", __name__, url_prefix="/office/newsletters")


def found(issue: uuid.UUID) -> Issue:
    """The issue in the address, or 404."""
    return issue_by_public_id(issue) or abort(404)


@blueprint.errorhandler(NotADraft)
def sent_already(_error: NotADraft) -> ResponseReturnValue:
    """It was sent: nothing is changed, nothing is sent a second time."""
    flash(_("This issue was sent already. It is never changed nor sent a second time."), "info")
    return redirect(url_for("newsletter_office.index"))


from portal.newsletters.office import previewing, sending, writing  # noqa: E402, F401

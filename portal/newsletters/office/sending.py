"""Sending an issue: to oneself, then to all sponsors of its language."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal.core.clock import paris_date
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.newsletters import tasks
from portal.newsletters.models import IssueState
from portal.newsletters.office import blueprint, found
from portal.newsletters.queries import recipients
from portal.newsletters.queries.problems import problems_of
from portal.newsletters.services import sending
from portal.newsletters.services.drafting import NotADraft


@blueprint.post("/<uuid:issue>/test")
@needs(Role.EDITOR)
def send_test(issue: uuid.UUID) -> ResponseReturnValue:
    """The issue as it stands, to one's own address."""
    account = current_user.account
    sending.send_test(found(issue).id, to=account, at=clock_now())
    flash(_("The test is on its way to %(address)s.", address=account.email), "success")
    return redirect(url_for(".show", issue=issue))


@blueprint.get("/<uuid:issue>/send")
@needs(Role.EDITOR)
def confirm(issue: uuid.UUID) -> ResponseReturnValue:
    """To whom it goes, how many, the first few, and the question."""
    return _confirm_page(issue)


def _confirm_page(issue: uuid.UUID, status: int = 200) -> ResponseReturnValue:
    shown = found(issue)
    if shown.state is not IssueState.DRAFT:
        raise NotADraft
    return render_template(
        "newsletters/office/send.html",
        issue=shown,
        problems=problems_of(shown, paris_date(clock_now())),
        number=recipients.count_recipients(shown.language),
        some=recipients.some_recipients(shown.language),
        left_out=recipients.count_left_out(shown.language),
    ), status


@blueprint.post("/<uuid:issue>/send")
@needs(Role.EDITOR)
def send(issue: uuid.UUID) -> ResponseReturnValue:
    """Send it, once."""
    try:
        number = tasks.send(found(issue).id, by=current_user.id, at=clock_now())
    except (sending.NotReady, sending.NobodyToSendTo):
        return _confirm_page(issue, 422)
    flash(
        ngettext(
            "The newsletter is on its way to %(num)s sponsor.",
            "The newsletter is on its way to %(num)s sponsors.",
            number,
        ),
        "success",
    )
    return redirect(url_for(".show", issue=issue))

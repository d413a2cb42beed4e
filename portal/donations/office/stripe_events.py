"""The payment provider's messages, and those that need somebody."""

from __future__ import annotations

import json

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.lists import ListColumn, ListSpec, export, list_page
from portal.donations import ledger_queries as reads
from portal.donations import queries, tasks, wording
from portal.donations.models import EventState, WebhookEvent
from portal.donations.office import bp
from portal.donations.provider_wording import problem_words


def _events() -> ListSpec:
    """The list of the provider's messages."""
    return ListSpec(
        name="stripe-events",
        columns=(
            ListColumn(
                "received_at",
                _("Received"),
                lambda e: e.received_at,
                "datetime",
                sort=WebhookEvent.received_at,
            ),
            ListColumn("type", _("Type"), lambda e: e.type, sort=WebhookEvent.type),
            ListColumn("object_id", _("About"), lambda e: e.object_id),
            ListColumn(
                "state",
                _("State"),
                lambda e: wording.event_standing(e.state).label,
                sort=WebhookEvent.state,
            ),
            ListColumn("attempts", _("Attempts"), lambda e: e.attempts, "integer"),
            ListColumn("error", _("Problem"), lambda e: e.error),
        ),
        search=(WebhookEvent.id, WebhookEvent.type, WebhookEvent.object_id, WebhookEvent.error),
        default_sort="received_at",
        default_descending=True,
        tie=WebhookEvent.id.desc(),
    )


@bp.get("/stripe-events")
@needs(Role.ACCOUNTANT)
def stripe_events() -> ResponseReturnValue:
    """What Stripe told, and what could not be dealt with."""
    states = [(s.value, wording.event_standing(s).label) for s in EventState]
    state = request.args.get("state", "")
    statement = sa.select(WebhookEvent)
    if state in {code for code, _label in states}:
        statement = statement.where(WebhookEvent.state == EventState(state))
    page = list_page(_events(), statement)
    return export(page) or render_template(
        "donations/office/stripe_events.html",
        page=page,
        states=states,
        state=state,
        failed=queries.failed_events(),
        problem_words=problem_words,
    )


@bp.get("/stripe-events/<event_id>")
@needs(Role.ACCOUNTANT)
def stripe_event(event_id: str) -> ResponseReturnValue:
    """One message: what it is about, why it could not be dealt with, what it showed."""
    found = reads.event(event_id) or abort(404)
    shown = found.body.get("data", {}).get("object", {})
    return render_template(
        "donations/office/stripe_event.html",
        event=found,
        standing=wording.event_standing(found.state),
        problem=problem_words(found.error) if found.state is EventState.FAILED else "",
        may_replay=reads.may_be_replayed(found),
        object=json.dumps(shown, indent=2, ensure_ascii=False),
    )


@bp.route("/stripe-events/<event_id>/replay", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def replay(event_id: str) -> ResponseReturnValue:
    """Work off a message again."""
    found = reads.event(event_id) or abort(404)
    if request.method == "GET":
        question = _("Work off the message %(type)s again?", type=found.type)
        back = url_for(".stripe_event", event_id=event_id)
        return render_template("donations/office/replay.html", question=question, back=back)
    tasks.replay(event_id, by=current_user.id)
    flash(_("The message is worked off again."), "success")
    return redirect(url_for(".stripe_events", state=EventState.FAILED.value), 303)


@bp.route("/stripe-events/replay-failed", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def replay_failed() -> ResponseReturnValue:
    """Work off every message that failed again."""
    if request.method == "GET":
        question = ngettext(
            "Work off %(num)s message that failed again?",
            "Work off %(num)s messages that failed again?",
            queries.failed_events(),
        )
        back = url_for(".stripe_events", state=EventState.FAILED.value)
        return render_template("donations/office/replay.html", question=question, back=back)
    done = tasks.replay_failed(by=current_user.id)
    flash(
        ngettext(
            "%(num)s message is worked off again.", "%(num)s messages are worked off again.", done
        ),
        "success",
    )
    return redirect(url_for(".stripe_events"), 303)

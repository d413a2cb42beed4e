"""The guard's question before a payment page opens: a second of the machine's work, or a mail.

What was typed waits here meanwhile (`services.held_forms`), so that the browser's Back button, a
reload and the link in the mail all find it again.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from portal.accounts.codes import Language
from portal.accounts.models import Donor
from portal.accounts.queries import donor_of_current_user
from portal.core import i18n
from portal.core.web.audience import everyone
from portal.core.web.limits import limiter
from portal.donations import queries, services
from portal.donations.gateway import GatewayError
from portal.donations.models import HeldForm
from portal.donations.routes import bp
from portal.donations.routes.forms_shown import FORMS, form_for, open_commitment
from portal.donations.routes.forms_shown import shown as form_shown
from portal.donations.routes.paying import address_of, send_to_payment, shown, unavailable
from portal.donations.routes.visitor import visitor
from portal.donations.rules.card_testing import Answer
from portal.donations.services import Commitment, Decision

AGAIN = "again"
"""The name under which a gift that is tried again is held, instead of a form."""


def ask(decision: Decision, form: str, answers: dict[str, Any], email: str) -> str:
    """Keep what was typed; gives the address of the page that asks."""
    language = Language(i18n.language())
    secret = services.hold(decision.attempt_id, form, answers, language, email)
    by_mail = decision.verdict.answer is Answer.ASK_MAIL
    return url_for("donations.question", secret=secret, mail=1 if by_mail else None)


@bp.route("/give/question/<secret>", methods=["GET", "POST"])
@everyone
@limiter.limit("120/10 minutes", methods=["POST"])
def question(secret: str) -> ResponseReturnValue:
    """The page that asks; with scripts it answers by itself in a second and goes on."""
    found = services.held(secret)
    if found is None:
        return _too_late()
    done = _led_to(found)
    if done is not None:
        return _once_more(done)
    if request.method == "GET":
        return _page(found, secret)
    worked = services.accept_answer(request.form.get("altcha", ""), secret)
    if not worked:
        return _page(found, secret, problem=True), 422
    return _go_on(found, secret, worked=True)


@bp.post("/give/question/<secret>/mail")
@everyone
@limiter.limit("30/10 minutes")
def question_by_mail(secret: str) -> ResponseReturnValue:
    """Without scripts, or instead: a link by mail to the giver's own address."""
    found = services.held(secret)
    if found is None:
        return _too_late()
    try:
        services.mail_the_way(found, secret, **_about(found))
    except services.TooManyMails:
        return _page(found, secret, too_many=True), 429
    return redirect(url_for(".question", secret=secret, mail=1, sent=1), 303)


@bp.route("/give/confirm/<secret>/<seal>", methods=["GET", "POST"])
@everyone
@limiter.limit("30/10 minutes", methods=["POST"])
def confirm(secret: str, seal: str) -> ResponseReturnValue:
    """Where the mail leads: one button, and the payment page."""
    if not services.seal_fits(secret, seal):
        abort(404)
    found = services.held(secret)
    if found is None:
        return _too_late()
    done = _led_to(found)
    if done is not None:
        return _once_more(done)
    if request.method == "GET":
        return render_template("donations/confirm.html", **_about(found))
    return _go_on(found, secret, mailed=True)


def try_again(commitment: Commitment) -> ResponseReturnValue:
    """To the payment page that is open; a new one opens past the guard only, each for itself."""
    try:
        if not services.opens_a_new_page(commitment):
            return send_to_payment(commitment)
    except services.AlreadyGiven:
        return redirect(address_of("thanks", commitment), 303)
    except GatewayError:
        return unavailable(commitment)
    donor = donor_of_current_user()
    mine = donor if donor is not None and donor.id == commitment.donor_id else None
    email = (commitment.typed or {}).get("email") or commitment.donor.email
    decision = services.consider(visitor(mine, email), services.guard_subject(commitment))
    if not decision.passes:
        answers = {"commitment": str(commitment.public_id)}
        return redirect(ask(decision, AGAIN, answers, email), 303)
    services.led_to(decision.attempt_id, commitment)
    return send_to_payment(commitment)


def _once_more(done: Commitment) -> ResponseReturnValue:
    """The question was answered before: the page it opened, or another one past the guard."""
    if request.method == "GET":
        return redirect(address_of("thanks", done), 303)
    return try_again(done)


def _go_on(
    found: HeldForm, secret: str, *, worked: bool = False, mailed: bool = False
) -> ResponseReturnValue:
    donor = _donor(found)
    who = visitor(donor, found.email)
    decision = services.consider(who, found.attempt.subject, worked=worked, mailed=mailed)
    if not decision.passes:
        return redirect(url_for(".question", secret=secret, mail=1), 303)
    commitment = _held_commitment(found) or _opened(found, donor)
    if commitment is None:
        return _too_late()
    services.led_to(decision.attempt_id, commitment)
    return send_to_payment(commitment)


def _opened(found: HeldForm, donor: Donor | None) -> Commitment | None:
    form = _form(found, donor)
    return open_commitment(form, donor) if form.validate() else None


def _form(found: HeldForm, donor: Donor | None) -> Any:
    form = form_for(found.form, donor, MultiDict(found.answers), held=True)
    if donor is None and "email" in form and not form.email.data:
        form.email.data = found.email  # signed in when it was typed, no longer so
    return form


def _donor(found: HeldForm) -> Donor | None:
    """The signed-in donor, when it is they who typed it."""
    donor = donor_of_current_user()
    return donor if donor is not None and donor.email.lower() == found.email.lower() else None


def _held_commitment(found: HeldForm) -> Commitment | None:
    """The gift or plan that is tried again, when no form is held."""
    if found.form != AGAIN:
        return None
    return queries.commitment_by_public_id(uuid.UUID(found.answers["commitment"]))


def _led_to(found: HeldForm) -> Commitment | None:
    """What this form became already: its question was answered and opened a payment page."""
    attempt = found.attempt
    return queries.commitment_of_attempt(attempt) if attempt.passed_at is not None else None


def _about(found: HeldForm) -> dict[str, Any]:
    """What is about to be given, in words."""
    commitment = _held_commitment(found)
    if commitment is not None:
        return {"amount": commitment.amount, "email": found.email, **_words(shown(commitment))}
    form = _form(found, _donor(found))
    told = form_shown(form)
    return {
        "amount": form.chosen,
        "email": found.email,
        **_words(told | {"purpose": form.purpose_words}),
    }


def _words(told: dict[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in ("every", "purpose", "button_label")}


def _page(found: HeldForm, secret: str, *, problem: bool = False, too_many: bool = False) -> str:
    by_mail = "mail" in request.args
    work = services.work_of(found.attempt)
    return render_template(
        "donations/question.html",
        secret=secret,
        by_mail=by_mail,
        sent=found.mailed_at is not None and "sent" in request.args,
        problem=problem,
        too_many=too_many,
        challenge="" if by_mail else json.dumps(services.new_question(secret, work)),
        words=json.dumps(_widget_words(), ensure_ascii=False),
        again=found.form == AGAIN,
        change_url=url_for(f".{found.form}") if found.form in FORMS else "",
        **_about(found),
    )


def _widget_words() -> dict[str, str]:
    """The words of the vendored widget, in the reader's language."""
    return {
        "label": str(_("Check that a person is giving")),
        "verifying": str(_("Checking…")),
        "verified": str(_("Checked: thank you")),
        "error": str(_("The check did not work. Please try again.")),
        "expired": str(_("The check took too long. Please try again.")),
        "waitAlert": str(_("Checking… one moment, please.")),
        "required": str(_("Please tick this box first.")),
    }


def _too_late() -> ResponseReturnValue:
    flash(_("This took too long, and nothing was taken. Please send the form once more."), "info")
    return redirect(url_for(".give"), 303)

"""The desk itself and the one door its buttons lead to."""

from __future__ import annotations

import hmac
import secrets
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.stripe_simulator import agenda
from portal.stripe_simulator.account import API_VERSION
from portal.stripe_simulator.api import this_account
from portal.stripe_simulator.choice_page import keep_nothing
from portal.stripe_simulator.desk.acts import ACTS
from portal.stripe_simulator.desk.commands import COMMANDS
from portal.stripe_simulator.desk.view import SHOWN, SHOWN_ALL, world
from portal.stripe_simulator.desk.words import DESK
from portal.stripe_simulator.refusals import Refusal
from portal.stripe_simulator.words import EN, FR, WORDS, language_of

desk = Blueprint("desk", __name__)
desk.after_request(keep_nothing)


@desk.get("/")
def show() -> ResponseReturnValue:
    """The clock, the payments, the plans, the payouts, the webhooks, and what can be done to them."""
    return _page()


@desk.post("/desk/<name>")
def act(name: str) -> ResponseReturnValue:
    """Press a button of the desk."""
    account = this_account()
    if not hmac.compare_digest(request.form.get("token", ""), _token()):
        return _page("stale", 403)
    if name not in ACTS:
        return _page("unknown", 404)
    try:
        with account.store.transaction():
            ACTS[name](account, request.form)
    except Refusal as refusal:
        return _page("refused", 422, refusal.message)
    return redirect(f"/?lang={_language()}&done={name}", 303)


def _page(problem: str = "", status: int = 200, detail: str = "") -> ResponseReturnValue:
    account, language = this_account(), _language()
    with account.store.transaction():
        agenda.run_due(account, account.now())
        shown = world(account, language, SHOWN_ALL if "all" in request.args else SHOWN)

    def say(name: str) -> str:
        return {**WORDS, **DESK}[name][language]

    done = request.args.get("done", "")
    page = render_template(
        "desk.html",
        language=language,
        other=EN if language == FR else FR,
        say=say,
        token=_token(),
        problem=problem,
        detail=detail,
        done=f"done_{done}" if f"done_{done}" in DESK else "done" if done in ACTS else "",
        version=API_VERSION,
        commands=[(address, said[language]) for address, said in COMMANDS],
        **shown,
    )
    return page, status


def _language() -> str:
    wanted: Any = request.values.get("lang")
    accepted = request.accept_languages.best_match([FR, EN])
    return language_of(wanted if wanted in (FR, EN) else None, accepted)


def _token() -> str:
    """What only a page of this very process knows: a form of another site cannot press buttons."""
    return str(current_app.config.setdefault("DESK_TOKEN", secrets.token_urlsafe(24)))

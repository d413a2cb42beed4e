"""The hosted payment page: what is asked for, and a choice of how it ends. No card field, no script."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from portal.stripe_simulator import agenda, checkout, sessions
from portal.stripe_simulator import parameters as p
from portal.stripe_simulator.account import Account
from portal.stripe_simulator.api import this_account
from portal.stripe_simulator.choice_page import (
    Asked,
    bank_page,
    choice_page,
    keep_nothing,
    language,
    nothing_here,
    notice,
)
from portal.stripe_simulator.outcomes import OUTCOMES, offered
from portal.stripe_simulator.refusals import Refusal
from portal.stripe_simulator.store import Body
from portal.stripe_simulator.words import amount_in_words, frequency_in_words

pay_page = Blueprint("pay_page", __name__, url_prefix="/c/pay")
pay_page.after_request(keep_nothing)
_LATER = ("disputed", "fraud_warning", "sepa_returned")


@pay_page.get("/<session_id>")
def show(session_id: str) -> ResponseReturnValue:
    """The page a donor is sent to."""
    account = this_account()
    with account.store.transaction():
        agenda.run_due(account, account.now())
        session = _found(account, session_id)
    if session is None:
        return nothing_here(account)
    if session["status"] != "open":
        return _over(account, session)
    return choice_page(account, _asked(account, session))


@pay_page.post("/<session_id>")
def pay(session_id: str) -> ResponseReturnValue:
    """The donor has chosen an outcome."""
    account = this_account()
    with account.store.transaction():
        agenda.run_due(account, account.now())
        session = _found(account, session_id)
        if session is None:
            return nothing_here(account)
        outcome = OUTCOMES.get(request.form.get("outcome", ""))
        email, problem = _email(account, session)
        if session["status"] == "open":
            asked = _asked(account, session)
            if problem:
                return choice_page(account, asked, "email_wrong", wrong="email", status=422)
            if outcome is None or outcome.code not in asked.offered:
                return choice_page(account, asked, "choose_one", wrong="outcome", status=422)
            step = checkout.choose(account, session, outcome, email)
        else:
            step = "closed"
    if step == "refused" and outcome is not None:
        asked = _asked(account, session)
        return choice_page(account, asked, f"refused_{outcome.code}", "outcome", 402)
    if step == "authenticate":
        return redirect(f"/c/pay/{session_id}/authenticate", 303)
    return _leave(account, session)


@pay_page.get("/<session_id>/authenticate")
def bank(session_id: str) -> ResponseReturnValue:
    """The page that stands in for the cardholder's bank."""
    account = this_account()
    session = _found(account, session_id)
    if session is None:
        return nothing_here(account)
    if session["status"] != "open":
        return _over(account, session)
    return bank_page(account, _asked(account, session))


@pay_page.post("/<session_id>/authenticate")
def answer_bank(session_id: str) -> ResponseReturnValue:
    """The cardholder has proved who they are, or has not."""
    account = this_account()
    with account.store.transaction():
        session = _found(account, session_id)
        if session is None:
            return nothing_here(account)
        proved = request.form.get("answer") == "authenticate"
        step = checkout.authenticate(account, session, proved)
    if step == "refused":
        asked = _asked(account, session)
        return choice_page(account, asked, "refused_authentication", "outcome", 402)
    if step == "closed" and session["status"] == "open":
        return redirect(f"/c/pay/{session_id}", 303)
    return _leave(account, session)


def success_address(session: Body) -> str:
    """Where the donor goes after paying."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _found(account: Account, session_id: str) -> Body | None:
    session = account.find(session_id)
    return session if session is not None and session["object"] == "checkout.session" else None


def _leave(account: Account, session: Body) -> ResponseReturnValue:
    if session["status"] == "complete":
        return redirect(success_address(session), 303)
    return _over(account, session)


def _over(account: Account, session: Body) -> ResponseReturnValue:
    if session["status"] == "complete":
        return notice(account, _asked(account, session, success_address(session)), "complete")
    return notice(account, _asked(account, session), "expired", 410)


def _asked(account: Account, session: Body, back: str | None = None) -> Asked:
    spoken = language(session["locale"])
    amount = frequency = description = ""
    if session["amount_total"] is not None:
        line = session["_sim"]["line_items"][0]
        amount = amount_in_words(session["amount_total"], session["currency"], spoken)
        description = line["description"]
        if line["price"]["recurring"]:
            frequency = frequency_in_words(line["price"]["recurring"], spoken)
    return Asked(
        language=spoken,
        action=f"/c/pay/{session['id']}",
        lead="setup_to" if session["mode"] == "setup" else "pay_to",
        amount=amount,
        frequency=frequency,
        description=description,
        back=back or session["cancel_url"],
        leads_to=session["success_url"],
        email=sessions.email_of(account, session),
        button=_button(session),
        offered=_offered(session),
    )


def _button(session: Body) -> str:
    kind = {"setup": "save", "subscription": "subscribe"}.get(session["mode"])
    return kind or ("donate" if session["submit_type"] == "donate" else "pay")


def _offered(session: Body) -> tuple[str, ...]:
    allowed = session["allowed_payment_method_types"] or ["card", "sepa_debit"]
    excluded = session.get("excluded_payment_method_types", [])
    methods = [each for each in allowed if each not in excluded]
    codes = offered(methods, session["currency"])
    if session["mode"] == "setup":
        return tuple(code for code in codes if code not in _LATER)
    return codes


def _email(account: Account, session: Body) -> tuple[str | None, bool]:
    known = sessions.email_of(account, session)
    if known is not None:
        return known, False
    try:
        return p.email(request.form.get("email", "").strip(), "email"), False
    except Refusal:
        return None, True

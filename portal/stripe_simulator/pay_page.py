"""The hosted payment page: what is asked for, and a choice of how it ends. No card field, no script."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.stripe_simulator import agenda, checkout, sessions
from portal.stripe_simulator import parameters as p
from portal.stripe_simulator.account import Account
from portal.stripe_simulator.api import this_account
from portal.stripe_simulator.outcomes import OUTCOMES
from portal.stripe_simulator.refusals import Refusal
from portal.stripe_simulator.store import Body
from portal.stripe_simulator.words import WORDS, amount_in_words, frequency_in_words, language_of

pay_page = Blueprint("pay_page", __name__, url_prefix="/c/pay")
_CARD = ("paid", "declined", "insufficient_funds", "expired_card", "three_d_secure", "disputed")
_DEBIT = ("sepa", "sepa_fails")


@pay_page.get("/<session_id>")
def show(session_id: str) -> ResponseReturnValue:
    """The page a donor is sent to."""
    account = this_account()
    with account.store.transaction():
        agenda.run_due(account, account.now())
        session = account.find(session_id)
    if session is None or session["object"] != "checkout.session":
        return _notice(account, None, "missing", status=404)
    if session["status"] != "open":
        return _over(account, session)
    return _page(account, session)


@pay_page.post("/<session_id>")
def pay(session_id: str) -> ResponseReturnValue:
    """The donor has chosen an outcome."""
    account = this_account()
    with account.store.transaction():
        agenda.run_due(account, account.now())
        session = account.find(session_id)
        if session is None or session["object"] != "checkout.session":
            return _notice(account, None, "missing", status=404)
        outcome = OUTCOMES.get(request.form.get("outcome", ""))
        email, problem = _email(account, session)
        if session["status"] == "open":
            if problem:
                return _page(account, session, "email_wrong", wrong="email", status=422)
            if outcome is None or outcome.code not in _offered(session):
                return _page(account, session, "choose_one", wrong="outcome", status=422)
            step = checkout.choose(account, session, outcome, email)
        else:
            step = "closed"
    if step == "refused" and outcome is not None:
        return _page(account, session, f"refused_{outcome.code}", wrong="outcome", status=402)
    if step == "authenticate":
        return redirect(f"/c/pay/{session_id}/authenticate", 303)
    return _leave(account, session)


@pay_page.get("/<session_id>/authenticate")
def bank(session_id: str) -> ResponseReturnValue:
    """The page that stands in for the cardholder's bank."""
    account = this_account()
    session = account.find(session_id)
    if session is None or session["object"] != "checkout.session":
        return _notice(account, None, "missing", status=404)
    if session["status"] != "open":
        return _over(account, session)
    page = render_template("authenticate.html", **_words(account, session))
    return _leading_to_merchant(page, session)


@pay_page.post("/<session_id>/authenticate")
def answer_bank(session_id: str) -> ResponseReturnValue:
    """The cardholder has proved who they are, or has not."""
    account = this_account()
    with account.store.transaction():
        session = account.find(session_id)
        if session is None or session["object"] != "checkout.session":
            return _notice(account, None, "missing", status=404)
        proved = request.form.get("answer") == "authenticate"
        step = checkout.authenticate(account, session, proved)
    if step == "refused":
        return _page(account, session, "refused_authentication", wrong="outcome", status=402)
    if step == "closed" and session["status"] == "open":
        return redirect(f"/c/pay/{session_id}", 303)
    return _leave(account, session)


@pay_page.after_request
def protect(response: Response) -> Response:
    """No scripts, no frames, no copies kept."""
    response.headers.setdefault("Content-Security-Policy", policy(None))
    response.headers["Cache-Control"] = "no-store"
    return response


def policy(leads_to: str | None) -> str:
    """The page's content security policy.

    A form's answer may redirect only where `form-action` says, so the merchant's own address is in it.
    """
    origin = ""
    if leads_to:
        parts = urlsplit(leads_to)
        origin = f" {parts.scheme}://{parts.netloc}"
    return (
        f"default-src 'none'; style-src 'self'; form-action 'self'{origin}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def success_address(session: Body) -> str:
    """Where the donor goes after paying."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _leave(account: Account, session: Body) -> ResponseReturnValue:
    if session["status"] == "complete":
        return redirect(success_address(session), 303)
    return _over(account, session)


def _over(account: Account, session: Body) -> ResponseReturnValue:
    if session["status"] == "complete":
        return _notice(account, session, "complete", success_address(session))
    return _notice(account, session, "expired", session["cancel_url"], 410)


def _notice(
    account: Account, session: Body | None, what: str, back: str | None = None, status: int = 200
) -> Response:
    words = _words(account, session)
    return Response(render_template("notice.html", what=what, back=back, **words), status)


def _page(
    account: Account, session: Body, problem: str = "", wrong: str = "", status: int = 200
) -> Response:
    offered = _offered(session)
    words = _words(account, session)
    page = render_template(
        "pay.html",
        problem=problem,
        wrong=wrong,
        cards=[code for code in _CARD if code in offered],
        debits=[code for code in _DEBIT if code in offered],
        asks_email=sessions.email_of(account, session) is None,
        email=sessions.email_of(account, session) or request.form.get("email", ""),
        chosen=request.form.get("outcome", "paid"),
        button=_button(session, words),
        **words,
    )
    return _leading_to_merchant(page, session, status)


def _leading_to_merchant(page: str, session: Body, status: int = 200) -> Response:
    response = Response(page, status)
    response.headers["Content-Security-Policy"] = policy(session["success_url"])
    return response


def _button(session: Body, words: dict[str, Any]) -> str:
    kind = {"setup": "save", "subscription": "subscribe"}.get(session["mode"])
    kind = kind or ("donate" if session["submit_type"] == "donate" else "pay")
    template = WORDS[kind][words["language"]]
    return template.format(amount=words["amount"], frequency=words["frequency"])


def _offered(session: Body) -> tuple[str, ...]:
    allowed = session["allowed_payment_method_types"]
    excluded = session["excluded_payment_method_types"] or []
    cards = _CARD if session["mode"] != "setup" else _CARD[:-1]
    offered: tuple[str, ...] = ()
    if "card" not in excluded and (not allowed or "card" in allowed):
        offered += cards
    if session["currency"] == "eur" and "sepa_debit" not in excluded:
        offered += _DEBIT if not allowed or "sepa_debit" in allowed else ()
    return offered


def _email(account: Account, session: Body) -> tuple[str | None, bool]:
    known = sessions.email_of(account, session)
    if known is not None:
        return known, False
    try:
        return p.email(request.form.get("email", "").strip(), "email"), False
    except Refusal:
        return None, True


def _words(account: Account, session: Body | None) -> dict[str, Any]:
    language = language_of(
        session["locale"] if session else None, request.accept_languages.best_match(["fr", "en"])
    )
    amount = frequency = description = ""
    if session is not None and session["amount_total"] is not None:
        line = session["_sim"]["line_items"][0]
        amount = amount_in_words(session["amount_total"], session["currency"], language)
        description = line["description"]
        if line["price"]["recurring"]:
            frequency = frequency_in_words(line["price"]["recurring"], language)

    def say(name: str) -> str:
        return WORDS[name][language].format(merchant=account.merchant)

    return {
        "say": say,
        "language": language,
        "merchant": account.merchant,
        "session": session,
        "amount": amount,
        "frequency": frequency,
        "description": description,
    }

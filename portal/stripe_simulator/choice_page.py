"""The pages a donor sees: a choice of how a payment ends, the bank's question, a notice."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Response, render_template, request

from portal.stripe_simulator.account import Account
from portal.stripe_simulator.outcomes import OUTCOMES
from portal.stripe_simulator.words import WORDS, language_of


@dataclass(frozen=True)
class Asked:
    """What somebody is asked to pay or to keep, in their language.

    `action` is this page's own address, `lead` the word that stands before the merchant's name,
    `leads_to` an address of the merchant's to which a form may lead back.
    """

    language: str
    action: str
    lead: str
    amount: str = ""
    frequency: str = ""
    description: str = ""
    back: str | None = None
    leads_to: str | None = None
    email: str | None = None
    button: str = "pay"
    offered: tuple[str, ...] = ()


def language(locale: str | None = None) -> str:
    """The page's own language, else the browser's."""
    return language_of(locale, request.accept_languages.best_match(["fr", "en"]))


def choice_page(
    account: Account, asked: Asked, problem: str = "", wrong: str = "", status: int = 200
) -> Response:
    """The form on which one picks the outcome; `problem` says what was wrong with the last pick."""
    amounts = {"amount": asked.amount, "frequency": asked.frequency}
    page = render_template(
        "pay.html",
        problem=problem,
        wrong=wrong,
        cards=_of("card", asked.offered),
        debits=_of("sepa_debit", asked.offered),
        asks_email=asked.email is None,
        email=asked.email or request.form.get("email", ""),
        chosen=request.form.get("outcome", "paid"),
        button=WORDS[asked.button][asked.language].format(**amounts),
        **_words(account, asked),
    )
    return _guarded(Response(page, status), asked)


def bank_page(account: Account, asked: Asked) -> Response:
    """The page that stands in for the cardholder's bank."""
    return _guarded(Response(render_template("authenticate.html", **_words(account, asked))), asked)


def notice(account: Account, asked: Asked, what: str, status: int = 200) -> Response:
    """There is nothing to choose here: what happened, and the way back if there is one."""
    return Response(render_template("notice.html", what=what, **_words(account, asked)), status)


def nothing_here(account: Account) -> Response:
    """No such page."""
    return notice(account, Asked(language(), "/", "pay_to"), "missing", 404)


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


def keep_nothing(response: Response) -> Response:
    """No scripts, no frames, no copies kept."""
    response.headers.setdefault("Content-Security-Policy", policy(None))
    response.headers["Cache-Control"] = "no-store"
    return response


def _guarded(response: Response, asked: Asked) -> Response:
    response.headers["Content-Security-Policy"] = policy(asked.leads_to)
    return response


def _of(method: str, offered: tuple[str, ...]) -> list[str]:
    return [code for code in offered if OUTCOMES[code].method == method]


def _words(account: Account, asked: Asked) -> dict[str, object]:
    def say(name: str) -> str:
        return WORDS[name][asked.language].format(merchant=account.merchant)

    return {"say": say, "language": asked.language, "merchant": account.merchant, "asked": asked}

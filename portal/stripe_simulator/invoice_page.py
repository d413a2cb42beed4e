"""The page of one invoice: the donor pays it, or confirms it with the bank. No card field, no script."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from portal.stripe_simulator import agenda, invoice_payment
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
from portal.stripe_simulator.store import Body
from portal.stripe_simulator.words import amount_in_words

invoice_page = Blueprint("invoice_page", __name__, url_prefix="/i")
invoice_page.after_request(keep_nothing)


@invoice_page.get("/<invoice_id>")
def show(invoice_id: str) -> ResponseReturnValue:
    """The invoice, and how to pay it while it is open."""
    account = this_account()
    with account.store.transaction():
        agenda.run_due(account, account.now())
        invoice = _found(account, invoice_id)
    if invoice is None:
        return nothing_here(account)
    if not invoice_payment.payable(account, invoice):
        return _over(account, invoice)
    if invoice_payment.awaits_bank(account, invoice) and "other" not in request.args:
        return redirect(f"/i/{invoice_id}/authenticate", 303)
    return choice_page(account, _asked(invoice))


@invoice_page.post("/<invoice_id>")
def pay(invoice_id: str) -> ResponseReturnValue:
    """The donor has chosen an outcome."""
    account = this_account()
    with account.store.transaction():
        agenda.run_due(account, account.now())
        invoice = _found(account, invoice_id)
        if invoice is None:
            return nothing_here(account)
        asked = _asked(invoice)
        outcome = OUTCOMES.get(request.form.get("outcome", ""))
        if outcome is None or outcome.code not in asked.offered:
            return choice_page(account, asked, "choose_one", wrong="outcome", status=422)
        step = invoice_payment.choose(account, invoice, outcome)
    if step == "refused":
        return choice_page(account, asked, f"refused_{outcome.code}", "outcome", 402)
    if step == "authenticate":
        return redirect(f"/i/{invoice_id}/authenticate", 303)
    return redirect(f"/i/{invoice_id}", 303)


@invoice_page.get("/<invoice_id>/authenticate")
def bank(invoice_id: str) -> ResponseReturnValue:
    """The page that stands in for the cardholder's bank."""
    account = this_account()
    invoice = _found(account, invoice_id)
    if invoice is None:
        return nothing_here(account)
    if not invoice_payment.awaits_bank(account, invoice):
        return redirect(f"/i/{invoice_id}", 303)
    return bank_page(account, _asked(invoice))


@invoice_page.post("/<invoice_id>/authenticate")
def answer_bank(invoice_id: str) -> ResponseReturnValue:
    """The cardholder has proved who they are, or has not."""
    account = this_account()
    with account.store.transaction():
        invoice = _found(account, invoice_id)
        if invoice is None:
            return nothing_here(account)
        proved = request.form.get("answer") == "authenticate"
        step = invoice_payment.authenticate(account, invoice, proved)
    if step == "refused":
        return choice_page(account, _asked(invoice), "refused_authentication", "outcome", 402)
    return redirect(f"/i/{invoice_id}", 303)


def _found(account: Account, invoice_id: str) -> Body | None:
    invoice = account.find(invoice_id)
    if invoice is None or invoice["object"] != "invoice" or invoice["number"] is None:
        return None
    return invoice


def _over(account: Account, invoice: Body) -> ResponseReturnValue:
    waiting = invoice["status"] == "open"
    what = "invoice_processing" if waiting else f"invoice_{invoice['status']}"
    return notice(account, _asked(invoice), what)


def _asked(invoice: Body) -> Asked:
    spoken = language()
    return Asked(
        language=spoken,
        action=f"/i/{invoice['id']}",
        lead="pay_to",
        amount=amount_in_words(invoice["amount_due"], invoice["currency"], spoken),
        description=f"{invoice['number']} · {invoice['lines']['data'][0]['description'] or ''}",
        email=invoice["customer_email"] or "",
        offered=offered(["card", "sepa_debit"], invoice["currency"]),
    )

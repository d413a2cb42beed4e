"""Setup intents: a card or bank account is kept for later, nothing is paid now."""

from __future__ import annotations

from portal.stripe_simulator import mandates
from portal.stripe_simulator.account import Account
from portal.stripe_simulator.blanks import blank
from portal.stripe_simulator.outcomes import Failure, Outcome
from portal.stripe_simulator.store import Body

_AUTHENTICATION_FAILED = Failure(
    "setup_intent_authentication_failure",
    None,
    "The latest attempt to set up the payment method has failed because authentication failed.",
)


def create(account: Account, session: Body) -> Body:
    """A setup that nobody has tried yet."""
    data = session["_sim"]["setup_intent_data"]
    setup_id = account.new_id("seti")
    setup = account.save(
        {
            "id": setup_id,
            "object": "setup_intent",
            **blank("setup_intent"),
            "client_secret": f"{setup_id}_secret_sim",
            "created": account.now(),
            "customer": session["customer"],
            "description": data.get("description"),
            "livemode": False,
            "metadata": data.get("metadata") or {},
            "payment_method_types": ["card", "sepa_debit"],
            "status": "requires_payment_method",
            "usage": "off_session",
        }
    )
    account.emit("setup_intent.created", setup)
    return setup


def attempt(account: Account, setup: Body, method: Body, outcome: Outcome) -> None:
    """Keep the payment method, unless the bank says no at once."""
    if outcome.method == "card" and outcome.failure:
        _fail(account, setup, method, outcome.failure)
        return
    setup.update(
        status="succeeded",
        payment_method=method["id"],
        mandate=mandates.ensure(account, method),
        last_setup_error=None,
        next_action=None,
    )
    account.save(setup)
    account.emit("setup_intent.succeeded", setup)


def require_authentication(account: Account, setup: Body, method: Body) -> None:
    """The bank wants to see the cardholder first."""
    setup.update(
        status="requires_action",
        payment_method=method["id"],
        next_action={"type": "use_stripe_sdk", "use_stripe_sdk": {}},
    )
    account.save(setup)
    account.emit("setup_intent.requires_action", setup)


def fail_authentication(account: Account, setup: Body) -> None:
    """The cardholder did not prove who they are."""
    method = account.get("payment_method", setup["payment_method"])
    _fail(account, setup, method, _AUTHENTICATION_FAILED)


def _fail(account: Account, setup: Body, method: Body, failure: Failure) -> None:
    setup.update(
        status="requires_payment_method",
        payment_method=None,
        next_action=None,
        last_setup_error={
            "code": failure.code,
            "decline_code": failure.decline_code,
            "message": failure.message,
            "payment_method": {name: value for name, value in method.items() if name != "_sim"},
            "type": "card_error",
        },
    )
    account.save(setup)
    account.emit("setup_intent.setup_failed", setup)

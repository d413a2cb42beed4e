"""How the desk shows a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.stripe_simulator import billing
from portal.stripe_simulator.account import Account
from portal.stripe_simulator.desk.buttons import Button, Choice
from portal.stripe_simulator.store import Body
from portal.stripe_simulator.words import frequency_in_words

if TYPE_CHECKING:
    from portal.stripe_simulator.desk.view import Speaker

_NEXT_CARD = ("paid", "declined", "insufficient_funds", "expired_card", "authentication_required")
_NEXT_DEBIT = ("sepa", "sepa_fails", "sepa_returned")
_TONES = {"active": "good", "trialing": "good", "past_due": "bad", "unpaid": "bad"}

Shown = tuple[str, str, str, str, str, list[str], list[Button]]


def plan(account: Account, speaker: Speaker, subscription: Body) -> Shown:
    """Id, title, about, badge, tone, notes and buttons of a plan."""
    item = subscription["items"]["data"][0]
    price = item["price"]
    often = frequency_in_words(price["recurring"], speaker.language)
    amount = speaker.amount(price["unit_amount"] * item["quantity"], price["currency"])
    over = subscription["status"] == "canceled"
    customer = account.get("customer", subscription["customer"])
    about = [speaker.day(subscription["created"]), customer["email"] or ""]
    word, tone = _standing(subscription)
    notes = []
    if not over and not subscription["cancel_at_period_end"]:
        notes.append(speaker("next_debit_on", day=speaker.day(item["current_period_end"])))
    return (
        subscription["id"],
        f"{amount} {often}",
        " · ".join(each for each in about if each),
        speaker(f"plan_{word}"),
        tone,
        notes,
        [] if over else _buttons(account, speaker, subscription),
    )


def _standing(subscription: Body) -> tuple[str, str]:
    status = subscription["status"]
    if status in ("active", "trialing") and subscription["cancel_at_period_end"]:
        return "ending", "wait"
    if status in ("active", "trialing") and subscription["pause_collection"]:
        return "paused", "wait"
    return status, _TONES.get(status, "calm")


def _buttons(account: Account, speaker: Speaker, subscription: Body) -> list[Button]:
    method = billing.method_of(account, subscription)
    end = Button("end_plan", speaker("end_plan"), subscription["id"])
    if method is None:
        return [end]
    codes = _NEXT_CARD if method["type"] == "card" else _NEXT_DEBIT
    label = speaker("next_debits_label")
    choice = Choice("outcome", label, [(code, speaker(code)) for code in codes])
    found = [Button("next_debits", speaker("next_debits"), subscription["id"], choice=choice)]
    if method["type"] == "card":
        found.append(Button("replace_card", speaker("replace_card"), method["id"]))
    elif method["_sim"].get("mandate"):
        found.append(Button("revoke", speaker("revoke"), method["_sim"]["mandate"]))
    return [*found, end]

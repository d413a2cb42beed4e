"""Money that goes back, in the reader's words: disputes, warnings, refunds that failed."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.donations.models import Dispute
from portal.donations.rules.going_back import Phase, phase_of
from portal.donations.wording import Standing


def dispute_standing(dispute: Dispute) -> Standing:
    """Where a dispute stands, by its money and the bank's word."""
    phase = phase_of(dispute.status, dispute.taken)
    if phase is Phase.LOST:
        return Standing(str(_("Lost: the bank keeps the money")), "danger")
    if phase is Phase.HELD:
        won = dispute.status == "won"
        held = _("Won: the money is on its way back") if won else _("The bank holds the money")
        return Standing(str(held), "warning")
    if dispute.closed_at is None:
        return Standing(str(_("The bank asks; no money moved")), "info")
    if dispute.status == "won":
        return Standing(str(_("Won: the money is ours")), "success")
    return Standing(str(_("Closed; no money moved")), "neutral")


def dispute_reason(reason: str) -> str:
    """Why the bank questions a payment; its own word when it is a new one."""
    words = {
        "fraudulent": _("The card's holder says that they did not pay"),
        "unrecognized": _("The donor does not recognise the payment"),
        "duplicate": _("The donor says that they paid twice"),
        "subscription_canceled": _("The donor says that the plan had been stopped"),
        "credit_not_processed": _("The donor says that a refund was promised"),
        "product_not_received": _("The donor says that nothing came in return"),
        "product_unacceptable": _("The donor says that what came was not right"),
        "debit_not_authorized": _("The donor says that the debit was not allowed"),
        "insufficient_funds": _("There was not enough money on the account"),
        "bank_cannot_process": _("The bank could not carry the debit out"),
        "incorrect_account_details": _("The account's details are wrong"),
        "customer_initiated": _("The donor had the debit returned"),
        "general": _("No reason given"),
    }
    return str(words.get(reason, reason or _("No reason given")))


def warning_words(kind: str) -> str:
    """What a bank suspects; its own word when it is a new one."""
    words = {
        "made_with_stolen_card": _("Paid with a stolen card"),
        "made_with_lost_card": _("Paid with a lost card"),
        "made_with_stolen_card_number": _("Paid with a stolen card number"),
        "card_never_received": _("Paid with a card its holder never received"),
        "fraudulent_card_application": _("The card was obtained under a false name"),
        "unauthorized_use_of_card": _("The card's holder did not allow the payment"),
        "misc": _("Believed to be fraudulent"),
    }
    return str(words.get(kind, kind))


def failure_words(reason: str) -> str:
    """Why a refund did not arrive; Stripe's own word when it is a new one."""
    words = {
        "lost_or_stolen_card": _("the card was lost or stolen"),
        "expired_or_canceled_card": _("the card has expired or was cancelled"),
        "charge_for_pending_refund_disputed": _("the payment was disputed meanwhile"),
        "insufficient_funds": _("there was not enough money at Stripe"),
        "declined": _("the bank refused it"),
        "merchant_request": _("it was called back"),
        "never_sent": _("Stripe could not be asked for more than a day"),
        "unknown": _("the bank gave no reason"),
        "": _("the bank gave no reason"),
    }
    return str(words.get(reason, reason))


def attention_words() -> dict[str, str]:
    """Why a gift needs somebody, as a choice of a list."""
    return {
        "refund_failed": str(_("A refund failed")),
        "disputed": str(_("The bank questions it")),
        "warned": str(_("Believed to be fraudulent")),
        "euros_unknown": str(_("Its worth in euros is not known")),
    }

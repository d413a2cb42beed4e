"""The payment provider's words in the head office's: payouts, lines, differences, problems."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.donations.models import Payout
from portal.donations.rules.reconciliation import FindingKind, FindingState, LineKind, kind_of
from portal.donations.wording import Standing


def payout_standing(payout: Payout) -> Standing:
    """Where a payout stands."""
    words = {
        "pending": (_("Being prepared"), "neutral"),
        "in_transit": (_("On its way to the bank"), "info"),
        "paid": (_("Sent to the bank"), "success"),
        "failed": (_("Refused by the bank"), "danger"),
        "canceled": (_("Cancelled"), "neutral"),
    }
    label, tone = words.get(payout.status, (payout.status, "neutral"))
    return Standing(str(label), tone)


def kind_words(kind: LineKind) -> str:
    """What lines of the balance are about."""
    words = {
        LineKind.CHARGE: _("Gifts"),
        LineKind.CHARGE_BACK: _("Debits taken back by the bank"),
        LineKind.REFUND: _("Given back"),
        LineKind.DISPUTE: _("Disputes"),
        LineKind.PAYOUT: _("Payouts that came back"),
        LineKind.FEE: _("Fees of the account"),
        LineKind.OTHER: _("Others"),
    }
    return str(words[kind])


def line_words(category: str) -> str:
    """What one line of the balance is about."""
    words = {
        LineKind.CHARGE: _("Gift"),
        LineKind.CHARGE_BACK: _("Debit taken back by the bank"),
        LineKind.REFUND: _("Given back"),
        LineKind.DISPUTE: _("Dispute"),
        LineKind.PAYOUT: _("Payout"),
        LineKind.FEE: _("Fee of the account"),
        LineKind.OTHER: category,
    }
    return str(words[kind_of(category)])


def finding_words(kind: FindingKind) -> str:
    """What was found, in a few words."""
    words = {
        FindingKind.PAYOUT_DIFFERS: _("A payout is not the sum of its lines"),
        FindingKind.PAYOUT_BY_HAND: _("A payout made by hand"),
        FindingKind.CHARGE_UNKNOWN: _("A payment at Stripe without a gift here"),
        FindingKind.CHARGE_MISSING: _("A gift here without a payment at Stripe"),
        FindingKind.CHARGE_DIFFERS: _("A gift and its payment differ"),
        FindingKind.FEE_DIFFERS: _("A fee differs"),
        FindingKind.REFUND_UNKNOWN: _("A refund at Stripe that is not here"),
        FindingKind.REFUND_MISSING: _("A refund here that is not at Stripe"),
        FindingKind.REFUND_DIFFERS: _("A refund differs"),
        FindingKind.DISPUTE_UNKNOWN: _("A dispute at Stripe that is not here"),
        FindingKind.DISPUTE_MISSING: _("A dispute here that is not at Stripe"),
        FindingKind.DISPUTE_DIFFERS: _("A dispute differs"),
        FindingKind.LINE_UNKNOWN: _("A line nobody knows the reason of"),
        FindingKind.BALANCE_DIFFERS: _("Stripe's balance is not the sum of its lines"),
    }
    return str(words[kind])


def remedy_words(kind: FindingKind) -> str:
    """What somebody can do about it."""
    unknown = _(
        "Look for this id in Stripe's dashboard. If it is a gift, work its message off again (Messages"
        " from Stripe); if it is not ours to record, explain it here."
    )
    differs = _(
        "Compare both sides in Stripe's dashboard. Working the payment's message off again brings our"
        " side up to date; if the difference is right, explain it here."
    )
    missing = _(
        "We show money Stripe does not. Look for the payment in Stripe's dashboard; if it never was,"
        " the gift must be corrected."
    )
    words = {
        FindingKind.PAYOUT_DIFFERS: _(
            "Ask Stripe for the report of this payout: a line of it is missing or differs."
        ),
        FindingKind.PAYOUT_BY_HAND: _(
            "Nothing is wrong. Stripe cannot say which gifts a payout made by hand holds; automatic"
            " payouts can be told apart to the cent."
        ),
        FindingKind.CHARGE_MISSING: missing,
        FindingKind.REFUND_MISSING: missing,
        FindingKind.DISPUTE_MISSING: missing,
        FindingKind.CHARGE_UNKNOWN: unknown,
        FindingKind.REFUND_UNKNOWN: unknown,
        FindingKind.DISPUTE_UNKNOWN: unknown,
        FindingKind.LINE_UNKNOWN: _(
            "In euros it stands on account 471 (suspense) until the general ledger says what it is;"
            " in another currency it is not booked. Find its reason in Stripe's dashboard and explain"
            " it here."
        ),
        FindingKind.BALANCE_DIFFERS: _(
            "Compare again in an hour: Stripe may have moved money while we read. If it stays, ask"
            " Stripe for its balance report."
        ),
    }
    return str(words.get(kind, differs))


def finding_standing(state: FindingState) -> Standing:
    """Where a difference stands."""
    words = {
        FindingState.OPEN: (_("Needs somebody"), "danger"),
        FindingState.EXPLAINED: (_("Explained"), "success"),
        FindingState.GONE: (_("No longer so"), "neutral"),
    }
    label, tone = words[state]
    return Standing(str(label), tone)


def problem_words(error: str) -> str:
    """Why a message could not be dealt with, and what to do; '' when nothing is wrong."""
    kind = error.partition(":")[0]
    words = {
        "ObjectUnknown": _(
            "Stripe knows no object of this id. It may belong to another account, or have been deleted."
        ),
        "GatewayRefused": _("Stripe understood the question and refused to answer it."),
        "GatewayMisconfigured": _(
            "The key or the version of the interface does not fit. An administrator must look at the"
            " settings."
        ),
        "GatewayUnavailable": _("Stripe did not answer, however often it was asked."),
        "AmountDiffers": _(
            "Stripe took another amount than the gift says. Compare both before working it off again."
        ),
        "ImpossibleFact": _(
            "What Stripe tells does not fit where the gift stands. Look at the gift first."
        ),
        "NotYetKnown": _("Stripe had not linked this payment to its debit yet."),
    }
    unknown = _("The portal could not deal with it. Tell whoever looks after the portal.")
    return str(words.get(kind, unknown)) if error else ""

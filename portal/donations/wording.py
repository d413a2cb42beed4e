"""Gifts and plans in the reader's words: what for, how paid, where they stand, what they cost."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from flask_babel import gettext as _

from portal.core import i18n
from portal.core.money import Money
from portal.donations.codes import GiftMode, PurposeKind
from portal.donations.models import EventState, PlanState
from portal.donations.rules.gift import GiftState, Rhythm
from portal.donations.rules.tax import DonorKind, cost_after_tax
from portal.programmes.codes import Programme


def purpose_words(purpose: PurposeKind, programme: Programme | None) -> str:
    """What a gift is for."""
    if programme is not None:
        return programme_words()[programme]
    if purpose is PurposeKind.SPONSORSHIP:
        return str(_("Sponsoring a child"))
    return str(_("Where it is most needed"))


def programme_words() -> dict[Programme, str]:
    """The six programmes."""
    return {
        Programme.EDUCATION: str(_("Schooling")),
        Programme.VOCATIONAL_TRAINING: str(_("Vocational training")),
        Programme.FOOD: str(_("Meals")),
        Programme.HEALTH: str(_("Health")),
        Programme.PROTECTION: str(_("Protection of children")),
        Programme.FAMILY_SUPPORT: str(_("Support for families")),
    }


def mode_words(mode: GiftMode | None) -> str:
    """How the money came."""
    words = {
        GiftMode.CARD: _("Card"),
        GiftMode.SEPA: _("SEPA direct debit"),
        GiftMode.CHEQUE: _("Cheque"),
        GiftMode.TRANSFER: _("Bank transfer"),
        GiftMode.CASH: _("Cash"),
    }
    return str(words[mode]) if mode is not None else ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A state in a word and a tone of the badge."""

    label: str
    tone: str


def gift_standing(state: GiftState) -> Standing:
    """Where a gift stands."""
    words = {
        GiftState.PENDING: (_("Waiting for payment"), "neutral"),
        GiftState.PROCESSING: (_("On its way from the bank"), "info"),
        GiftState.SETTLED: (_("Received"), "success"),
        GiftState.FAILED: (_("Payment failed"), "danger"),
        GiftState.ABANDONED: (_("Not completed"), "neutral"),
        GiftState.PARTIALLY_REFUNDED: (_("Partly given back"), "warning"),
        GiftState.REFUNDED: (_("Given back"), "neutral"),
        GiftState.DISPUTED: (_("Questioned by the bank"), "warning"),
    }
    label, tone = words[state]
    return Standing(str(label), tone)


def plan_standing(state: PlanState) -> Standing:
    """Where a plan stands."""
    words = {
        PlanState.PENDING: (_("Waiting for the first payment"), "neutral"),
        PlanState.ACTIVE: (_("Active"), "success"),
        PlanState.PAST_DUE: (_("A debit failed"), "danger"),
        PlanState.ENDED: (_("Stopped"), "neutral"),
        PlanState.ABANDONED: (_("Not completed"), "neutral"),
    }
    label, tone = words[state]
    return Standing(str(label), tone)


def refund_words(state: str) -> str:
    """Where money that goes back is."""
    words = {
        "asked": _("Asked for"),
        "refused": _("Refused by Stripe"),
        "pending": _("On its way"),
        "succeeded": _("Done"),
        "failed": _("Failed"),
        "canceled": _("Cancelled"),
        "lost_dispute": _("Taken back by the bank"),
    }
    return str(words.get(state, state))


def event_standing(state: EventState) -> Standing:
    """What became of a message of the payment provider's."""
    words = {
        EventState.WAITING: (_("Waiting"), "info"),
        EventState.DONE: (_("Done"), "success"),
        EventState.IGNORED: (_("Not for us"), "neutral"),
        EventState.FAILED: (_("Needs somebody"), "danger"),
    }
    label, tone = words[state]
    return Standing(str(label), tone)


def button_words(amount: Money | None, rhythm: Rhythm) -> str:
    """The button that commits says to what."""
    if amount is None:
        return str(_("Continue"))
    words = i18n.money(amount, whole=True)
    if rhythm is Rhythm.MONTHLY:
        return str(_("Give %(amount)s every month", amount=words))
    return str(_("Give %(amount)s", amount=words))


@dataclass(frozen=True, slots=True)
class CostWords:
    """What a gift costs after tax, and the rule it follows from."""

    cost: Money
    sentence: str
    law: str


def cost_words(
    amount: Money, rhythm: Rhythm, category: str, on: dt.date, donor_kind: DonorKind
) -> CostWords:
    """What this amount costs the giver once the tax reduction of that day is taken."""
    found = cost_after_tax(amount, category, on, donor_kind)
    words = {
        "amount": i18n.money(amount, whole=True),
        "cost": i18n.money(found.cost, whole=True),
    }
    if rhythm is Rhythm.MONTHLY:
        sentence = _("%(amount)s a month costs you %(cost)s a month after tax.", **words)
    else:
        sentence = _("%(amount)s costs you %(cost)s after tax.", **words)
    return CostWords(found.cost, str(sentence), _law(found.rate, on, donor_kind))


def _law(rate: Fraction, on: dt.date, donor_kind: DonorKind) -> str:
    given = {"rate": i18n.number(int(rate * 100)), "day": i18n.day(on)}
    if donor_kind == "company":
        return str(
            _(
                "If you pay tax in France: %(rate)s%% of the gift comes off your company's tax, up to"
                " €20,000 or 0.5%% of turnover (CGI art. 238 bis, rates on %(day)s).",
                **given,
            )
        )
    return str(
        _(
            "If you pay tax in France: %(rate)s%% of the gift comes off your income tax, up to 20%%"
            " of your taxable income (CGI art. 200, rates on %(day)s).",
            **given,
        )
    )

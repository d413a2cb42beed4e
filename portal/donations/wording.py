"""Gifts and plans in the reader's words: what for, how paid, where they stand, what they cost."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from flask_babel import gettext as _

from portal.core import i18n
from portal.core.money import Money
from portal.donations.codes import GiftMode, PurposeKind
from portal.donations.models import EventState, PlanState, Tribute
from portal.donations.rules.amounts import Rhythm
from portal.donations.rules.card_testing import Reason
from portal.donations.rules.gift import GiftState
from portal.donations.rules.tax import (
    DonorKind,
    TaxScheme,
    category_for,
    cost_after_tax,
    scheme_on,
)
from portal.donations.tax_terms import schemes
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
        GiftMode.IN_KIND: _("In kind"),
        GiftMode.WAIVED_EXPENSES: _("Waived expenses"),
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
        PlanState.PAUSED: (_("Paused"), "info"),
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


def every_words(interval: str) -> str:
    """How often a plan is debited: ``every month``; of a single gift (no interval) ``once``."""
    words = {
        "": _("once"),
        "month": _("every month"),
        "quarter": _("every quarter"),
        "year": _("every year"),
    }
    return str(words[interval])


def subject_words(interval: str, purpose: str) -> str:
    """What the payment page says is paid, e.g. ``Every month: Sponsoring a child``."""
    words = {
        "": _("Gift: %(purpose)s", purpose=purpose),
        "month": _("Every month: %(purpose)s", purpose=purpose),
        "quarter": _("Every quarter: %(purpose)s", purpose=purpose),
        "year": _("Every year: %(purpose)s", purpose=purpose),
    }
    return str(words[interval])


def rhythm_words() -> dict[Rhythm, str]:
    """How often somebody may give, as a choice."""
    return {
        Rhythm.ONCE: str(_("Once")),
        Rhythm.MONTHLY: str(_("Every month")),
        Rhythm.QUARTERLY: str(_("Every quarter")),
        Rhythm.YEARLY: str(_("Every year")),
    }


def currency_words() -> dict[str, str]:
    """The currencies gifts are taken in, by name."""
    return {
        "EUR": str(_("Euros (€)")),
        "CHF": str(_("Swiss francs (CHF)")),
        "GBP": str(_("Pounds sterling (£)")),
        "USD": str(_("US dollars ($)")),
    }


def currency_sign(currency: str) -> str:
    """What stands beside a sum that is being typed."""
    return {"EUR": "€", "GBP": "£", "USD": "$"}.get(currency, currency)


def reason_words(reason: Reason) -> str:
    """Why the guard of the payment page asked somebody."""
    words = {
        Reason.ALWAYS: _("By order of the head office"),
        Reason.ADDRESS: _("Many payment pages from one address"),
        Reason.DEVICE: _("Many payment pages from one device"),
        Reason.EMAIL: _("Many payment pages for one e-mail address"),
        Reason.NO_DEVICE: _("A browser that keeps no cookie"),
        Reason.HASTY: _("A form sent faster than it can be read"),
        Reason.MANY_UNPAID: _("Many payment pages left unpaid, over all"),
        Reason.MANY_DECLINED: _("Most cards declined in the last ten minutes"),
    }
    return str(words[reason])


def tribute_words(tribute: Tribute | None, name: str) -> str:
    """In memory or in honour of whom; empty for a gift that is not dedicated."""
    if tribute is Tribute.MEMORY:
        return str(_("In memory of %(name)s", name=name))
    return str(_("In honour of %(name)s", name=name)) if tribute else ""


def button_words(amount: Money | None, rhythm: Rhythm) -> str:
    """The button that commits says to what."""
    if amount is None:
        return str(_("Continue"))
    words = {"amount": i18n.money(amount, whole=True)}
    said = {
        Rhythm.ONCE: _("Give %(amount)s", **words),
        Rhythm.MONTHLY: _("Give %(amount)s every month", **words),
        Rhythm.QUARTERLY: _("Give %(amount)s every quarter", **words),
        Rhythm.YEARLY: _("Give %(amount)s every year", **words),
    }
    return str(said[rhythm])


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
    found = cost_after_tax(amount, category, on, donor_kind, schemes())
    words = {
        "amount": i18n.money(amount, whole=True),
        "cost": i18n.money(found.cost, whole=True),
    }
    said = {
        Rhythm.ONCE: _("%(amount)s costs you %(cost)s after tax.", **words),
        Rhythm.MONTHLY: _("%(amount)s a month costs you %(cost)s a month after tax.", **words),
        Rhythm.QUARTERLY: _(
            "%(amount)s a quarter costs you %(cost)s a quarter after tax.", **words
        ),
        Rhythm.YEARLY: _("%(amount)s a year costs you %(cost)s a year after tax.", **words),
    }
    return CostWords(found.cost, str(said[rhythm]), law_words(category, on, donor_kind))


def law_words(category: str, on: dt.date, donor_kind: DonorKind) -> str:
    """The rate of that day in a sentence, with its cap or its yearly limit."""
    scheme = scheme_on(category_for(category, donor_kind), on, schemes())
    given = {"rate": _percent(scheme.rate), "day": i18n.day(on)}
    if donor_kind == "company":
        return _company_law(scheme, given)
    if scheme.cap is not None:
        return _capped_law(scheme, given)
    limit = _percent(scheme.limit_rate or Fraction(0))
    return str(
        _(
            "If you pay tax in France: %(rate)s%% of the gift comes off your income tax, up to"
            " %(limit)s%% of your taxable income (CGI art. 200, rates on %(day)s).",
            limit=limit,
            **given,
        )
    )


def _company_law(scheme: TaxScheme, given: dict[str, str]) -> str:
    return str(
        _(
            "If you pay tax in France: %(rate)s%% of the gift comes off your company's tax, up to"
            " %(floor)s or %(limit)s%% of turnover (CGI art. 238 bis, rates on %(day)s).",
            floor=i18n.money(scheme.limit_floor, whole=True),
            limit=_percent(scheme.limit_rate or Fraction(0)),
            **given,
        )
    )


def _capped_law(scheme: TaxScheme, given: dict[str, str]) -> str:
    assert scheme.cap is not None
    return str(
        _(
            "If you pay tax in France: %(rate)s%% of the gift comes off your income tax, up to"
            " %(cap)s of gifts a year, and %(beyond)s%% of what lies above (CGI art. 200, rates on"
            " %(day)s).",
            cap=i18n.money(scheme.cap, whole=True),
            beyond=_percent(scheme.rate_beyond_cap or Fraction(0)),
            **given,
        )
    )


def _percent(rate: Fraction) -> str:
    """``66``, ``0.5``: the rate in hundredths, without its sign."""
    return i18n.number(float(rate * 100) if rate * 100 % 1 else int(rate * 100))

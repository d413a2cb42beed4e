"""Plans in the reader's words: what they cost, what failed, what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from portal.core import i18n
from portal.core.money import Money
from portal.donations.method_wording import method_label
from portal.donations.models import (
    CallReason,
    OrderChannel,
    OrderKind,
    Plan,
    PlanState,
    ProviderOrder,
)
from portal.donations.wording import Standing


def price_words(amount: Money, interval: str) -> str:
    """``47 € a month``, ``141 € a quarter``, ``564 € a year``."""
    said = i18n.money(amount, whole=True)
    words = {
        "month": _("%(amount)s a month", amount=said),
        "quarter": _("%(amount)s a quarter", amount=said),
        "year": _("%(amount)s a year", amount=said),
    }
    return str(words[interval])


def plan_price(plan: Plan) -> str:
    """What a plan takes, and how often."""
    return price_words(plan.amount, str(plan.interval))


def failure_words(code: str, *, needs_action: bool = False) -> str:
    """Why a debit did not come through, without blame; banks rarely say more."""
    if needs_action or code == "authentication_required":
        return str(_("Your bank asks you to confirm this payment."))
    words = {
        "expired_card": _("The card has expired."),
        "insufficient_funds": _("There was not enough money on the account that day."),
        "card_velocity_exceeded": _("A limit of the card was reached."),
        "withdrawal_count_limit_exceeded": _("A limit of the card was reached."),
        "lost_card": _("The card was reported lost."),
        "stolen_card": _("The card was reported lost."),
        "account_closed": _("The bank account has been closed."),
        "debit_not_authorized": _("The bank does not allow this direct debit."),
        "no_account": _("The bank does not know this account."),
        "incorrect_number": _("The bank does not know this card."),
    }
    return str(words.get(code, _("The bank declined and gave no reason.")))


def problem_words(problem: str) -> str:
    """Why an order was not done."""
    words = {
        "": "",
        "unavailable": _("Stripe did not answer; it is asked again by itself."),
        "superseded": _("Replaced by a later wish."),
        "declined": _("The bank declined."),
        "needs_action": _("The bank asks for a confirmation."),
        "not_in_effect": _("Stripe did not make the change."),
        "expired": _("The page was closed before it was used."),
        "conflict": _("Stopped for safety: the same request came back with another content."),
    }
    return str(words.get(problem, _("Stripe refused.")))


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """A change that was made: in one line, and what it means."""

    title: str
    text: str


def change_words(order: ProviderOrder, plan: Plan) -> ChangeWords | None:
    """What to write about an order that is done; None for those nobody is written about."""
    if order.channel is OrderChannel.PORTAL:
        return None
    writers = {
        OrderKind.AMOUNT: _amount_changed,
        OrderKind.NEXT_DEBIT: _day_changed,
        OrderKind.PAUSE: _paused,
        OrderKind.RESUME: _resumed,
        OrderKind.STOP: _stopping,
        OrderKind.KEEP: _kept,
    }
    writer = writers.get(order.kind)
    return writer(order, plan) if writer else None


def _amount_changed(order: ProviderOrder, plan: Plan) -> ChangeWords:
    price = price_words(_money(order.after), str(plan.interval))
    title = _("Your regular gift is now %(price)s", price=price)
    words = {"before": _said(order.before), "amount": _said(order.after)}
    if plan.next_debit_on is None:
        return ChangeWords(
            title,
            _(
                "It changes from %(before)s to %(amount)s, from the next debit on. Nothing was taken"
                " or given back today.",
                **words,
            ),
        )
    return ChangeWords(
        title,
        _(
            "It changes from %(before)s to %(amount)s. The new amount is taken for the first time on"
            " %(day)s. Nothing was taken or given back today.",
            day=i18n.day(plan.next_debit_on),
            **words,
        ),
    )


def _day_changed(order: ProviderOrder, plan: Plan) -> ChangeWords:
    del plan
    day = _day(order.after, "on")
    return ChangeWords(
        _("Your next debit is on %(day)s", day=day),
        _(
            "It was planned for %(before)s. Later debits follow from the new day; the amount stays as"
            " it was.",
            before=_day(order.before, "on"),
        ),
    )


def _paused(order: ProviderOrder, plan: Plan) -> ChangeWords:
    del plan
    return ChangeWords(
        _("Your regular gift pauses until %(day)s", day=_day(order.after, "until")),
        _(
            "Nothing is taken until then, and what would have been due is not asked for later. The"
            " next debit is on %(next)s. You can resume earlier at any time.",
            next=_day(order.after, "next"),
        ),
    )


def _resumed(order: ProviderOrder, plan: Plan) -> ChangeWords:
    del order
    day = i18n.day(plan.next_debit_on)
    return ChangeWords(
        _("Your regular gift goes on"),
        _(
            "The pause is over. The next debit is on %(day)s. Thank you for being there again.",
            day=day,
        )
        if day
        else _("The pause is over. Thank you for being there again."),
    )


def _stopping(order: ProviderOrder, plan: Plan) -> ChangeWords | None:
    if not order.params.get("at_period_end") or plan.cancels_on is None:
        return None  # it has ended: a mail of its own says so
    return ChangeWords(
        _("Your regular gift stops: no further debit"),
        _(
            "Nothing more will be taken. It ends on %(day)s, when the time you have already given for"
            " is over. Until then you can take the stop back with one button.",
            day=i18n.day(plan.cancels_on),
        ),
    )


def _kept(order: ProviderOrder, plan: Plan) -> ChangeWords:
    del order
    return ChangeWords(
        _("Your regular gift goes on"),
        _(
            "The stop was taken back. The next debit is on %(day)s. Thank you.",
            day=i18n.day(plan.next_debit_on),
        ),
    )


def order_words(order: ProviderOrder) -> str:
    """An order in one line of a history, e.g. ``Amount: 30 € → 50 €``."""
    before, after = order.before, order.after
    plain = {
        OrderKind.RESUME: _("Pause ended"),
        OrderKind.KEEP: _("Stop taken back"),
        OrderKind.METHOD_PAGE: _("Page for another card or IBAN opened"),
    }
    if order.kind in plain:
        return str(plain[order.kind])
    if order.kind is OrderKind.AMOUNT:
        return str(_("Amount: %(before)s → %(after)s", before=_said(before), after=_said(after)))
    if order.kind is OrderKind.NEXT_DEBIT:
        days = {"before": _day(before, "on"), "after": _day(after, "on")}
        return str(_("Next debit: %(before)s → %(after)s", **days))
    if order.kind is OrderKind.PAUSE:
        return str(_("Pause until %(day)s", day=_day(after, "until")))
    if order.kind is OrderKind.STOP:
        return str(_("Stopped"))
    if order.kind is OrderKind.METHOD:
        return _replaced(before, after)
    amount = _said(after)
    if order.kind is OrderKind.PAY:
        return str(_("Open debit of %(amount)s tried again", amount=amount))
    return str(_("Open debit of %(amount)s no longer asked for", amount=amount))


def _replaced(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    old, new = (
        method_label(str(told["kind"]), str(told["brand"]), str(told["last4"]))
        if "kind" in told
        else ""
        for told in (before, after)
    )
    if old and new and old != new:
        return str(_("%(before)s replaced by %(after)s", before=old, after=new))
    if new:
        return str(_("New card or IBAN: %(method)s", method=new))
    return str(_("%(method)s replaced", method=old) if old else _("Card or IBAN replaced"))


def channel_words(order: ProviderOrder, *, of_the_sponsor: bool, name: str = "") -> str:
    """Who wanted it; ``of_the_sponsor``: the reader is the sponsor."""
    if order.channel is OrderChannel.OFFICE:
        whom = name or str(_("our team"))
        if of_the_sponsor:
            return str(_("for you, by %(name)s", name=whom))
        return str(_("on the sponsor's behalf, by %(name)s", name=whom))
    if order.channel is OrderChannel.PORTAL:
        return str(_("by the portal"))
    if not of_the_sponsor:
        return str(_("by the sponsor"))
    return str(_("by you"))


def order_standing(order: ProviderOrder) -> Standing:
    """Where an order stands."""
    if order.done:
        return Standing(str(_("Done")), "success")
    if order.waits:
        return Standing(str(_("Being retried")), "info")
    return Standing(str(_("Not done")), "neutral")


def good_order(found: Plan) -> Standing:
    """Whether a plan is in good order, without a word about money."""
    if found.state is PlanState.PAST_DUE:
        return Standing(str(_("Needs attention")), "danger")
    if found.cancels_on is not None and found.state is not PlanState.ENDED:
        return Standing(str(_("Ends soon")), "warning")
    words = {
        PlanState.ACTIVE: (_("In good order"), "success"),
        PlanState.PAUSED: (_("Paused"), "info"),
        PlanState.PENDING: (_("Waiting for the first payment"), "neutral"),
    }
    label, tone = words.get(found.state, (_("Stopped"), "neutral"))
    return Standing(str(label), tone)


def call_words(reason: CallReason) -> str:
    """Why somebody should speak with a sponsor; says no amount."""
    words = {
        CallReason.AT_RISK: _("A debit has failed more than once"),
        CallReason.DEBIT_RETURNED: _("The bank took a direct debit back; the plan pauses"),
        CallReason.METHOD_GONE: _("The card or mandate is no longer valid"),
        CallReason.ORDER_FAILED: _("A change the sponsor asked for could not be made"),
        CallReason.TWO_SUBSCRIPTIONS: _(
            "Stripe holds two subscriptions for this one gift: end the other one there, refund what it took"
        ),
    }
    return str(words[reason])


def _money(values: Mapping[str, Any]) -> Money:
    return Money(int(values["minor"]), str(values["currency"]))


def _said(values: Mapping[str, Any]) -> str:
    return i18n.money(_money(values), whole=True) if "minor" in values else ""


def _day(values: Mapping[str, Any], name: str) -> str:
    found = values.get(name)
    return i18n.day(dt.date.fromisoformat(str(found))) if found else ""

"""The money of a gift told in plain words: tried, arrived, its fee, sent back, questioned, warned of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sqlalchemy as sa
from flask_babel import format_decimal
from flask_babel import gettext as _

from portal.core import i18n
from portal.core.db import db
from portal.core.money import Money
from portal.donations import back_wording, money_back, queries
from portal.donations.models import (
    Dispute,
    DisputeMovement,
    FraudWarning,
    Gift,
    Refund,
    WebhookEvent,
)
from portal.donations.traces import Happening

_TRIED = ("payment_intent.payment_failed", "checkout.session.expired")


def money_story(gift_id: int) -> Iterable[Happening]:
    """What the rows of gifts know of this one."""
    gift = db.session.get_one(Gift, gift_id)
    yield from _arrival(gift)
    yield from _attempts(gift)
    for refund in queries.refunds_of(gift_id):
        yield from _refund(refund)
    for dispute in money_back.disputes_of(gift_id):
        yield from _dispute(dispute)
    for warning in money_back.warnings_of(gift_id):
        yield from _warning(warning)


def _arrival(gift: Gift) -> Iterator[Happening]:
    if gift.form_token:
        yield Happening(gift.created_at, _("The form was sent"), gift.ref, icon="pen-line")
    when = gift.settled_at or gift.received_on
    if when is None:
        return
    yield Happening(
        when,
        _("%(amount)s arrived", amount=i18n.money(gift.amount)),
        _worth(gift),
        gift.stripe_charge_id or gift.cheque_number,
        icon="circle-check",
        tone="sun",
    )
    if gift.fee_minor:
        title = _("Stripe kept a fee of %(fee)s", fee=i18n.money(gift.fee))
        reference = gift.stripe_balance_transaction_id or ""
        yield Happening(when, title, reference=reference, icon="scale")


def _worth(gift: Gift) -> str:
    """What a gift in another currency is in euros, at which rate, said by whom."""
    if gift.currency == "EUR":
        return ""
    if gift.euros is None or gift.exchange_rate is None:
        return str(_("Its worth in euros is not known yet: it is neither booked nor on a receipt."))
    sentence = _(
        "%(euros)s, at %(rate)s € for 1 %(currency)s (%(source)s).",
        euros=i18n.money(gift.euros),
        rate=format_decimal(gift.exchange_rate.normalize(), format="0.#########"),
        currency=gift.currency,
        source=_source(gift),
    )
    return str(sentence)


def worth_for_donor(gift: Gift) -> str:
    """The same for who gave it; empty for a gift in euros and one that never came."""
    if gift.currency != "EUR" and gift.euros is None:
        waits = _("Its worth in euros follows when our payment provider has paid it out.")
        return str(waits) if gift.settled_at is not None else ""
    return _worth(gift)


def _source(gift: Gift) -> str:
    """Who says the rate, in the reader's language."""
    return gift.rate_source.replace("payout currency", str(_("payout currency")))


def _attempts(gift: Gift) -> Iterator[Happening]:
    """Tries that led nowhere, by the provider's own messages."""
    about = [name for name in (gift.stripe_payment_intent_id, gift.stripe_session_id) if name]
    if not about:
        return
    wanted = sa.select(WebhookEvent.type, WebhookEvent.created_at, WebhookEvent.object_id).where(
        WebhookEvent.object_id.in_(about), WebhookEvent.type.in_(_TRIED)
    )
    for kind, at, object_id in db.session.execute(wanted):
        declined = kind == "payment_intent.payment_failed"
        title = _("A payment did not pass") if declined else _("The payment page expired")
        yield Happening(at, title, reference=object_id, icon="x", tone="danger")


def _refund(refund: Refund) -> Iterator[Happening]:
    amount = i18n.money(refund.amount)
    if refund.requested_at is not None:
        title = _("Giving back %(amount)s was decided", amount=amount)
        yield Happening(refund.requested_at, title, refund.reason, icon="pen-line")
    if refund.stripe_refund_id is not None:
        title = _("%(amount)s was sent back to the donor", amount=amount)
        yield Happening(
            refund.refunded_on,
            title,
            _left(refund),
            refund.stripe_refund_id,
            icon="undo-2",
            noted_at=refund.created_at,
        )
    elif refund.state == "refused":
        title = _("Stripe refused to give %(amount)s back", amount=amount)
        yield Happening(refund.refunded_on, title, icon="x", tone="danger")
    if refund.failed_at is not None:
        why = back_wording.failure_words(refund.failure_reason)
        title = _("%(amount)s did not reach the donor: the money is here again", amount=amount)
        yield Happening(
            refund.failed_at,
            title,
            _("Why: %(reason)s.", reason=why),
            refund.stripe_refund_id or "",
            icon="circle-alert",
            tone="danger",
        )
    if refund.settled_at is not None:
        yield Happening(refund.settled_at, _("The failed refund was seen to"), icon="check")


def _left(refund: Refund) -> str:
    """What left the balance for a refund in another currency."""
    if refund.currency == "EUR":
        return ""
    if refund.euro_minor is None:
        return str(_("What left Stripe's balance for it is not known yet."))
    left = i18n.money(Money(refund.euro_minor))
    return str(_("%(euros)s left Stripe's balance for it.", euros=left))


def _dispute(dispute: Dispute) -> Iterator[Happening]:
    told = [back_wording.dispute_reason(dispute.reason) + "."]
    if dispute.answer_by is not None and dispute.closed_at is None:
        told.append(_("Answer by %(day)s.", day=i18n.day(dispute.answer_by)))
    yield Happening(
        dispute.opened_at,
        _("The donor's bank questions %(amount)s", amount=i18n.money(dispute.amount)),
        " ".join(told),
        dispute.stripe_dispute_id,
        icon="circle-question-mark",
        tone="danger",
    )
    for movement in dispute.movements:
        yield _movement(movement)
    if dispute.closed_at is not None:
        end = back_wording.dispute_standing(dispute)
        title = _("The dispute is closed: %(end)s", end=end.label)
        yield Happening(dispute.closed_at, title, reference=dispute.stripe_dispute_id, icon="scale")


def _movement(movement: DisputeMovement) -> Happening:
    moved = Money(abs(movement.euro_minor))
    took = movement.euro_minor < 0
    title = _("The bank took %(amount)s") if took else _("The bank gave %(amount)s back")
    fee = Money(movement.fee_minor)
    return Happening(
        movement.moved_at,
        title % {"amount": i18n.money(moved)},
        _("The dispute cost a fee of %(fee)s.", fee=i18n.money(fee)) if fee else "",
        movement.stripe_balance_transaction_id,
        icon="landmark",
        tone="danger" if took else "sun",
    )


def _warning(warning: FraudWarning) -> Iterator[Happening]:
    yield Happening(
        warning.warned_at,
        _("A bank warns: %(what)s", what=back_wording.warning_words(warning.kind)),
        _("No money moved."),
        warning.stripe_warning_id,
        icon="triangle-alert",
        tone="danger",
    )
    if warning.kept_at is not None:
        title = _("Somebody looked at the warning and kept the gift")
        yield Happening(warning.kept_at, title, icon="check")

"""What the head office enters becomes gifts: received, booked, thanked for, told in the history."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass, fields

import sqlalchemy as sa

from portal.accounts.codes import DonorKind, Language
from portal.accounts.models import Donor
from portal.accounts.rules import DonorDetails
from portal.accounts.services import find_or_create_donor
from portal.core import audit
from portal.core.db import db, transaction
from portal.core.i18n_markers import N_
from portal.core.money import Money
from portal.donations import events, finding, in_hand
from portal.donations.codes import GiftMode, PurposeKind
from portal.donations.events import ChangeRefused, GiftFacts
from portal.donations.models import (
    Agreement,
    AgreementPayment,
    ChequeState,
    Gift,
    NoReceipt,
    Origin,
    Tribute,
)
from portal.donations.rules.gift import GiftFact, GiftState, next_state, tax_date
from portal.donations.services import office_mail
from portal.donations.services.imported import facts_of
from portal.donations.services.provider import now, today
from portal.programmes.codes import Programme

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BY_HAND = (Origin.OFFICE, Origin.IMPORT)
ON_A_SLIP = N_("This cheque stands on a deposit slip: its amount and number stay as they are.")
ON_LINE = N_("Only what the office entered, or a file brought, can be corrected here.")
NOT_STANDING = N_(
    "Only a gift that was received, and of which nothing went back, can be corrected."
)
PAYS_AN_AGREEMENT = N_("This gift pays a company's agreement: it stays as it is.")
OF_LINES = N_("The sum of an expense note follows from its lines.")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """What somebody gave into our hands, on the day it came."""

    donor_id: int
    amount: Money
    mode: GiftMode
    received_on: dt.date
    purpose: PurposeKind = PurposeKind.GENERAL
    programme: Programme | None = None
    tribute: Tribute | None = None
    tribute_name: str = ""
    no_receipt: NoReceipt | None = None
    membership: bool = False
    cheque_number: str = ""
    form_token: str | None = None


def gift_of_form(form_token: str) -> Gift | None:
    """The gift a form made when it was sent before."""
    return db.session.scalar(sa.select(Gift).where(Gift.form_token == form_token))


def receive(given: HandedOver, *, by: int) -> Gift:
    """The gift of what was handed over, settled and told; inside the caller's transaction."""
    donor = db.session.get_one(Donor, given.donor_id)
    values = {field.name: getattr(given, field.name) for field in fields(given)}
    amount: Money = values.pop("amount")
    gift = Gift(
        ref=_new_ref(),
        origin=Origin.OFFICE,
        state=next_state(GiftState.PENDING, GiftFact.SETTLED),
        language=donor.language,
        amount_minor=amount.minor,
        currency=amount.currency,
        tax_on=tax_date(given.mode, received_on=given.received_on),
        settled_at=now(),
        **values,
    )
    gift.donor = donor
    db.session.add(gift)
    db.session.flush()
    audit.record(
        "gift.entered",
        f"gift:{gift.ref}",
        after={"amount": str(amount), "mode": str(given.mode), "received_on": given.received_on},
        actor_id=by,
    )
    events.gift_settled.send(gift)
    return gift


def _new_ref() -> str:
    """A reference for a gift entered by the office; short enough for the telephone."""
    return "B" + "".join(secrets.choice(_LETTERS) for _ in range(9))


def donor_for_entry(details: DonorDetails) -> Donor:
    """The donor of somebody the office has not met yet."""
    return find_or_create_donor(details, now())


def anonymous_donor() -> Donor:
    """The one donor of all money from boxes and collections; made when it is first needed."""
    with transaction() as session:
        key = sa.func.hashtextextended(f"donor:{finding.ANONYMOUS_REF}", 0)
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
        found = session.scalar(sa.select(Donor).where(Donor.ref == finding.ANONYMOUS_REF))
        if found is not None:
            return found
        donor = Donor(
            ref=finding.ANONYMOUS_REF,
            kind=DonorKind.PERSON,
            last_name="Dons anonymes",
            language=Language.FR,
            since=today(),
        )
        session.add(donor)
        session.flush()
        audit.record("donor.created", f"donor:{donor.ref}")
        return donor


def correct_gift(gift_id: int, after: GiftFacts, *, reason: str, by: int) -> bool:
    """Correct what was recorded of a gift; False when nothing differs.

    Raises ChangeRefused, with its reason for the reader, when the gift stands on a receipt, was
    made on line, or its cheque stands on a slip.
    """
    with transaction() as session:
        gift = session.get_one(Gift, gift_id, with_for_update={"of": Gift}, populate_existing=True)
        _refuse_correction(gift)
        before = facts_of(gift)
        if before == after:
            return False
        _refuse_what_is_fixed(gift, before, after)
        events.gift_change_requested.send(gift, before=before, after=after)
        _write(gift, after)
        audit.record(
            "gift.corrected_by_hand",
            f"gift:{gift.ref}",
            before=_plain(before),
            after=_plain(after),
            note=reason,
            actor_id=by,
        )
        session.flush()
        events.gift_changed.send(gift, before=before, after=after)
        return True


def withdraw_gift(gift_id: int, *, reason: str, by: int) -> None:
    """Take back what was entered by mistake: twice, or for nobody. The record stays, as failed.

    Raises ChangeRefused as `correct_gift`.
    """
    with transaction() as session:
        gift = session.get_one(Gift, gift_id, with_for_update={"of": Gift}, populate_existing=True)
        _refuse_correction(gift)
        if gift.origin is not Origin.OFFICE:
            raise ChangeRefused(ON_LINE)
        facts = facts_of(gift)
        if gift.deposit_ref:
            raise ChangeRefused(ON_A_SLIP)
        events.gift_change_requested.send(gift, before=facts, after=facts)
        gift.state = next_state(gift.state, GiftFact.BOUNCED)
        if (cheque := in_hand.cheque_of_gift(gift.id)) is not None:
            cheque.state = ChequeState.WITHDRAWN
        audit.record("gift.withdrawn", f"gift:{gift.ref}", note=reason, actor_id=by)
        session.flush()
        events.gift_withdrawn.send(gift, reason=reason)
        pays_no_longer(gift, facts.received_on)


def may_correct(gift: Gift) -> bool:
    """Whether the office entered it and it stands as it was entered."""
    standing = gift.state is GiftState.SETTLED and not gift.refunded_minor
    return gift.origin in _BY_HAND and standing and gift.stripe_payment_intent_id is None


def _refuse_correction(gift: Gift) -> None:
    if gift.origin not in _BY_HAND or gift.stripe_payment_intent_id is not None:
        raise ChangeRefused(ON_LINE)
    if not may_correct(gift):
        raise ChangeRefused(NOT_STANDING)


def _refuse_what_is_fixed(gift: Gift, before: GiftFacts, after: GiftFacts) -> None:
    if gift.mode is GiftMode.WAIVED_EXPENSES and before.amount != after.amount:
        raise ChangeRefused(OF_LINES)
    if _agreement_payment(gift) is not None:
        raise ChangeRefused(PAYS_AN_AGREEMENT)
    printed = (before.amount, before.cheque_number) != (after.amount, after.cheque_number)
    if gift.deposit_ref and gift.mode is GiftMode.CHEQUE and printed:
        raise ChangeRefused(ON_A_SLIP)


def pays_no_longer(gift: Gift, on: dt.date) -> None:
    """A gift that paid an agreement never came: that part is due again."""
    payment = _agreement_payment(gift)
    if payment is None:
        return
    agreement = db.session.get_one(Agreement, payment.agreement_id)
    events.agreement_unpaid.send(agreement, payment=payment, on=on)
    db.session.delete(payment)
    db.session.flush()


def _agreement_payment(gift: Gift) -> AgreementPayment | None:
    return db.session.scalar(sa.select(AgreementPayment).where(AgreementPayment.gift_id == gift.id))


def _write(gift: Gift, facts: GiftFacts) -> None:
    gift.donor_id = facts.donor_id
    gift.amount_minor = facts.amount.minor
    gift.received_on = facts.received_on
    gift.tax_on = tax_date(facts.mode, received_on=facts.received_on, credited_at=facts.received_on)
    gift.purpose, gift.programme = facts.purpose, facts.programme
    gift.cheque_number = facts.cheque_number
    cheque = in_hand.cheque_of_gift(gift.id)
    if cheque is not None:
        cheque.donor_id, cheque.amount_minor = facts.donor_id, facts.amount.minor
        cheque.number, cheque.arrived_on = facts.cheque_number, facts.received_on
        cheque.purpose, cheque.programme = facts.purpose, facts.programme


def _plain(facts: GiftFacts) -> dict[str, object]:
    return {name: getattr(facts, name) for name in GiftFacts.__slots__}


def thank(gift: Gift, words: str = "") -> None:
    """Thank for what was handed over; ``words`` describe what is no money."""
    office_mail.say_thanks(gift, words)

"""Companies' agreements: booked when they are signed, paid by the gifts that come later."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.accounts.codes import DonorKind
from portal.accounts.models import Donor
from portal.core import audit
from portal.core.db import db, transaction, violated
from portal.core.money import Money, total
from portal.donations import events
from portal.donations.codes import MONEY_MODES
from portal.donations.models import (
    Agreement,
    AgreementInstalment,
    AgreementPayment,
    Gift,
)
from portal.donations.rules.gift import GiftState
from portal.donations.services.entry import donor_for_entry
from portal.donations.services.kind import Giver, company_must_be_known
from portal.donations.services.proofs import Proof, keep_proof

MONEY_CAME = (GiftState.SETTLED, GiftState.PARTIALLY_REFUNDED)


class NotACompany(ValueError):
    """Only a company signs an agreement of patronage (CGI art. 238 bis)."""


class InstalmentsDiffer(ValueError):
    """The instalments do not add up to what is promised (``sum``)."""

    def __init__(self, found: Money) -> None:
        super().__init__(str(found))
        self.sum = found


class NotAPayment(ValueError):
    """This gift cannot pay the agreement: another giver's, counted already, or too much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementOrder:
    """What was signed; ``instalments`` are (day due, amount), empty when it is due at once."""

    giver: Giver
    signed_on: dt.date
    subject: str
    amount: Money
    instalments: Sequence[tuple[dt.date, Money]] = ()
    proof: Proof | None = None
    form_token: str


def sign_agreement(order: AgreementOrder, *, by: int) -> Agreement:
    """The agreement and its instalments; its income is booked on the day it was signed.

    The same form sent twice is one agreement. Raises NotACompany, NotReceiptable (no SIREN, no
    legal form), InstalmentsDiffer, BadProof.
    """
    try:
        return _sign(order, by)
    except IntegrityError as error:
        known = _of_form(order.form_token) if violated(error) == "uq_agreement_form_token" else None
        if known is None:
            raise
        return known


def _of_form(form_token: str) -> Agreement | None:
    return db.session.scalar(sa.select(Agreement).where(Agreement.form_token == form_token))


def _sign(order: AgreementOrder, by: int) -> Agreement:
    with transaction() as session:
        if (known := _of_form(order.form_token)) is not None:
            return known
        given = order.giver
        donor_id = given if isinstance(given, int) else donor_for_entry(given).id
        donor = session.get_one(Donor, donor_id)
        if donor.kind is not DonorKind.COMPANY:
            raise NotACompany(donor.ref)
        company_must_be_known(donor)
        parts = total([amount for _on, amount in order.instalments])
        if order.instalments and parts != order.amount:
            raise InstalmentsDiffer(parts)
        kept = keep_proof("agreement", order.proof)
        agreement = Agreement(
            ref=f"CM{order.signed_on.year}-{secrets.token_hex(3).upper()}",
            donor_id=donor.id,
            signed_on=order.signed_on,
            subject=order.subject,
            amount_minor=order.amount.minor,
            document_id=kept.id if kept else None,
            entered_by=by,
            form_token=order.form_token,
            instalments=[
                AgreementInstalment(due_on=on, amount_minor=amount.minor)
                for on, amount in order.instalments
            ],
        )
        agreement.donor = donor
        session.add(agreement)
        session.flush()
        after = {"amount": str(agreement.amount), "signed_on": agreement.signed_on}
        audit.record("agreement.signed", _subject(agreement), after=after, actor_id=by)
        events.agreement_signed.send(agreement)
        return agreement


def count_payment(agreement_id: int, gift_id: int, *, by: int) -> AgreementPayment:
    """This gift pays the agreement, or a part of it. Raises NotAPayment."""
    with transaction() as session:
        agreement = session.get_one(
            Agreement, agreement_id, with_for_update={"of": Agreement}, populate_existing=True
        )
        gift = session.get_one(Gift, gift_id, with_for_update={"of": Gift})
        left = still_due(agreement)
        if gift.id not in {each.id for each in payable_gifts(agreement)} or gift.kept > left:
            raise NotAPayment(gift.ref)
        payment = AgreementPayment(
            agreement_id=agreement.id, gift_id=gift.id, amount_minor=gift.kept.minor
        )
        session.add(payment)
        session.flush()
        after = {"gift": gift.ref, "amount": str(payment.amount)}
        audit.record("agreement.paid", _subject(agreement), after=after, actor_id=by)
        events.agreement_paid.send(agreement, payment=payment)
        return payment


def still_due(agreement: Agreement) -> Money:
    """What was promised and has not come."""
    paid = db.session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(AgreementPayment.amount_minor), 0)).where(
            AgreementPayment.agreement_id == agreement.id
        )
    )
    return agreement.amount - Money(int(paid or 0))


def payable_gifts(agreement: Agreement) -> Sequence[Gift]:
    """The company's gifts since the signature that pay no agreement yet."""
    counted = sa.select(AgreementPayment.id).where(AgreementPayment.gift_id == Gift.id)
    return db.session.scalars(
        sa.select(Gift)
        .where(
            Gift.donor_id == agreement.donor_id,
            Gift.state.in_(MONEY_CAME),
            Gift.currency == "EUR",
            Gift.mode.in_(MONEY_MODES),
            Gift.tax_on >= agreement.signed_on,
            ~counted.exists(),
        )
        .order_by(Gift.tax_on, Gift.id)
    ).all()


def _subject(agreement: Agreement) -> str:
    return f"agreement:{agreement.ref}"

"""Cash, objects, waived expenses: what is handed over and is no cheque."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.accounts.codes import DonorKind
from portal.accounts.models import Donor
from portal.accounts.rules import DonorDetails
from portal.core.db import db, transaction, violated
from portal.core.money import Money, total
from portal.donations.models import (
    CashGift,
    ExpenseKind,
    ExpenseLine,
    ExpenseNote,
    Gift,
    GiftInKind,
    NoReceipt,
    ValuationBasis,
)
from portal.donations.rules.cheques import arrival_day
from portal.donations.rules.mileage import Vehicle, scale_on, way_worth
from portal.donations.rules.receiptable import (
    GiftNature,
    Given,
    WhyNot,
    company_lacks,
    why_not,
)
from portal.donations.services.entry import (
    HandedOver,
    anonymous_donor,
    donor_for_entry,
    gift_of_form,
    receive,
    thank,
)
from portal.donations.services.proofs import Proof, keep_proof
from portal.donations.services.provider import today
from portal.donations.tax_terms import mileage_scales


class BookNumberTaken(ValueError):
    """That receipt of the book was entered before."""


class NotReceiptable(ValueError):
    """As it was entered no receipt could ever be written for it (``reason``)."""

    def __init__(self, reason: WhyNot) -> None:
        super().__init__(reason.value)
        self.reason = reason


Giver = int | DonorDetails
"""A known donor's id, or the details of a new one."""


def record_cash(giver: Giver, given: HandedOver, book_number: str, *, by: int) -> Gift:
    """Cash of somebody we know, with the number of the receipt torn from the book.

    Raises BookNumberTaken, WrongDay.
    """

    def keep(gift: Gift) -> None:
        db.session.add(CashGift(gift_id=gift.id, book_number=book_number))

    return _record(giver, given, keep, by)


def record_collection(
    given: HandedOver, collection: str, counted_by: str, counted_with: str, *, by: int
) -> Gift:
    """Cash out of a box or a collection, counted by two people; nobody gets a receipt for it."""

    def keep(gift: Gift) -> None:
        row = CashGift(
            gift_id=gift.id,
            collection=collection,
            counted_by=counted_by,
            counted_with=counted_with,
        )
        db.session.add(row)

    with transaction():
        donor = anonymous_donor()
        nameless = replace(given, donor_id=donor.id, no_receipt=NoReceipt.ANONYMOUS)
        return _record(donor.id, nameless, keep, by)


def record_in_kind(
    giver: Giver,
    given: HandedOver,
    description: str,
    basis: ValuationBasis,
    proof: Proof | None,
    *,
    by: int,
) -> Gift:
    """An object or a service, described exhaustively, at the value its basis gives.

    A company states its cost price (CGI art. 238 bis, 1). Raises NotReceiptable, WrongDay, BadProof.
    """

    def keep(gift: Gift) -> None:
        rule = Given(
            GiftNature.IN_KIND,
            gift.amount,
            by_company=gift.donor.kind is DonorKind.COMPANY,
            description=description,
            at_cost_price=basis is ValuationBasis.COST_PRICE,
        )
        if gift.no_receipt is None:
            _must_be_receiptable(rule)
            company_must_be_known(gift.donor)
        kept = keep_proof("gift_in_kind", proof)
        row = GiftInKind(
            gift_id=gift.id,
            description=description,
            basis=basis,
            document_id=kept.id if kept else None,
        )
        db.session.add(row)

    return _record(giver, given, keep, by, words=description)


@dataclass(frozen=True, slots=True)
class Expense:
    """One expense; a way has kilometres and a vehicle, anything else a ticket and its amount.

    ``rate``: what the association pays a kilometre, in euros, when it is less than the scale.
    """

    on: dt.date
    what: str
    amount: Money | None = None
    km: Decimal | None = None
    vehicle: Vehicle | None = None
    electric: bool = False
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """The volunteer's sentence, as she signed it, and when."""

    errand: str
    sentence: str
    signed_on: dt.date


def record_expenses(
    giver: Giver,
    given: HandedOver,
    expenses: Sequence[Expense],
    waiver: Waiver,
    proof: Proof,
    *,
    by: int,
) -> Gift:
    """A volunteer's expenses whose repayment she waived in writing; the sum follows from the lines.

    ``given.amount`` is not looked at. It counts on the day the waiver was signed.
    Raises NotReceiptable, NoRate, RateAboveScale, WrongDay, BadProof.
    """
    with transaction():
        donor_id = giver if isinstance(giver, int) else donor_for_entry(giver).id
        lines = _valued(donor_id, expenses)
        amount = total([line.amount for line in lines])

        def keep(gift: Gift) -> None:
            rule = Given(
                GiftNature.WAIVED_EXPENSES,
                gift.amount,
                by_company=gift.donor.kind is DonorKind.COMPANY,
                waived_on=waiver.signed_on if waiver.sentence.strip() else None,
            )
            _must_be_receiptable(rule)
            kept = keep_proof("waived_expenses", proof)
            assert kept is not None
            note = ExpenseNote(
                gift_id=gift.id,
                errand=waiver.errand,
                waiver=waiver.sentence,
                waived_on=waiver.signed_on,
                document_id=kept.id,
                lines=lines,
            )
            db.session.add(note)

        day = replace(given, amount=amount, received_on=waiver.signed_on)
        return _record(donor_id, day, keep, by, words=waiver.errand)


def _valued(donor_id: int, expenses: Sequence[Expense]) -> list[ExpenseLine]:
    driven: dict[tuple[int, str], Decimal] = {}
    scales, lines = mileage_scales(), []
    for position, each in enumerate(expenses, start=1):
        line = ExpenseLine(position=position, on=each.on, what=each.what)
        if each.vehicle is None or each.km is None:
            assert each.amount is not None
            line.kind, line.amount_minor = ExpenseKind.TICKET, each.amount.minor
        else:
            key = (each.on.year, each.vehicle.value)
            before = driven.get(key, _driven_before(donor_id, *key))
            worth = way_worth(
                each.vehicle,
                each.km,
                each.on,
                already=before,
                electric=each.electric,
                rate=each.rate,
                scales=scales,
            )
            driven[key] = before + each.km
            line.kind, line.km, line.vehicle = ExpenseKind.DISTANCE, each.km, each.vehicle.value
            line.amount_minor, line.rate_source = worth.minor, scale_on(each.on, scales).source
        lines.append(line)
    return lines


def _driven_before(donor_id: int, year: int, vehicle: str) -> Decimal:
    """Kilometres of that year and vehicle on notes entered before: the scale counts a year."""
    driven = db.session.scalar(
        sa.select(sa.func.sum(ExpenseLine.km))
        .join(ExpenseNote, ExpenseNote.id == ExpenseLine.note_id)
        .join(Gift, Gift.id == ExpenseNote.gift_id)
        .where(
            Gift.donor_id == donor_id,
            Gift.state == "settled",
            ExpenseLine.vehicle == vehicle,
            sa.extract("year", ExpenseLine.on) == year,
        )
    )
    return Decimal(driven or 0)


def company_must_be_known(donor: Donor) -> None:
    """A company's receipt (model 16216) states its SIREN and legal form. Raises NotReceiptable."""
    if donor.kind is not DonorKind.COMPANY:
        return
    lacking = company_lacks(donor.siren, donor.legal_form)
    if lacking is not None:
        raise NotReceiptable(lacking)


def _must_be_receiptable(given: Given) -> None:
    reason = why_not(given)
    if reason is not None:
        raise NotReceiptable(reason)


def _record(
    giver: Giver, given: HandedOver, keep: Callable[[Gift], None], by: int, *, words: str = ""
) -> Gift:
    arrival_day(given.received_on, today())
    try:
        with transaction() as session:
            if given.form_token and (known := gift_of_form(given.form_token)):
                return known
            donor_id = giver if isinstance(giver, int) else donor_for_entry(giver).id
            session.get_one(Donor, donor_id)
            gift = receive(replace(given, donor_id=donor_id), by=by)
            keep(gift)
            session.flush()
            if given.no_receipt is not NoReceipt.ANONYMOUS:
                thank(gift, words)
            return gift
    except IntegrityError as error:
        if violated(error) == "uq_cash_gift_book_number":
            raise BookNumberTaken from error
        if violated(error) == "uq_gift_form_token" and given.form_token:
            found = gift_of_form(given.form_token)
            assert found is not None
            return found
        raise

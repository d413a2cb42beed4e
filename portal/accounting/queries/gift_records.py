"""Gifts as the books must know them, and what is booked of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from portal.accounting.models import Entry, EntryLine
from portal.accounting.queries.money_back import MoneyBack, money_back_of
from portal.accounting.queries.own_accounts import code_of_gift
from portal.accounting.rules.booking import Booked, GiftRecord
from portal.accounting.rules.closing import as_wanted
from portal.accounting.rules.draft import Draft, Line
from portal.accounting.rules.gifts import GiftFacts
from portal.accounting.rules.journals import journal_named
from portal.accounts.codes import DonorKind
from portal.accounts.models import Donor
from portal.core.db import db
from portal.core.money import Money
from portal.donations.codes import PurposeKind
from portal.donations.models import Cheque, ChequeReturn, CollectionAttempt, Gift, NoReceipt
from portal.donations.rules.gift import GiftState

CAME: Final = (
    GiftState.SETTLED,
    GiftState.PARTIALLY_REFUNDED,
    GiftState.REFUNDED,
    GiftState.DISPUTED,
)
"""The states of a gift whose money came, whatever became of it since."""

_GIFT_COLUMNS: Final = (
    Gift.id,
    Gift.ref,
    Gift.state,
    Gift.amount_minor,
    Gift.currency,
    Gift.euro_minor,
    Gift.fee_minor,
    Gift.mode,
    Gift.purpose,
    Gift.programme,
    Gift.membership,
    Gift.no_receipt,
    Gift.received_on,
    Gift.tax_on,
    Gift.cheque_number,
    Gift.deposit_ref,
    Gift.stripe_payment_intent_id,
    Gift.stripe_charge_id,
    Donor.ref.label("donor_ref"),
    Donor.kind.label("donor_kind"),
    sa.func.coalesce(
        sa.select(sa.func.max(CollectionAttempt.back_on))
        .where(CollectionAttempt.gift_id == Gift.id)
        .scalar_subquery(),
        sa.select(sa.func.max(ChequeReturn.on))
        .join(Cheque, Cheque.id == ChequeReturn.cheque_id)
        .where(Cheque.gift_id == Gift.id)
        .scalar_subquery(),
    ).label("back_on"),
    code_of_gift(),
)


def gift_records(gift_ids: Sequence[int], *, lock: bool = False) -> list[GiftRecord]:
    """The gifts, as they are in the database now, in the order of their ids.

    ``lock`` keeps others from changing them until the transaction ends.
    """
    back = money_back_of(gift_ids)
    chosen = sa.select(*_GIFT_COLUMNS).join(Donor, Donor.id == Gift.donor_id)
    chosen = chosen.where(Gift.id.in_(gift_ids)).order_by(Gift.id)
    if lock:
        chosen = chosen.with_for_update(of=Gift)
    return [_record(row, back[row.id]) for row in db.session.execute(chosen)]


def _record(row: Any, back: MoneyBack) -> GiftRecord:
    amount, euros = Money(row.amount_minor, row.currency), _euros(row)
    worth = back.in_euros(amount, euros)
    return GiftRecord(
        gift_id=row.id,
        facts=_facts(row, euros),
        came=row.state in CAME,
        fee=Money(row.fee_minor),
        refunds=worth.refunds,
        disputes=worth.disputes,
        deposited=bool(row.deposit_ref),
        back_on=row.back_on,
    )


def _euros(row: Any) -> Money | None:
    """What the gift is worth in the books; None while its rate is not known."""
    minor = row.amount_minor if row.currency == "EUR" else row.euro_minor
    return None if minor is None else Money(minor)


def _facts(row: Any, euros: Money | None) -> GiftFacts | None:
    if row.tax_on is None or row.mode is None or euros is None:
        return None
    programme = row.purpose is PurposeKind.PROGRAMME
    return GiftFacts(
        donor_ref=row.donor_ref,
        amount=euros,
        mode=row.mode.value,
        on=row.tax_on,
        piece_ref=row.stripe_charge_id or row.cheque_number or row.ref,
        piece_on=row.received_on or row.tax_on,
        through_stripe=row.stripe_payment_intent_id is not None,
        donor_kind="company" if row.donor_kind is DonorKind.COMPANY else "person",
        membership=row.membership,
        with_return=row.no_receipt is NoReceipt.COUNTERPART,
        fund=row.programme.value if programme else row.purpose.value,
        restricted=programme,
        foreign=None if row.currency == "EUR" else Money(row.amount_minor, row.currency),
        bank=row.bank_code,
    )


def booked_of(gift_ids: Sequence[int]) -> dict[int, Booked]:
    """What stands in the books of each gift: source to entry."""
    lines: defaultdict[int, list[Line]] = defaultdict(list)
    of_gifts = sa.select(EntryLine).join(Entry, Entry.id == EntryLine.entry_id)
    of_gifts = of_gifts.where(Entry.gift_id.in_(gift_ids))
    for line in db.session.scalars(of_gifts.order_by(EntryLine.position)):
        money = Money(line.debit_minor), Money(line.credit_minor)
        lines[line.entry_id].append(Line(line.account, *money, line.tag, line.foreign))
    found: dict[int, dict[str, Draft]] = {gift_id: {} for gift_id in gift_ids}
    for entry in db.session.scalars(sa.select(Entry).where(Entry.gift_id.in_(gift_ids))):
        if entry.gift_id is not None:
            found[entry.gift_id][entry.source] = _draft(entry, tuple(lines[entry.id]))
    return dict(found)


def _draft(entry: Entry, lines: tuple[Line, ...]) -> Draft:
    """The entry as its fact wanted it: on its own day, also when that was closed."""
    return Draft(
        journal=journal_named(entry.journal),
        on=entry.fact_on or entry.date,
        piece_ref=entry.piece_ref,
        piece_on=entry.piece_date,
        label=as_wanted(entry.label, entry.fact_on),
        lines=lines,
    )
